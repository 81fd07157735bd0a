/** What the gateway itself remembers: cursors, group histories, which messages made a turn. */
import { Context, type Effect, type Option } from "effect"
import type { Envelope } from "../schemas/Envelope.ts"
import type { StoreUnavailable } from "../schemas/errors/store.ts"
import type { Landmarks } from "../schemas/Landmark.ts"

/** Where an account's watch resumes. */
export interface Cursor {
  /** Every row up to this one is durably accepted or judged. */
  readonly rowId: number
  /** Send time (Unix ms) of the newest row at the account's first start; rows from before it are not answered. */
  readonly baselineAt: number | undefined
}

/** What is kept of a group message. */
export type Remembered = Pick<Envelope, "sender" | "senderName" | "text" | "attachments">

type Stored<A> = Effect.Effect<A, StoreUnavailable>

export class Journal extends Context.Tag("imsg-gateway/Journal")<
  Journal,
  {
    readonly cursor: (accountId: string) => Stored<Option.Option<Cursor>>
    /** By what the account's database is known again. */
    readonly landmarks: (accountId: string) => Stored<Landmarks>
    /**
     * Sets where an account begins: at its first start, and, if it has begun before, in another database. Rowids from
     * before mean nothing then, and what is not finished yet is stranded.
     */
    readonly begin: (accountId: string, cursor: Cursor, landmarks?: Landmarks) => Stored<void>
    /** By how much the clock that dates the account's rows is behind the gateway's, in ms; 0 where nothing is known. */
    readonly clockBehind: (accountId: string) => Stored<number>
    readonly setClockBehind: (accountId: string, behindMs: number) => Stored<void>
    /** Moves the cursor forward, and writes down what is known of the database by then; a lower row is ignored. */
    readonly advance: (accountId: string, rowId: number, landmarks: Landmarks) => Stored<void>

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
