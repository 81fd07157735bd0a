/**
 * Shows in Messages what is wanted of the chats of an account, over one child: one call at a time, none while a send is under
 * way or waits, and none that anybody waits for. Where the child cannot, it is not asked.
 */
import { Effect, Fiber, Queue, Ref, Stream } from "effect"
import { BridgeMethods } from "../../../schemas/BridgeMethods.ts"
import { can } from "../../../schemas/Capabilities.ts"
import type { ImsgSession } from "../../../services/ImsgProcess.ts"
import { Presence } from "../../../services/Presence.ts"
import type { AccountContext } from "../AccountContext.ts"
import { isBridgePaused } from "../bridgePause.ts"
import { monotonicMillis } from "../supervision/monotonic.ts"
import { ask, carryOut, type Trial, UNTRIED } from "./carryOut.ts"
import { type Allowed, nextCall } from "./nextCall.ts"

/** How soon it is looked again whether the child is free, in ms. */
const BUSY_MS = 250
/** How long the end of a child may wait for what people are shown, in ms. */
const FAREWELL_MS = 1000

/** Whether a call would wait for something, or something for it. */
const isBusy = ({ inHand }: AccountContext, session: ImsgSession): Effect.Effect<boolean> =>
  Effect.gen(function* () {
    if ((yield* Ref.get(inHand)) > 0 || (yield* session.isMutating)) return true
    // Builds before 0.14 answer one request at a time.
    return !session.build.concurrentReads && !(yield* session.isIdle)
  })

/** What may be asked for now. */
const allowedNow = (
  context: AccountContext,
  session: ImsgSession,
  { isOff }: Trial
): Effect.Effect<Allowed> =>
  Effect.gen(function* () {
    if (isOff || (yield* isBridgePaused(context))) return { typing: false, read: false }
    const { account } = context
    const capabilities = yield* session.capabilities
    return {
      typing: account.typing && can(capabilities, BridgeMethods.typing),
      read: account.sendReadReceipts && can(capabilities, BridgeMethods.read)
    }
  })

/** The child ends, by order or by failure: nobody is to be seen writing for a minute after it. */
const farewell = (context: AccountContext, session: ImsgSession) =>
  Effect.gen(function* () {
    const presence = yield* Presence
    const { id } = context.account
    const shown = (yield* presence.chats(id)).filter(({ isShown }) => isShown)
    if (shown.length === 0 || (yield* isBusy(context, session))) return
    const all = Effect.forEach(
      shown,
      ({ chat }) =>
        Effect.zipRight(presence.called(id, chat, "quiet"), ask(session, chat, "quiet", FAREWELL_MS)),
      { discard: true }
    )
    // With a fiber of its own: here nothing else can be interrupted, nor be given a time limit.
    const saying = yield* all.pipe(
      Effect.timeoutOption(FAREWELL_MS),
      Effect.ignore,
      Effect.interruptible,
      Effect.forkDaemon
    )
    yield* Fiber.await(saying)
  })

/** Shows it for as long as the child is there. */
export const showPresence = (
  context: AccountContext,
  session: ImsgSession
): Effect.Effect<never, never, Presence> =>
  Effect.gen(function* () {
    const presence = yield* Presence
    const { id } = context.account
    const trial = yield* Ref.make(UNTRIED)

    /** Makes the call that is due, and says how long there is nothing to do, in ms. */
    const step = Effect.gen(function* () {
      const before = yield* Ref.get(trial)
      const allowed = yield* allowedNow(context, session, before)
      const next = nextCall(yield* presence.chats(id), allowed, yield* monotonicMillis)
      if (next._tag === "Wait") return next.ms
      if (yield* isBusy(context, session)) return BUSY_MS
      yield* Ref.set(trial, yield* carryOut(context, session, next, before))
      return 0
    })
    // Followed once and not from wait to wait: turns come and go here, and to begin to listen costs as much as one of them.
    const news = yield* Queue.sliding<void>(1)
    const heard = Queue.offer(news, undefined)
    yield* Effect.forkScoped(Effect.forever(Effect.zipRight(presence.arrival(id), heard)))
    yield* Effect.forkScoped(Stream.runForEach(session.capabilityChanges, () => heard))
    const untilChange = Queue.take(news)
    return yield* Effect.flatMap(step, (ms) =>
      ms === 0
        ? Effect.void
        : Number.isFinite(ms)
          ? Effect.timeoutOption(untilChange, ms)
          : Effect.asVoid(untilChange)
    ).pipe(
      Effect.forever,
      Effect.onInterrupt(() => farewell(context, session))
    )
  }).pipe(Effect.scoped)
