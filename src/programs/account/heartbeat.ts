/** Whether a child still answers. */
import { Effect, Schedule } from "effect"
import type { AccountConfig } from "../../schemas/Config.ts"
import { databaseProblem } from "../../schemas/denials.ts"
import { ChildStuck } from "../../schemas/errors/imsg.ts"
import { Methods } from "../../schemas/ImsgProtocol.ts"
import type { ImsgSession, RequestError } from "../../services/ImsgProcess.ts"

const ask = (session: ImsgSession, timeoutMs: number): Effect.Effect<void, RequestError> =>
  session.build.concurrentReads
    ? Effect.flatMap(
        session.request(Methods.status, {}, timeoutMs),
        (status): Effect.Effect<void, RequestError> => databaseProblem(status) ?? Effect.void
      )
    : Effect.asVoid(session.request(Methods.chatsList, { limit: 1 }, timeoutMs))

/** One beat: fails if the child does not answer in time, or answers that it cannot work. */
const beat = (session: ImsgSession, timeoutMs: number): Effect.Effect<void, ChildStuck | RequestError> =>
  Effect.gen(function* () {
    // A build that answers one request at a time is silent while Messages takes its time over a send; the send
    // has a time limit of its own.
    if (!session.build.concurrentReads && (yield* session.isMutating)) return
    yield* ask(session, timeoutMs)
  }).pipe(
    Effect.catchTags({
      RpcTimeout: ({ afterMs, method }) =>
        new ChildStuck({ command: session.command, watch: "heartbeat", method, afterMs }),
      // An answer of any kind is a sign of life.
      RpcFailed: () => Effect.void,
      ResponseTooLong: () => Effect.void
    })
  )

/** Asks the child every `heartbeatMs` and fails as soon as it should be replaced. */
export const heartbeat = (
  session: ImsgSession,
  { heartbeatMs, requestTimeoutMs }: AccountConfig["supervision"]
): Effect.Effect<never, ChildStuck | RequestError> =>
  beat(session, requestTimeoutMs).pipe(
    Effect.schedule(Schedule.spaced(heartbeatMs)),
    Effect.zipRight(Effect.never)
  )
