/** What the gateway itself remembers: group histories, which messages made a turn. */
import { Context, type Option } from "effect"
import type { Envelope } from "../schemas/Envelope.ts"
import type { Stored } from "../schemas/errors/store.ts"

/** What is kept of a group message. */
export type Remembered = Pick<Envelope, "sender" | "senderName" | "text" | "attachments">

export class Journal extends Context.Tag("imsg-gateway/Journal")<
  Journal,
  {
    /** Keeps a group message within the bounds of schemas/bounds.ts, and at most `limit` of its chat. */
    readonly remember: (envelope: Envelope & { readonly chatId: number }, limit: number) => Stored<void>
    /** The last `limit` messages kept of a chat from before a row, oldest first. */
    readonly history: (
      chat: { readonly accountId: string; readonly chatId: number; readonly beforeRowId: number },
      limit: number
    ) => Stored<ReadonlyArray<Remembered>>
    /** Forgets what was kept of a chat up to a row. */
    readonly forget: (chat: {
      readonly accountId: string
      readonly chatId: number
      readonly upToRowId: number
    }) => Stored<void>

    /** Writes down which messages (by their envelope keys) are given to an agent at once. */
    readonly beginTurn: (turnId: string, envelopeKeys: ReadonlyArray<string>) => Stored<void>
    /** The same for a turn that began before and was not finished; a message that is not in it any more is in none. */
    readonly beginTurnAgain: (turnId: string, envelopeKeys: ReadonlyArray<string>) => Stored<void>
    /** The turn that a message was given to an agent in, if it was. */
    readonly turnOf: (envelopeKey: string) => Stored<Option.Option<string>>
  }
>() {}
