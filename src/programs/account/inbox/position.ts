/**
 * Where an account is in its database: the cursor, what is unripe behind it, by what the database is known again, and
 * the clock that dates its rows. Only this module moves any of it, in the store and in what `status` shows.
 */
import { Clock, Effect, Option, Ref, Struct, type Types } from "effect"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import { type Landmarks, NO_LANDMARKS } from "../../../schemas/Landmark.ts"
import { Accounts, type FateCounts } from "../../../services/Accounts.ts"
import { type Cursor, type Decided, Positions, type StoredPosition } from "../../../services/Positions.ts"
import type { AccountContext } from "../AccountContext.ts"
import { agreeing } from "../chatdb/databaseClock.ts"
import { asStored, fromStored, type Waiting } from "./unripe.ts"

export interface Position {
  /** Every row up to it is accepted, judged, or unripe. */
  readonly cursor: number
  readonly landmarks: Landmarks
  readonly unripe: ReadonlyArray<Waiting>
}

export const START: Position = { cursor: 0, landmarks: NO_LANDMARKS, unripe: [] }

/** Where an account goes on, and what became of the rows up to there. What is left out stays. */
export interface Step {
  readonly upTo?: number
  readonly landmarks?: Landmarks
  readonly unripe?: ReadonlyArray<Waiting>
  readonly fates?: FateCounts
  readonly decided?: ReadonlyArray<Decided>
  /** Whether anything came in. */
  readonly isInbound?: boolean
}

/** The highest rowid up to which every row is done with. */
export const doneUpTo = ({ cursor, unripe: [first] }: Position): number =>
  first === undefined ? cursor : Math.min(cursor, first.rowId - 1)

const added = (before: FateCounts, more: FateCounts): FateCounts => {
  const counts: Types.Mutable<FateCounts> = { ...before }
  for (const fate of Struct.keys(more)) counts[fate] = (counts[fate] ?? 0) + (more[fate] ?? 0)
  return counts
}

/**
 * Moves an account on, in one write. It is not interrupted: a write goes on without whoever waits for it, and what is
 * known here would be from before it.
 */
export const advance = (
  { account, position }: AccountContext,
  { decided = [], fates = {}, isInbound = false, landmarks, unripe, upTo = 0 }: Step
): Effect.Effect<void, StoreUnavailable, Positions | Accounts> =>
  Effect.gen(function* () {
    const positions = yield* Positions
    const accounts = yield* Accounts
    const before = yield* Ref.get(position)
    const after: Position = {
      cursor: Math.max(before.cursor, upTo),
      landmarks: landmarks ?? before.landmarks,
      unripe: unripe ?? before.unripe
    }
    yield* positions.advance(account.id, {
      rowId: after.cursor,
      landmarks: after.landmarks,
      unripe: after.unripe.map(asStored),
      decided
    })
    yield* Ref.set(position, after)
    const now = yield* Clock.currentTimeMillis
    yield* accounts.update(account.id, (status) => ({
      cursor: after.cursor,
      waitingRows: after.unripe.length,
      fates: added(status.fates, fates),
      ...(isInbound ? { lastInboundAt: now } : {})
    }))
  }).pipe(Effect.uninterruptible)

/** Rows that wait were read again, and wait on. */
export const knowBetter = (
  { position }: AccountContext,
  unripe: ReadonlyArray<Waiting>
): Effect.Effect<void> => Ref.update(position, (before) => ({ ...before, unripe }))

/** Begins an account: at its first start, or in another database. */
export const begin = (
  { account, position }: AccountContext,
  cursor: Cursor,
  landmarks: Landmarks
): Effect.Effect<void, StoreUnavailable, Positions | Accounts> =>
  Effect.gen(function* () {
    yield* (yield* Positions).begin(account.id, cursor, landmarks)
    yield* Ref.set(position, { ...START, cursor: cursor.rowId, landmarks })
    yield* (yield* Accounts).update(account.id, () => ({ waitingRows: 0 }))
  }).pipe(Effect.uninterruptible)

/** What was known of the database's clock, until rows say something else. */
const knownClock = ({ account, clock, toldBehindMs }: AccountContext, behindMs: number) =>
  Effect.gen(function* () {
    if ((yield* Ref.get(clock)).isConfirmed) return
    yield* Ref.set(clock, agreeing(behindMs))
    yield* Ref.set(toldBehindMs, behindMs)
    yield* (yield* Accounts).update(account.id, () => ({ clockBehindMs: behindMs }))
  })

/** Where the account was, as the store has it; none before its first start. */
export const stored = (
  context: AccountContext
): Effect.Effect<Option.Option<StoredPosition>, StoreUnavailable, Positions | Accounts> =>
  Effect.gen(function* () {
    const found = yield* (yield* Positions).get(context.account.id)
    if (Option.isNone(found)) return found
    const { clockBehindMs, cursor, landmarks, unripe } = found.value
    yield* knownClock(context, clockBehindMs)
    yield* Ref.update(context.position, (before) => ({
      cursor: cursor.rowId,
      landmarks,
      unripe: unripe.map((row) => fromStored(row, before.unripe))
    }))
    yield* (yield* Accounts).update(context.account.id, () => ({ waitingRows: unripe.length }))
    return found
  })

/** The clock that dates the account's rows is another than was thought. */
export const setClockBehind = (
  { account, toldBehindMs }: AccountContext,
  behindMs: number
): Effect.Effect<void, StoreUnavailable, Positions | Accounts> =>
  Effect.gen(function* () {
    yield* Ref.set(toldBehindMs, behindMs)
    yield* (yield* Positions).setClockBehind(account.id, behindMs)
    yield* (yield* Accounts).update(account.id, () => ({ clockBehindMs: behindMs }))
  })
