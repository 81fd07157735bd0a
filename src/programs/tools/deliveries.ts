/** `get_delivery`, and what became of a message as tools answer it. */
import { Effect, Option } from "effect"
import type { SentPart } from "../../schemas/control/Sending.ts"
import { isByTool } from "../../schemas/deliveryNames.ts"
import { DeliveryNotFound } from "../../schemas/errors/tools.ts"
import { isGranted } from "../../schemas/Grant.ts"
import type { ToolInput } from "../../schemas/toolInputs.ts"
import { AskedWith } from "../../services/AskedWith.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { type DeliveryRef, Outbox } from "../../services/Outbox.ts"
import { sentPart, stateOf } from "../sending/result.ts"
import { fitted, shortName } from "./fitted.ts"

const WORDS = {
  queued: "waiting",
  sending: "waiting",
  sent: "sent",
  uncertain: "uncertain",
  failed: "failed",
  "left-out": "left_out"
} as const

/** What a model can do about a state that is not the end that it hoped for. */
const NOTES: Partial<Record<(typeof WORDS)[keyof typeof WORDS], string>> = {
  waiting: "It is on its way and is sent without more ado. `get_delivery` says what became of it.",
  uncertain:
    "It may have been sent or done, and is not tried again. Look with `read_messages` before you do it once more.",
  left_out:
    "Nothing was done: the Mac cannot do it now, `detail` says why. Do not try it again; say what you mean with `send_message`, or tell your user.",
  failed: "It was not sent as a whole, and is not tried again by itself. `detail` says why."
}

/** What went without something that was asked for. */
const lackingNote = (lacks: ReadonlyArray<string>): string =>
  `It went without ${lacks.join(" and ")}${lacks.includes("poll") ? ", as a text with numbered options" : ""}: that needs a chat that is there already, and imsg's private bridge, which is not there or refused.`

/** How all of it stands: where nothing at all was done that is another end than being sent. */
const stateShown = (parts: ReadonlyArray<SentPart>) =>
  parts.length > 0 && parts.every(({ state }) => state === "left-out") ? "left_out" : WORDS[stateOf(parts)]

const partShown = ({ detail, guid, index, state }: SentPart) => ({
  index,
  state: WORDS[state],
  ...(guid === null ? {} : { guid }),
  ...(detail === null ? {} : { detail: shortName(detail) })
})

export const deliveryShown = ({ accountId, id }: DeliveryRef, parts: ReadonlyArray<SentPart>) => {
  const state = stateShown(parts)
  const lacks = [...new Set(parts.flatMap(({ lacks = [] }) => lacks))]
  const note = NOTES[state] ?? (lacks.length === 0 ? undefined : lackingNote(lacks))
  return fitted(parts.map(partShown), {
    drop: "first",
    answer: (kept) => ({
      delivery_id: id,
      account: accountId,
      state,
      ...(lacks.length === 0 ? {} : { left_out: lacks }),
      ...(note === undefined ? {} : { note }),
      parts: kept
    })
  })
}

export const getDelivery = ({ delivery_id: id }: ToolInput<"get_delivery">) =>
  Effect.gen(function* () {
    const grant = yield* AskedWith
    const outbox = yield* Outbox
    const { accounts } = yield* currentConfig
    const ofAll = isGranted(grant, ["admin"])
    for (const account of accounts) {
      const delivery = { id, accountId: account.id }
      if (!ofAll && !isByTool(id, account.id, grant)) continue
      if (!(yield* outbox.isAccepted(delivery))) continue
      const parts = yield* outbox.parts(id)
      // Parts of what has ended are forgotten before it is.
      if (parts.length === 0 && Option.isNone(yield* outbox.find(delivery))) continue
      return deliveryShown(delivery, parts.map(sentPart))
    }
    return yield* new DeliveryNotFound({ delivery: shortName(id) })
  })
