/**
 * The way out for what was said in chats: whoever is told of rows is told here. Codes by which owners decide stand in chats
 * too, in the questions to owners, in their own words and in what strangers are answered; they are for the gateway's own user
 * alone. Events, dead letters and conversations are told to nobody else at all.
 */
import { Effect } from "effect"
import { veilOf } from "../../schemas/codeVeil.ts"
import type { MessageRecord } from "../../schemas/control/Records.ts"
import type { ImsgMessage } from "../../schemas/ImsgProtocol.ts"
import { PairingStore } from "../../services/PairingStore.ts"
import { Permissions } from "../../services/Permissions.ts"
import { recordOf } from "./History.ts"

/** Makes the effect whose function veils every code which decides something by then. */
export const makeVeil = Effect.zipWith(PairingStore, Permissions, ({ pending }, { waiting }) =>
  Effect.zipWith(pending, waiting, (toCome, leave) =>
    veilOf([...toCome, ...leave].flatMap(({ code }) => code ?? []))
  )
)

const veilNow = Effect.flatten(makeVeil)

/** A row as it is told, with the chat that it is of. */
export interface Told extends MessageRecord {
  readonly chatId: number | undefined
}

const toldBy =
  (veil: (text: string) => string) =>
  (row: ImsgMessage): Told => {
    const record = recordOf(row)
    return { ...record, text: veil(record.text), chatId: row.chat_id }
  }

/**
 * Rows without codes. They are to be read before: a code is known to the gateway before it is said, so that none of them has
 * one that is not looked for.
 */
export const toldRows = (rows: ReadonlyArray<ImsgMessage>) =>
  Effect.map(veilNow, (veil) => rows.map(toldBy(veil)))

/**
 * The same of rows that a query has found, without those that it found by their code: whether there is one would tell the
 * code letter by letter.
 */
export const toldFound = (rows: ReadonlyArray<ImsgMessage>, query: string) =>
  Effect.map(veilNow, (veil) =>
    rows.flatMap((row) => {
      const told = toldBy(veil)(row)
      // A query looks through the row's own text, which is not all that is told of a poll, nor any of a vote.
      const { text = "" } = row
      const isVeiled = veil(text) !== text || told.text !== recordOf(row).text
      return isVeiled && !told.text.toLowerCase().includes(query.toLowerCase()) ? [] : [told]
    })
  )
