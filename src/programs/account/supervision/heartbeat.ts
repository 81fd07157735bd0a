/** Whether a child still answers. */
import { Duration, Effect, Option } from "effect"
import type { AccountConfig } from "../../../schemas/Config.ts"
import { databaseProblem } from "../../../schemas/denials.ts"
import { ChildStuck } from "../../../schemas/errors/imsg.ts"
import { Methods } from "../../../schemas/ImsgProtocol.ts"
import type { ImsgSession, RequestError } from "../../../services/ImsgProcess.ts"
import { monotonicMillis } from "./monotonic.ts"

type Supervision = AccountConfig["supervision"]

const ask = (session: ImsgSession, timeoutMs: number): Effect.Effect<void, RequestError> =>
  session.build.concurrentReads
    ? Effect.flatMap(
        session.status(timeoutMs),
        (status): Effect.Effect<void, RequestError> => databaseProblem(status) ?? Effect.void
      )
    : Effect.asVoid(session.request(Methods.chatsList, { limit: 1 }, timeoutMs))

/** How much slower than it was before a child may become. */
const SLOWER = 4
/** Answers by which it is known how quick a child can be: one of them may have come in a busy moment. */
const REMEMBERED = 3

/** How long a beat may be left unanswered, in ms. `took` are the times of the last answers. */
export const allowance = (
  { heartbeatTimeoutMs, requestTimeoutMs }: Supervision,
  took: ReadonlyArray<number>,
  isRemote: boolean
): number => {
  const most = Math.max(heartbeatTimeoutMs, requestTimeoutMs)
  // Nothing is known yet of a child that has just begun, and a network stands still longer than a machine.
  if (isRemote || took.length === 0) return most
  return Math.min(most, Math.max(heartbeatTimeoutMs, SLOWER * Math.min(...took)))
}

/** Done when neither the answer to a beat nor anything else has come for so long. */
const silence = (session: ImsgSession, allowedMs: number): Effect.Effect<void> =>
  Effect.gen(function* () {
    const askedAt = yield* monotonicMillis
    while (true) {
      const waited = (yield* monotonicMillis) - askedAt
      const silentFor = Math.min(waited, yield* session.silentFor)
      if (silentFor >= allowedMs) return
      yield* Effect.sleep(allowedMs - silentFor)
    }
  })

/** One beat: fails if the child does not answer in time, or answers that it cannot work. Answers how long it took. */
const beat = (
  session: ImsgSession,
  supervision: Supervision,
  took: ReadonlyArray<number>
): Effect.Effect<Option.Option<number>, ChildStuck | RequestError> =>
  Effect.gen(function* () {
    // A build that answers one request at a time is silent while Messages takes its time over a send; the send
    // has a time limit of its own.
    if (!session.build.concurrentReads && (yield* session.isMutating)) return Option.none()
    const allowedMs = allowance(supervision, took, session.isRemote)
    const asked = session.build.concurrentReads ? Methods.status.name : Methods.chatsList.name
    const stuck = (method: string, afterMs: number) =>
      new ChildStuck({ command: session.command, watch: "heartbeat", method, afterMs })
    const [duration] = yield* ask(
      session,
      Math.max(supervision.heartbeatTimeoutMs, supervision.requestTimeoutMs)
    ).pipe(
      Effect.catchTags({
        RpcTimeout: ({ afterMs, method }) => stuck(method, afterMs),
        // An answer of any kind is a sign of life.
        RpcFailed: () => Effect.void,
        ResponseTooLong: () => Effect.void
      }),
      Effect.timed,
      Effect.raceFirst(Effect.zipRight(silence(session, allowedMs), stuck(asked, allowedMs)))
    )
    return Option.some(Duration.toMillis(duration))
  }).pipe(Effect.tapErrorTag("ChildStuck", () => session.kill))

/** Asks the child at once and then every `heartbeatMs`, and fails as soon as it should be replaced. */
export const heartbeat = (
  session: ImsgSession,
  supervision: Supervision
): Effect.Effect<never, ChildStuck | RequestError> =>
  Effect.gen(function* () {
    let took: ReadonlyArray<number> = []
    while (true) {
      const answered = yield* beat(session, supervision, took)
      took = [...took, ...Option.toArray(answered)].slice(-REMEMBERED)
      yield* Effect.sleep(supervision.heartbeatMs)
    }
  })
