/** One try of a part: what the child is asked for, and what came of it. */
import { Effect, Either, LogLevel, Option, Random } from "effect"
import { BridgeMethods } from "../../../schemas/BridgeMethods.ts"
import type { Capabilities } from "../../../schemas/Capabilities.ts"
import { isAct } from "../../../schemas/partWords.ts"
import type { ImsgSession } from "../../../services/ImsgProcess.ts"
import { Lease } from "../../../services/Lease.ts"
import { isBridgePaused, PAUSED, pauseBridge } from "../bridgePause.ts"
import { lackingIn, withoutExtras } from "./extras.ts"
import { failureOfForm, saysBridgeIsGone } from "./outcome.ts"
import { Event, type PartOnItsWay } from "./part.ts"
import { type PartRequest, pollAsText, requestFor } from "./request.ts"
import { sendingDenied } from "./sendingStatus.ts"
import type { Way } from "./way.ts"

/**
 * How long something that is done may take: the helper answers in moments, and what is said waits behind it. imsg itself
 * gives its helper ten seconds, and says then that it does not know.
 */
const ACT_WITHIN_MS = 15_000
/** What a plain text goes by, where it can: imsg sends it by the bridge in any case, and so its row is known. */
const TRACKED = BridgeMethods.sendTracked.name

/** What is left of the bridge while it is left alone. */
const trackingOnly = (capabilities: Capabilities): Capabilities => ({
  ...capabilities,
  methods: new Set([...capabilities.methods].filter((name) => name === TRACKED))
})

/**
 * What to ask the child for. A text whose row can have a guid of our choice gets one; a part whose try before was lost goes
 * in the form that every build knows, and is known by its words, in either row.
 */
export const requestNow = (
  { context, delivery, record }: Way,
  { progress, tries }: PartOnItsWay,
  session: ImsgSession
) =>
  Effect.gen(function* () {
    const capabilities = yield* session.capabilities
    const isPaused = yield* isBridgePaused(context)
    if (isPaused && isAct(record.part)) return { why: PAUSED }
    return requestFor(
      isPaused ? withoutExtras(record.part) : record.part,
      {
        target: delivery.target,
        region: context.account.region,
        isPlain: progress.isPlain === true || tries > 0,
        avoidsBridge: !session.build.concurrentReads && capabilities.bridge === "ready",
        guid: tries === 0 ? crypto.randomUUID() : undefined
      },
      isPaused ? trackingOnly(capabilities) : capabilities
    )
  })

/** The way of a part as it is said: a poll goes as a text where there are none, and is known again by that. */
export const asSaid = (way: Way, { form, params }: PartRequest): Way => {
  const { part } = way.record
  const record = { ...way.record, lacks: lackingIn(part, params) }
  return part._tag === "Poll" && form === "bare"
    ? { ...way, record: { ...record, part: { _tag: "Text", text: pollAsText(part) } } }
    : { ...way, record }
}

const LEASE_OVER = {
  code: "lease_over",
  message: "this host was away for too long: another may have taken its account over"
}

/**
 * Whether what was written down just now may be acted on no more: this process, or its machine, may have stood still since.
 * In one process there is nobody else.
 */
const isLeaseOver = Effect.flatMap(
  Effect.serviceOption(Lease),
  Option.match({
    onNone: () => Effect.succeed(false),
    onSome: ({ left }) => Effect.map(left, (ms) => ms <= 0)
  })
)

/** Makes the request, and says what came of it. */
export const send = (way: Way, session: ImsgSession, { ask, form, guid, method }: PartRequest) =>
  Effect.gen(function* () {
    const { context, record } = way
    if (yield* isLeaseOver) {
      const failure = { _tag: "Retry" } as const
      return Event.Unanswered({ failure, by: LEASE_OVER, random: yield* Random.next })
    }
    const { sendTimeoutMs } = context.account.supervision
    const withinMs = form === "act" ? Math.min(ACT_WITHIN_MS, sendTimeoutMs) : sendTimeoutMs
    const result = yield* Effect.either(ask(session, withinMs))
    // Its row is there by now.
    yield* context.nudges.nudge
    const random = yield* Random.next
    if (Either.isRight(result)) {
      const { guid: named = guid, id: rowId, ok } = result.right
      if (ok !== false) return Event.Answered({ guid: named, rowId })
      return Event.Unanswered({ failure: { _tag: "Unknown", replaceChild: false }, by: undefined, random })
    }
    const error = result.left
    const needsBridge = form !== "bare"
    if (needsBridge && saysBridgeIsGone(error)) yield* session.bridgeRefused
    const failure = failureOfForm(error, form)
    const isUnanswered = failure._tag === "Unknown" && failure.replaceChild
    if (needsBridge && isUnanswered && method !== TRACKED) yield* pauseBridge(context, method)
    // What is left out, or goes in a plainer form, is missed by nobody.
    const isMissed = failure._tag !== "Plainer" && form !== "act"
    yield* Effect.logWithLevel(
      isMissed ? LogLevel.Warning : LogLevel.Debug,
      `a send failed: ${error.message}`
    ).pipe(Effect.annotateLogs({ part: record.index, code: error.code, outcome: failure._tag }))
    if (failure._tag === "Denied") yield* sendingDenied(context.account.id, error)
    return Event.Unanswered({ failure, by: { code: error.code, message: error.message }, random })
  })
