/**
 * When rows that wait are looked for: all of them before a child reads others, then some in turn, less and less often, and
 * those whose time is over at once. Whatever else has rows read does not hasten it.
 */
import { Clock, Effect, Ref } from "effect"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import type { RequestError } from "../../../services/ImsgProcess.ts"
import type { AccountContext } from "../AccountContext.ts"
import { monotonicMillis } from "../supervision/monotonic.ts"
import { type LookAgain, nextToLookFor } from "./lookAgain.ts"
import type { TakeRows } from "./take.ts"
import type { Waiting } from "./unripe.ts"

/** The pauses between looks, in ms: they grow from the first to the longest. */
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 1000

type Look = Effect.Effect<void, StoreUnavailable | RequestError>

export interface Looks {
  /** Looks for all that wait. */
  readonly all: Look
  /** Looks for some, where it is time for that. */
  readonly some: Look
  /** How long it is until then, in ms. */
  readonly pauseMs: Effect.Effect<number>
}

/** When the last look was: Unix ms, and by a clock that is never set. */
interface Last {
  readonly at: number
  readonly monotonicAt: number
}

/** The ms until the next look: the pause is over, or the time of a row that was not over at the last one. */
export const untilLook = (
  lacking: ReadonlyArray<Pick<Waiting, "until">>,
  last: Last & { readonly pauseMs: number },
  now: Last
): number => {
  const inTime = lacking.map(({ until }) => until).filter((until) => until > last.at)
  const pauseLeft = last.monotonicAt + last.pauseMs - now.monotonicAt
  return Math.max(0, Math.min(pauseLeft, ...inTime.map((until) => until - now.at)))
}

export const makeLooks = ({ position }: AccountContext, lookAgain: LookAgain, takeRows: TakeRows): Looks => {
  let turn = 0
  let pauseMs = FIRST_PAUSE_MS
  let last: Last | undefined
  /** The newest row that lacked something. */
  let newest = 0

  const lacking = Effect.map(Ref.get(position), ({ unripe }) =>
    unripe.filter(({ lack }) => lack !== undefined)
  )
  const time: Effect.Effect<Last> = Effect.all({ at: Clock.currentTimeMillis, monotonicAt: monotonicMillis })

  const lookFor = (wanted: ReadonlyArray<Waiting>): Look =>
    Effect.gen(function* () {
      const now = yield* time
      last = now
      const { folded, found, lookedFor } = yield* lookAgain(wanted)
      yield* takeRows(found, { look: { guids: lookedFor, folded, at: now.at } })
    })

  const leftMs = Effect.gen(function* () {
    const rows = yield* lacking
    const youngest = rows.at(-1)
    if (youngest === undefined) {
      last = undefined
      return Number.POSITIVE_INFINITY
    }
    const now = yield* time
    if (last === undefined || youngest.rowId > newest) pauseMs = FIRST_PAUSE_MS
    newest = youngest.rowId
    // What was just read for the first time is looked for after a pause.
    last ??= now
    return untilLook(rows, { ...last, pauseMs }, now)
  })

  return {
    all: Effect.gen(function* () {
      const { unripe } = yield* Ref.get(position)
      // Also where nothing lacks anything any more: it is judged then.
      if (unripe.length > 0) yield* lookFor(yield* lacking)
    }),
    some: Effect.gen(function* () {
      if ((yield* leftMs) > 0) return
      const wanted = nextToLookFor(yield* lacking, turn, yield* Clock.currentTimeMillis)
      turn += wanted.length
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
      yield* lookFor(wanted)
    }),
    pauseMs: leftMs
  }
}
