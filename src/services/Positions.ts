/** How far each account has read its database, and by what that is known again. */
import { Context, type Option } from "effect"
import type { Decision } from "../schemas/Decision.ts"
import type { Stored } from "../schemas/errors/store.ts"
import type { Landmarks } from "../schemas/Landmark.ts"
import type { UnripeRow } from "../schemas/UnripeRow.ts"

/** Where an account goes on. */
export interface Cursor {
  /** Every row up to this one is durably accepted, judged, or known to be unripe. */
  readonly rowId: number
  /** Send time (Unix ms) of the newest row at the account's first start; rows from before it are not answered. */
  readonly baselineAt: number | undefined
}

/** What is stored of an account. */
export interface StoredPosition {
  readonly cursor: Cursor
  readonly landmarks: Landmarks
  readonly unripe: ReadonlyArray<UnripeRow>
  /** By how much the clock that dates the account's rows is behind the gateway's, in ms; 0 where nothing is known. */
  readonly clockBehindMs: number
}

/** A row that was judged on the way, and what it came to. */
export type Decided = Pick<Decision, "rowId" | "guid" | "chatId" | "at" | "fate">

export class Positions extends Context.Tag("imsg-gateway/Positions")<
  Positions,
  {
    /** None before an account's first start. */
    readonly get: (accountId: string) => Stored<Option.Option<StoredPosition>>
    /**
     * Sets where an account begins: at its first start, and, if it has begun before, in another database. Rowids from
     * before mean nothing then: nothing is unripe any more, and what is not finished yet is stranded.
     */
    readonly begin: (accountId: string, cursor: Cursor, landmarks?: Landmarks) => Stored<void>
    /** Moves an account on, in one write; a cursor that is lower than before stays where it is. */
    readonly advance: (
      accountId: string,
      to: {
        readonly rowId: number
        readonly landmarks: Landmarks
        readonly unripe: ReadonlyArray<UnripeRow>
        /** What was decided of the rows up to there; `Decisions` tells it again. */
        readonly decided?: ReadonlyArray<Decided>
      }
    ) => Stored<void>
    readonly setClockBehind: (accountId: string, behindMs: number) => Stored<void>
  }
>() {}
