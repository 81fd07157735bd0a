/** Asks a child to show something of the gateway in a chat, and judges from the answer whether it may be asked again. */
import { Effect, Either } from "effect"
import { BridgeMethods } from "../../../schemas/BridgeMethods.ts"
import { ChildStuck } from "../../../schemas/errors/imsg.ts"
import { Code } from "../../../schemas/ImsgProtocol.ts"
import { type Chat, toChatTarget } from "../../../schemas/Target.ts"
import type { ImsgSession, RequestError } from "../../../services/ImsgProcess.ts"
import { type ChatPresence, Presence, type PresenceCall } from "../../../services/Presence.ts"
import type { AccountContext } from "../AccountContext.ts"
import { pauseBridge } from "../bridgePause.ts"
import { failureOf } from "../outbox/outcome.ts"
import { monotonicMillis } from "../supervision/monotonic.ts"

/** A call that takes longer, in ms, is the last one of its child: a reply may wait behind the next. */
const SLOW_MS = 3000
/** When it has held the child up, in ms. imsg gives its helper ten seconds, which a reply would wait for. */
export const HUNG_MS = 6000
/** So many failures in a row are not worth another try with the same child: some Macs refuse it every time. */
const MOST_FAILURES = 3

/** What a child has shown of itself. `isOff`: it is not asked any more. */
export interface Trial {
  readonly failures: number
  readonly isOff: boolean
}
export const UNTRIED: Trial = { failures: 0, isOff: false }

/** The request of a call. */
export const ask = (session: ImsgSession, chat: Chat, call: PresenceCall, timeoutMs: number) =>
  call === "read"
    ? session.request(BridgeMethods.read, toChatTarget(chat), timeoutMs)
    : session.request(BridgeMethods.typing, { ...toChatTarget(chat), typing: call === "typing" }, timeoutMs)

/** Whether nothing that changes Messages is answered by a child any more, by how a call of it failed. */
const isBlocked = (error: RequestError): boolean => {
  const failure = failureOf(error)
  return failure._tag === "Blocked" || (failure._tag === "Unknown" && failure.replaceChild)
}

/** Whether the child has ended before it answered. */
const isOver = ({ _tag }: RequestError): boolean => _tag === "ChildExited" || _tag === "SshFailed"

/** The trial of a child after a call that was answered after so many ms. */
const afterAnswer = (tookMs: number): Trial => ({ failures: 0, isOff: tookMs > SLOW_MS })

/** The same after one that failed. */
const afterFailure = ({ failures }: Trial, error: RequestError): Trial => ({
  failures: failures + 1,
  isOff:
    failures + 1 >= MOST_FAILURES ||
    isBlocked(error) ||
    (error._tag === "RpcFailed" && error.rpcCode === Code.methodNotFound)
})

/** Whether a child that has ended, or is given up, was held up by a call that was unanswered for so many ms. */
const hasHeldUp = ({ isRemote, silentFor }: ImsgSession, unansweredMs: number): Effect.Effect<boolean> =>
  Effect.map(
    silentFor,
    // Where nothing else came over a network, that was away.
    (silentMs) => unansweredMs > SLOW_MS && (!isRemote || silentMs < unansweredMs)
  )

/** The same of a child that is there. One that answers nothing else either is the heartbeat's business. */
const holdsUp = (session: ImsgSession, unansweredMs: number): Effect.Effect<boolean> => {
  if (unansweredMs <= SLOW_MS) return Effect.succeed(false)
  return session.build.concurrentReads ? Effect.isSuccess(session.status(SLOW_MS)) : Effect.succeed(true)
}

/** Makes a call, and says what is known of the child then. Never fails: nobody misses what is not shown. */
export const carryOut = (
  context: AccountContext,
  session: ImsgSession,
  { call, presence: { chat } }: { readonly call: PresenceCall; readonly presence: ChatPresence },
  before: Trial
): Effect.Effect<Trial, never, Presence> =>
  Effect.gen(function* () {
    const presence = yield* Presence
    const { id } = context.account
    const begunAt = yield* monotonicMillis
    yield* presence.called(id, chat, call)
    const unanswered = Effect.map(monotonicMillis, (now) => now - begunAt)
    const result = yield* Effect.either(ask(session, chat, call, HUNG_MS)).pipe(
      // The child is given up, by a send that waited behind it perhaps.
      Effect.onInterrupt(() =>
        Effect.whenEffect(
          pauseBridge(context, call),
          Effect.flatMap(unanswered, (ms) => hasHeldUp(session, ms))
        )
      )
    )
    if (Either.isRight(result)) {
      if (call === "typing") yield* presence.shown(id, chat)
      return afterAnswer(yield* unanswered)
    }
    const error = result.left
    yield* Effect.logDebug(`${call} was not shown: ${error.message}`).pipe(
      Effect.annotateLogs({ account: id, code: error.code })
    )
    if (error._tag === "RpcFailed" && error.rpcCode === Code.bridgeUnavailable) yield* session.bridgeRefused
    const ms = yield* unanswered
    if (isOver(error)) yield* Effect.whenEffect(pauseBridge(context, call), hasHeldUp(session, ms))
    if (isBlocked(error) && (yield* holdsUp(session, ms))) {
      yield* pauseBridge(context, call)
      // Before a reply waits for it.
      const { command } = session
      const stuck = new ChildStuck({ command, watch: "heartbeat", method: call, afterMs: ms })
      yield* context.link.condemn(session, stuck)
    }
    return afterFailure(before, error)
  })
