/**
 * What to do with a part of a delivery: a function of where it is and of what happened, and nothing else. A try is
 * written down before it is made, and one whose result is lost is settled by what the database shows; so a part is sent
 * again only where the first try provably did not happen.
 */
import { CHAT_REPLACED, FILE_LOST, WITHDRAWN } from "../../../schemas/DeadLetter.ts"
import { isFinal, PartState, type Progress } from "../../../schemas/Delivery.ts"
import { pauseOf } from "../../../schemas/partPause.ts"
import { cannotTell, fileLost, notSentSince, notSentWithin, notThere, OF_NO_USE } from "./outcome.ts"
import { type Event, type PartOnItsWay, Request, rest, type Sight, type Step, type Terms } from "./part.ts"
import { ofAct } from "./stepOfAct.ts"

/** Tries with an unknown end after which a part that is not in the chat counts as failed. */
const MAX_TRIES = 2
/** A child that is asked for a result, however old that is, has this time to come: the gateway may just have started. */
const CHILD_WITHIN_MS = 5 * 60_000
/** How long the row of a part that was answered without it is looked for, at most. */
const CLAIM_MS = 2000
/** Messages may write a row late, and may take its time to send what it wrote. */
const LOOK_AGAIN_MS = 500

const failed = (part: PartOnItsWay, detail: string, code?: string): Step =>
  rest(part, PartState.Failed({ detail }), code)

const expired = (part: PartOnItsWay, { isShortLived, ttlMs, withdrawn }: Terms): Step => {
  if (withdrawn !== undefined) return failed(part, notSentSince(withdrawn), WITHDRAWN)
  if (isShortLived === true) return failed(part, OF_NO_USE)
  const by = part.progress.notSentBy
  // What a person has to allow is told by its own name.
  return failed(part, notSentWithin(ttlMs, by), by?.code === "permission_denied" ? by.code : undefined)
}

/** It is sent when its turn comes, unless its time is over. */
const awaitTurn = (part: PartOnItsWay, terms: Terms, now: number): Step =>
  now >= terms.until ? expired(part, terms) : { part, request: Request.AwaitTurn() }

const paused = (part: PartOnItsWay, change: Partial<Progress>, now: number, random: number): Step => {
  const { pauses } = part.progress
  return {
    part: { ...part, progress: { ...part.progress, ...change, pauses: pauses + 1 } },
    request: Request.Wait({ until: now + pauseOf(pauses, random) })
  }
}

const look = (part: PartOnItsWay, terms: Terms, now: number): Step => {
  const lostAt = part.progress.lostAt ?? now
  return {
    // The time to settle counts from when the result was lost, which may be long after the try.
    part: { ...part, progress: { ...part.progress, lostAt } },
    request: Request.Look({ isLast: now >= lostAt + terms.settleMs })
  }
}

/** Where no try has an unknown end nothing was sent, whether the chat can be looked up or not. */
const sendUnless = (part: PartOnItsWay, terms: Terms, now: number, otherwise: () => Step): Step => {
  if (part.tries > 0) return otherwise()
  return awaitTurn({ ...part, state: PartState.Queued() }, terms, now)
}

const unknowable = (part: PartOnItsWay, terms: Terms, now: number, why: string): Step =>
  sendUnless(part, terms, now, () =>
    rest(part, PartState.Uncertain({ detail: cannotTell(why, part.progress.lostBy) }))
  )

const onDue = (part: PartOnItsWay, terms: Terms, now: number): Step => {
  switch (part.state._tag) {
    case "Queued":
      return awaitTurn(part, terms, now)
    case "Sending":
      return look(part, terms, now)
    case "Sent": {
      const { claim } = part.progress
      if (claim === undefined) break
      return { part, request: Request.Look({ isLast: now >= claim.until }) }
    }
  }
  return rest(part, part.state)
}

const onReady = (
  part: PartOnItsWay,
  terms: Terms,
  now: number,
  { afterRowId, guid, isOfOtherChat }: Extract<Event, { readonly _tag: "Ready" }>
): Step => {
  const { progress, state, tries } = part
  if (isFinal(state)) return rest(part, state)
  if (now >= terms.until) return expired(part, terms)
  if (isOfOtherChat !== undefined) return failed(part, isOfOtherChat, CHAT_REPLACED)
  // The part's row is newer than what was known when it was first tried without a known end.
  const isLost = state._tag === "Sending" && tries > 0
  const trying = {
    triedAt: now,
    afterRowId: isLost ? state.afterRowId : afterRowId,
    ...(guid === undefined ? {} : { guid })
  }
  const { lostAt: _, ...kept } = progress
  return {
    part: { state: PartState.Sending(trying), tries: tries + 1, progress: kept },
    request: Request.Send()
  }
}

const onNoChild = (part: PartOnItsWay, terms: Terms, now: number, since: number): Step => {
  const { state } = part
  switch (state._tag) {
    case "Queued":
      return now >= terms.until
        ? expired(part, terms)
        : { part, request: Request.Wait({ until: terms.until }) }
    case "Sending": {
      const until = Math.max(state.triedAt + terms.ttlMs, since + CHILD_WITHIN_MS)
      return now >= until
        ? unknowable(part, terms, now, "there was no imsg that could be asked")
        : { part, request: Request.Wait({ until }) }
    }
    default:
      return rest(part, state)
  }
}

