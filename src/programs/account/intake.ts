/** What a child says, from the rows that it was not there for to the last notification. */
import { Effect, Queue, Ref } from "effect"
import { ChildStuck, WatchEnded } from "../../schemas/errors/imsg.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { type ImsgMessage, Methods, type Notification } from "../../schemas/ImsgProtocol.ts"
import { derivedFromConfig } from "../../services/ConfigService.ts"
import type { ImsgSession, RequestError, SessionEnd } from "../../services/ImsgProcess.ts"
import type { Cursor } from "../../services/Journal.ts"
import { Lifecycle } from "../../services/Lifecycle.ts"
import { type AccountContext, filesParam } from "./AccountContext.ts"
import { catchUp } from "./catchUp.ts"
import { makeJudgeRow } from "./judgeRow.ts"
import { limitMissed } from "./limitMissed.ts"
import { monotonicMillis } from "./monotonic.ts"
import { makeRowReader } from "./readRow.ts"
import { sinceRowId } from "./resumePoint.ts"
import { makeTakeRows } from "./rows.ts"

/** Notifications that are held while a response is awaited. */
const MAX_WAITING = 1000
/** Rows that are handled before the cursor moves. */
const MAX_BATCH = 32

type IntakeError = RequestError | ChildStuck | StoreUnavailable | WatchEnded

/** The intake of one child. */
export interface Intake {
  /** Takes what was missed, before the watch begins. */
  readonly catchUp: Effect.Effect<void, IntakeError>
  /** Has the child announce what comes after the cursor. */
  readonly subscribe: Effect.Effect<void, RequestError>
  /** Takes what the child announces until it ends, the stop begins, or the store refuses. */
  readonly run: Effect.Effect<never, IntakeError>
}

export const makeIntake = (context: AccountContext, session: ImsgSession, cursor: Cursor) =>
  Effect.gen(function* () {
    const { account, heardAt, reached } = context
    const lifecycle = yield* Lifecycle
    /** What is announced goes through here, so that it is taken also while a response is awaited. */
    const waiting = yield* Queue.bounded<Notification>(MAX_WAITING)

    /**
     * A response comes by the same pipe as notifications. Nothing stops this but the end of the child: what was taken
     * out of the pipe and not handed on would be lost.
     */
    const pump: Effect.Effect<never, SessionEnd> = Effect.gen(function* () {
      const [batch] = yield* session.notifications.takeAll
      yield* waiting.offerAll(batch)
    }).pipe(Effect.forever)

    const people = yield* derivedFromConfig((config) => config.people)
    const rowJudge = yield* makeJudgeRow(context, cursor, makeRowReader(context, people, session))
    const takeRows = yield* makeTakeRows(context, rowJudge)
    const limit = yield* limitMissed(context, session, rowJudge)

    const subscribe = Effect.gen(function* () {
      yield* session.request(
        Methods.watchSubscribe,
        {
          ...sinceRowId(yield* Ref.get(reached), session),
          ...filesParam(context)
        },
        account.supervision.startTimeoutMs
      )
    })

    /** The watch is over, the child is well: what it could not hold is fetched, and it is subscribed again. */
    const onOverflow = (resumeAfter: number) =>
      Effect.gen(function* () {
        yield* Effect.logWarning("the watch overflowed and is begun again").pipe(
          Effect.annotateLogs({ resumeAfter })
        )
        yield* takeRows([], { upTo: resumeAfter })
        yield* catchUp(context, session, takeRows)
        yield* subscribe
      })

    const takeBatch = (batch: ReadonlyArray<Notification>): Effect.Effect<void, IntakeError> =>
      Effect.gen(function* () {
        const rows: Array<ImsgMessage> = []
        for (const notification of batch) {
          switch (notification.method) {
            case "message":
              rows.push(notification.params.message)
              break
            case "watch.overflow":
              yield* takeRows(rows.splice(0))
              yield* onOverflow(notification.params.resume_after_rowid)
              break
            case "error":
              yield* takeRows(rows.splice(0))
              return yield* new WatchEnded({
                command: session.command,
                detail: "the watch reported an error"
              })
          }
        }
        yield* takeRows(rows)
      })

    const loop: Effect.Effect<never, IntakeError> = Effect.gen(function* () {
      const batch = yield* Queue.takeBetween(waiting, 1, MAX_BATCH)
      yield* Ref.set(heardAt, yield* monotonicMillis)
      yield* takeBatch([...batch])
    }).pipe(Effect.forever)

    // While sends finish the pipe must flow, for their responses come through it; the rows come again.
    const discard = Effect.forever(Queue.takeAll(waiting).pipe(Effect.zipRight(Queue.take(waiting))))
    return {
      catchUp: Effect.raceFirst(
        Effect.zipRight(limit, catchUp(context, session, takeRows)),
        lifecycle.stopping
      ),
      subscribe,
      run: Effect.raceFirst(loop, lifecycle.stopping).pipe(
        Effect.zipRight(discard),
        Effect.raceFirst(pump),
        Effect.catchTag("RpcTimeout", ({ afterMs, method }) =>
          Effect.fail(new ChildStuck({ command: session.command, watch: "heartbeat", method, afterMs }))
        )
      )
    } satisfies Intake
  })
