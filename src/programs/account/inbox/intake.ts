/**
 * The inbox of one child, from the rows that it was not there for to the last. Whatever says that there may be rows has
 * them read; what is not ripe is looked at again.
 */
import type { FileSystem, Path } from "@effect/platform"
import { Effect, Option, Ref } from "effect"
import { ChildStuck } from "../../../schemas/errors/imsg.ts"
import { ConfigService } from "../../../services/ConfigService.ts"
import type { ImsgSession, RequestError, SessionEnd } from "../../../services/ImsgProcess.ts"
import { Lifecycle } from "../../../services/Lifecycle.ts"
import type { Cursor } from "../../../services/Positions.ts"
import type { AccountContext } from "../AccountContext.ts"
import { canPage } from "../chatdb/recentRows.ts"
import { monotonicMillis } from "../supervision/monotonic.ts"
import { databaseFile, watchDatabase } from "./databaseFiles.ts"
import { makeJudgeRow } from "./judgeRow.ts"
import { limitMissed } from "./limitMissed.ts"
import { makeLookAgain } from "./lookAgain.ts"
import { makeLooks } from "./looks.ts"
import { readInRhythm } from "./readInRhythm.ts"
import { makeRowReader } from "./readRow.ts"
import { againWhereItCannotNow, byRowId, byWatch, type SourceError } from "./source.ts"
import { makeTakeRows } from "./take.ts"

type IntakeError = SourceError | ChildStuck

/** The intake of one child. */
export interface Intake {
  /** Takes what was missed, before the watch begins. */
  readonly catchUp: Effect.Effect<void, IntakeError>
  /** Has the child announce what comes. */
  readonly subscribe: Effect.Effect<void, RequestError>
  /** Takes what comes until the child ends, the stop begins, or the store refuses. */
  readonly run: Effect.Effect<never, IntakeError>
}

export const makeIntake = (context: AccountContext, session: ImsgSession, cursor: Cursor) =>
  Effect.gen(function* () {
    const { account, nudges } = context
    const lifecycle = yield* Lifecycle
    const { current } = yield* ConfigService
    const reader = makeRowReader(context, current, session)
    const rowJudge = yield* makeJudgeRow(context, cursor, reader)
    const takeRows = yield* makeTakeRows(context, reader.complete, rowJudge)
    const looks = makeLooks(context, makeLookAgain(context, session), takeRows)
    const limit = yield* limitMissed(context, session, rowJudge)
    const platform = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
    const isPulled = canPage(session)
    const source = yield* (isPulled ? byRowId : byWatch)(context, session, takeRows)

    /**
     * A response comes by the same pipe as notifications. Nothing stops this but the end of the child: what was taken
     * out of the pipe and not handed on would be lost.
     */
    const pump: Effect.Effect<never, SessionEnd> = Effect.gen(function* () {
      const [batch] = yield* session.notifications.takeAll
      // While sends finish the pipe must flow, for their responses come through it; the rows come again.
      yield* Effect.raceFirst(source.heard([...batch]), lifecycle.stopping)
    }).pipe(Effect.forever)

    const writtenAt = yield* Ref.make(Number.NEGATIVE_INFINITY)
    const isWritten = Effect.flatMap(monotonicMillis, (now) => Ref.set(writtenAt, now))
    const watchFiles = Option.match(isPulled ? databaseFile(account, session) : Option.none(), {
      onNone: () => Effect.never,
      onSome: (file) => watchDatabase(file, Effect.zipRight(isWritten, nudges.nudge))
    })

    const catchUp = Effect.gen(function* () {
      yield* limit
      // Before what may be behind them.
      yield* againWhereItCannotNow(looks.all)
      yield* source.catchUp
    })

    const loop: Effect.Effect<never, IntakeError> = readInRhythm({
      // What waits before what may be behind it.
      read: Effect.zipRight(againWhereItCannotNow(looks.some), source.read),
      nudges,
      writtenAt,
      pollMs: account.inbox.pollMs,
      mostMs: looks.pauseMs
    })

    return {
      catchUp: Effect.raceFirst(catchUp, lifecycle.stopping),
      subscribe: source.subscribe,
      run: Effect.raceFirst(loop, lifecycle.stopping).pipe(
        Effect.zipRight(Effect.never),
        Effect.raceFirst(pump),
        Effect.raceFirst(source.staySubscribed),
        Effect.raceFirst(Effect.provide(watchFiles, platform)),
        Effect.zipRight(Effect.never),
        Effect.catchTag("RpcTimeout", ({ afterMs, method }) =>
          Effect.fail(new ChildStuck({ command: session.command, watch: "heartbeat", method, afterMs }))
        )
      )
    } satisfies Intake
  })
