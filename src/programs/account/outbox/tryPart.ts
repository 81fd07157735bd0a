/** One try of a part: what the child is asked for, and what came of it. */
import { Effect, Either, LogLevel, Random } from "effect"
import { isAct } from "../../../schemas/partWords.ts"
import type { ImsgSession } from "../../../services/ImsgProcess.ts"
import { isBridgePaused, PAUSED, pauseBridge } from "../bridgePause.ts"
import { lackingIn } from "./extras.ts"
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
      record.part,
      {
        target: delivery.target,
        region: context.account.region,
        isPlain: isPaused || progress.isPlain === true || tries > 0,
        avoidsBridge: !session.build.concurrentReads && capabilities.bridge === "ready",
        guid: tries === 0 ? crypto.randomUUID() : undefined
      },
      capabilities
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

/** Makes the request, and says what came of it. */
export const send = (way: Way, session: ImsgSession, { ask, form, guid, method }: PartRequest) =>
  Effect.gen(function* () {
    const { context, record } = way
    const { sendTimeoutMs } = context.account.supervision
    const withinMs = isAct(record.part) ? Math.min(ACT_WITHIN_MS, sendTimeoutMs) : sendTimeoutMs
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
    const needsBridge = form !== "bare" || isAct(record.part)
    if (needsBridge && saysBridgeIsGone(error)) yield* session.bridgeRefused
    const failure = failureOfForm(error, form)
    if (needsBridge && failure._tag === "Unknown" && failure.replaceChild) yield* pauseBridge(context, method)
    // What is left out, or goes in a plainer form, is missed by nobody.
    const isMissed = failure._tag !== "Plainer" && !isAct(record.part)
    yield* Effect.logWithLevel(
      isMissed ? LogLevel.Warning : LogLevel.Debug,
      `a send failed: ${error.message}`
    ).pipe(Effect.annotateLogs({ part: record.index, code: error.code, outcome: failure._tag }))
    if (failure._tag === "Denied") yield* sendingDenied(context.account.id, error)
    return Event.Unanswered({ failure, by: { code: error.code, message: error.message }, random })
  })