const onAnswered = (
  part: PartOnItsWay,
  { isAct = false, settleMs }: Terms,
  now: number,
  { guid, rowId }: Extract<Event, { readonly _tag: "Answered" }>
): Step => {
  const answered = rest(part, PartState.Sent({ guid, rowId }))
  const { state } = part
  if (isAct || guid !== undefined || rowId !== undefined || state._tag !== "Sending") return answered
  // A row that belongs to this part must not be taken for a later part with the same content.
  const claim = { until: now + Math.min(settleMs, CLAIM_MS), afterRowId: state.afterRowId }
  return {
    part: { ...answered.part, progress: { pauses: 0, claim } },
    request: Request.Look({ isLast: false })
  }
}

const onUnanswered = (
  part: PartOnItsWay,
  terms: Terms,
  now: number,
  { by, failure, random }: Extract<Event, { readonly _tag: "Unanswered" }>
): Step => {
  const before = { ...part, tries: part.tries - 1 }
  const notSentBy = by === undefined ? {} : { notSentBy: by }
  switch (failure._tag) {
    case "Refused":
      return failed(part, by?.message ?? "imsg refused it")
    case "Denied":
    case "Retry": {
      // It was no try: what was known of the part before holds again.
      const state = before.tries === 0 ? PartState.Queued() : part.state
      return paused({ ...before, state }, notSentBy, now, random)
    }
    case "Plainer": {
      const state = before.tries === 0 ? PartState.Queued() : part.state
      return awaitTurn({ ...before, state, progress: { ...part.progress, isPlain: true } }, terms, now)
    }
    case "Blocked":
      return {
        ...look({ ...before, progress: { ...part.progress, ...notSentBy } }, terms, now),
        replacesChild: true
      }
    case "Unknown": {
      const lostBy = by === undefined ? {} : { lostBy: by }
      const step = look({ ...part, progress: { ...part.progress, lostAt: now, ...lostBy } }, terms, now)
      return failure.replaceChild ? { ...step, replacesChild: true } : step
    }
  }
}

const onLooked = (part: PartOnItsWay, terms: Terms, now: number, sight: Sight): Step => {
  const { progress, state, tries } = part
  switch (sight._tag) {
    case "Found":
      return rest(part, PartState.Sent({ guid: sight.guid, rowId: sight.rowId }))
    case "Done":
      return rest(part, PartState.Sent({ guid: undefined, rowId: undefined }))
    case "NotDelivered":
      return failed(part, "Messages could not deliver it, and shows it so in the chat")
    case "NotYet":
      return { part, request: Request.Wait({ until: now + LOOK_AGAIN_MS }) }
  }
  // Where its row cannot be found it is what it was.
  if (isFinal(state)) return rest(part, state)
  if (sight._tag === "Unknowable") return unknowable(part, terms, now, sight.why)
  return sendUnless(part, terms, now, () => {
    if (tries >= MAX_TRIES) return failed(part, notThere(tries, progress.lostBy))
    // Until the next try is written down the record of this one stands: it is looked up again then.
    return awaitTurn(part, terms, now)
  })
}

const onLookFailed = (
  part: PartOnItsWay,
  terms: Terms,
  now: number,
  { by, random }: Extract<Event, { readonly _tag: "LookFailed" }>
): Step => {
  if (isFinal(part.state)) return rest(part, part.state)
  if (now > (part.progress.lostAt ?? now) + terms.ttlMs) {
    return unknowable(part, terms, now, `the chat could not be looked up: ${by.message}`)
  }
  // The child that was asked is gone or busy; the next one, or the next look, will tell.
  return paused(part, {}, now, random)
}

const nextOf = (terms: Terms, part: PartOnItsWay, event: Event, now: number): Step => {
  switch (event._tag) {
    case "Due":
      return onDue(part, terms, now)
    case "Ready":
      return onReady(part, terms, now, event)
    case "FileLost":
      return isFinal(part.state) ? rest(part, part.state) : failed(part, fileLost(event.name), FILE_LOST)
    case "Unable":
      return rest(part, isFinal(part.state) ? part.state : PartState.LeftOut({ detail: event.why }))
    case "NoChild":
      return onNoChild(part, terms, now, event.since)
    case "Answered":
      return onAnswered(part, terms, now, event)
    case "Unanswered":
      return onUnanswered(part, terms, now, event)
    case "Looked":
      return onLooked(part, terms, now, event.sight)
    case "LookFailed":
      return onLookFailed(part, terms, now, event)
  }
}

/** The next step of a part, at a time (Unix ms). */
export const step = (terms: Terms, part: PartOnItsWay, event: Event, now: number): Step => {
  const next = nextOf(terms, part, event, now)
  return terms.isAct === true ? ofAct(part, event, next) : next
}
