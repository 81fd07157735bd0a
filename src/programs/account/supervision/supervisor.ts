/** Keeps an account's child alive, whatever happens to it. */
import { Clock, Effect, Option, Random, Ref, type Scope } from "effect"
import { ChildStuck, type WatchEnded } from "../../../schemas/errors/imsg.ts"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import { type AccountState, Accounts } from "../../../services/Accounts.ts"
import { boundary } from "../../../services/Boundary.ts"
import { Children } from "../../../services/Children.ts"
import { ImsgProcess, type ImsgSession, type OpenError, openOptions } from "../../../services/ImsgProcess.ts"
import type { Cursor, Positions } from "../../../services/Positions.ts"
import type { Presence } from "../../../services/Presence.ts"
import { type AccountContext, sawRow } from "../AccountContext.ts"
import type { Intake } from "../inbox/intake.ts"
import { resumePoint } from "../inbox/resumePoint.ts"
import { stallWatch } from "../inbox/stall.ts"
import { showPresence } from "../presence/showPresence.ts"
import { backoffDelay, degradedDelay, nextAttempt } from "./backoff.ts"
import { followBridge } from "./followBridge.ts"
import { heartbeat } from "./heartbeat.ts"
import { inTurns } from "./inTurns.ts"
import { outliving, showDefect } from "./outliving.ts"
import { makeSayFailure } from "./sayFailure.ts"

/** Why a child was given up. */
type ChildFailure = OpenError | StoreUnavailable | WatchEnded

/** Makes the intake of a child. */
export type MakeIntake<R> = (session: ImsgSession, cursor: Cursor) => Effect.Effect<Intake, never, R>

/** Whether a failure needs a person. */
const needsPerson = (failure: ChildFailure): boolean => {
  switch (failure._tag) {
    case "PermissionDenied":
    case "DatabaseUnavailable":
    case "ImsgNotFound":
    case "ImsgUnsupported":
      return true
    case "SshFailed":
      return failure.needsPerson
    case "ChildExited":
    case "ChildStuck":
    case "ProtocolViolation":
    case "ResponseTooLong":
    case "RpcFailed":
    case "RpcTimeout":
    case "StoreUnavailable":
    case "WatchEnded":
      return false
  }
}

/** One child from spawn to end. `onHealthy` runs when it is subscribed. */
const runChild = <R>(
  context: AccountContext,
  makeIntake: MakeIntake<R>,
  onHealthy: (session: ImsgSession, cursor: Cursor) => Effect.Effect<void>
): Effect.Effect<
  never,
  ChildFailure,
  Exclude<R, Scope.Scope> | ImsgProcess | Children | Positions | Presence | Accounts
> =>
  Effect.gen(function* () {
    const { account, link } = context
    const { startTimeoutMs } = account.supervision
    const imsg = yield* ImsgProcess
    const session = inTurns(
      yield* imsg.open(openOptions(account)).pipe(boundary("child", { account: account.id }))
    )
    const cursor = yield* resumePoint(context, session, startTimeoutMs)
    // A row that was there before cannot be evidence of a send that comes after.
    yield* sawRow(context, cursor.rowId)
    const intake = yield* makeIntake(session, cursor)
    yield* intake.catchUp
    // Before the subscription: old builds write the first notifications before the response.
    const taking = yield* Effect.forkScoped(intake.run)
    yield* intake.subscribe
    const condemned = yield* link.connect(session)
    yield* Effect.addFinalizer(() => link.disconnect)
    yield* (yield* Children).connected(account.id, session)
    yield* onHealthy(session, cursor)
    // None of them succeeds, and the first that fails ends the others.
    yield* Effect.all(
      [
        session.ended,
        taking,
        condemned,
        heartbeat(session, account.supervision),
        followBridge(account.id, session),
        showPresence(context, session),
        stallWatch(context, session)
      ],
      { concurrency: "unbounded", discard: true }
    )
    return yield* Effect.never
  }).pipe(
    Effect.mapError((error) =>
      // Only the requests of the start run into their time limit here; the heartbeat says so itself.
      error._tag === "RpcTimeout"
        ? new ChildStuck({
            command: context.account.cliPath,
            watch: "start",
            method: error.method,
            afterMs: error.afterMs
          })
        : error
    ),
    // Whatever fails here is logged once, as the reason of the restart.
    Effect.withUnhandledErrorLogLevel(Option.none()),
    Effect.scoped
  )

/**
 * Runs children one after the other for ever. A failure that heals by itself is answered with growing pauses, one
 * that needs a person with long ones; either way the next child goes on from the cursor.
 */
export const supervise = <R>(
  context: AccountContext,
  makeIntake: MakeIntake<R>
): Effect.Effect<
  never,
  never,
  Exclude<R, Scope.Scope> | ImsgProcess | Children | Accounts | Positions | Presence
> =>
  Effect.gen(function* () {
    const { account } = context
    const { backoff } = account.supervision
    const accounts = yield* Accounts
    const say = yield* makeSayFailure
    let attempt = 0

    const onHealthy = (session: ImsgSession, cursor: Cursor) =>
      Effect.gen(function* () {
        // It is lower than before in another database, and higher than at the child's start once that has caught up.
        const { cursor: reached } = yield* Ref.get(context.position)
        yield* accounts.update(account.id, () => ({
          state: "running",
          reason: "subscribed",
          pid: session.pid,
          cursor: reached,
          lastError: undefined
        }))
        yield* say.isWell
        yield* Effect.logInfo("running").pipe(
          Effect.annotateLogs({
            pid: session.pid,
            imsg: session.build.version ?? "before 0.14",
            cursor: cursor.rowId
          })
        )
      })

    const oneChild = Effect.gen(function* () {
      const healthySince = yield* Ref.make<number | undefined>(undefined)
      yield* accounts.update(account.id, (status) => ({
        state: status.state === "degraded" ? "degraded" : "starting",
        reason: status.state === "degraded" ? status.reason : "starting imsg",
        // What waits for a person had no child that another could take the place of.
        restarts: status.restarts + (status.state === "stopped" || status.state === "degraded" ? 0 : 1)
      }))
      const failure = yield* Effect.flip(
        runChild(context, makeIntake, (session, cursor) =>
          Clock.currentTimeMillis.pipe(
            Effect.flatMap((now) => Ref.set(healthySince, now)),
            Effect.zipRight(onHealthy(session, cursor))
          )
        )
      )
      const now = yield* Clock.currentTimeMillis
      attempt = nextAttempt(backoff, attempt, now - ((yield* Ref.get(healthySince)) ?? now))
      const state: AccountState = needsPerson(failure) ? "degraded" : "backoff"
      const random = yield* Random.next
      const delay =
        state === "degraded" ? degradedDelay(backoff, random) : backoffDelay(backoff, attempt, random)
      yield* accounts.update(account.id, () => ({
        state,
        reason: failure.code,
        pid: undefined,
        lastError: { code: failure.code, message: failure.message, hint: failure.hint }
      }))
      yield* (state === "degraded" ? say.needsPerson : say.healsByItself)(failure, delay)
      yield* Effect.sleep(delay)
    })

    return yield* outliving(
      { what: "the run of a child", backoff, tell: showDefect(account.id) },
      Effect.forever(oneChild)
    )
  }).pipe(Effect.annotateLogs({ account: context.account.id }))
