/** Whether a child's watch is silent while its database moves on, and whether that was replaced. */
import { Effect, Option, Ref, Schedule } from "effect"
import { ChildStuck, WatchEnded } from "../../../schemas/errors/imsg.ts"
import { type ImsgMessage, Methods } from "../../../schemas/ImsgProtocol.ts"
import type { ImsgSession } from "../../../services/ImsgProcess.ts"
import type { AccountContext } from "../AccountContext.ts"
import { canPage, cursorOf, recentRows } from "../chatdb/recentRows.ts"
import { wasReplaced } from "../chatdb/sameDatabase.ts"
import { monotonicMillis } from "../supervision/monotonic.ts"

/** Looks in the time that a watch may be silent: the first one sees the row, the last one finds it still unannounced. */
const LOOKS = 4

interface Suspicion {
  /** A row that should have been announced. */
  readonly rowId: number
  readonly since: number
}

/** A watch need not announce reactions, and may fold or leave out what the account wrote itself. */
const shouldBeAnnounced = (row: ImsgMessage): boolean => !row.is_from_me && row.is_reaction !== true

/**
 * Fails where the database was replaced; and, where rows are only known by the watch, where one has been in the database
 * for `stallMs` and nothing was announced since. A row for which a child was replaced already is not held against the next one.
 */
export const stallWatch = (
  { account, heardAt, position, stalledAt }: AccountContext,
  session: ImsgSession
): Effect.Effect<never, ChildStuck | WatchEnded> =>
  Effect.gen(function* () {
    const { requestTimeoutMs, stallMs } = account.supervision
    const lookEveryMs = Math.ceil(stallMs / LOOKS)
    const suspected = yield* Ref.make(Option.none<Suspicion>())

    /** Builds that answer one request at a time are silent while a send takes its time. */
    const isBusy = session.build.concurrentReads ? Effect.succeed(false) : session.isMutating

    const newest = Effect.gen(function* () {
      // Before the rows: what is announced while they are read must not make them look old.
      const { cursor: rowId, landmarks } = yield* Ref.get(position)
      const known = { rowId, landmarks }
      const recent = yield* recentRows(session, requestTimeoutMs)
      return { recent, isOther: yield* wasReplaced(session, known, recent, requestTimeoutMs) }
    }).pipe(Effect.unlessEffect(isBusy))

    const judge = (recent: ReadonlyArray<ImsgMessage>) =>
      Effect.gen(function* () {
        const now = yield* monotonicMillis
        const known = Math.max((yield* Ref.get(position)).cursor, yield* Ref.get(stalledAt))
        const missed = recent.filter((row) => shouldBeAnnounced(row) && cursorOf(row) > known).map(cursorOf)
        if (missed.length === 0) return yield* Ref.set(suspected, Option.none())
        const before = yield* Ref.get(suspected)
        const isNew = Option.match(before, {
          onNone: () => true,
          onSome: ({ rowId }) => !missed.includes(rowId)
        })
        const heard = yield* Ref.get(heardAt)
        if (isNew || Option.exists(before, ({ since }) => heard > since)) {
          return yield* Ref.set(suspected, Option.some({ rowId: Math.min(...missed), since: now }))
        }
        const silentFor = now - Option.match(before, { onNone: () => now, onSome: ({ since }) => since })
        if (silentFor < stallMs - lookEveryMs) return
        yield* Ref.set(stalledAt, Math.max(...missed))
        return yield* new ChildStuck({
          command: session.command,
          watch: "stall",
          method: Methods.watchSubscribe.name,
          afterMs: stallMs
        })
      })

    const look = Effect.gen(function* () {
      // Whether the child answers at all is the heartbeat's question.
      const found = Option.flatten(yield* Effect.option(newest))
      if (Option.isNone(found)) return
      if (found.value.isOther) {
        return yield* new WatchEnded({ command: session.command, detail: "the database was replaced" })
      }
      // What is read by its rowid is missed whatever the watch says.
      if (!canPage(session)) yield* judge(found.value.recent)
    })
    return yield* Effect.schedule(look, Schedule.spaced(lookEveryMs)).pipe(Effect.zipRight(Effect.never))
  })
