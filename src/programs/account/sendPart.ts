/**
 * One part on its way out. A try is written down before it is made, and a try whose result is not known is settled
 * by evidence from the database; so a part is sent again only where the first try provably did not happen.
 */
import { Clock, Effect, Either, Option, Ref, Schedule } from "effect"
import { CHAT_REPLACED } from "../../schemas/DeadLetter.ts"
import { type Delivery, type PartRecord, PartState } from "../../schemas/Delivery.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { Methods } from "../../schemas/ImsgProtocol.ts"
import { toSendTarget } from "../../schemas/Target.ts"
import type { Accounts } from "../../services/Accounts.ts"
import { Echoes } from "../../services/Echoes.ts"
import type { ImsgSession, RequestError } from "../../services/ImsgProcess.ts"
import { Journal } from "../../services/Journal.ts"
import { Lifecycle } from "../../services/Lifecycle.ts"
import type { FairSemaphore } from "../FairSemaphore.ts"
import { stored } from "../stored.ts"
import { type AccountContext, sawRow } from "./AccountContext.ts"
import { fateOf } from "./lostPart.ts"
import { cannotTell, chatReplaced, failureOf, notSentWithin, notThere, stuckInSend } from "./outcome.ts"
import { contentOf } from "./parts.ts"
import { sendingDenied, sendingWorks } from "./sendingStatus.ts"
import { withChild } from "./withChild.ts"

/** Tries with an unknown end after which a part that is not in the chat counts as failed. */
const MAX_TRIES = 2
/** A child that is asked for a result, however old that is, has this time to come: the gateway may just have started. */
const CHILD_WITHIN_MS = 5 * 60_000
/** How long the row of a part that was answered without it is looked for, at most. */
const CLAIM_MS = 2000

const retries = Schedule.exponential("1 second").pipe(
  Schedule.union(Schedule.spaced("1 minute")),
  Schedule.jittered
)

type Sending = Extract<PartState, { readonly _tag: "Sending" }>

/** The state that a part is left in, and the code of the reason if it failed. */
export interface Settled {
  readonly state: Extract<PartState, { readonly _tag: "Sent" | "Uncertain" | "Failed" }>
  readonly code: string
}

/** A delivery, and when it was accepted (Unix ms): what provably was not sent is tried until `delivery.ttlMs` after it. */
export interface Accepted {
  readonly delivery: Delivery
  readonly acceptedAt: number
  /** When whoever waits for it gives up, Unix ms. It is no part of the delivery: a retry does not end by it. */
  readonly giveUpAt?: number
}

/** When a delivery is of no use any more, Unix ms: what was not sent by then is not sent. */
export const usefulUntil = ({ delivery, giveUpAt }: Accepted): number =>
  Math.min(delivery.expiresAt ?? Number.POSITIVE_INFINITY, giveUpAt ?? Number.POSITIVE_INFINITY)

/** `oneAtATime` lets a single send of the account be under way: a child carries them out one by one anyway. */
export const sendPart = (
  context: AccountContext,
  oneAtATime: FairSemaphore,
  accepted: Accepted,
  record: PartRecord
): Effect.Effect<Settled, StoreUnavailable, Journal | Accounts | Echoes | Lifecycle> =>
  Effect.gen(function* () {
    const { acceptedAt, delivery } = accepted
    const { account, highestRow, link } = context
    const { settleMs, ttlMs } = account.delivery
    const { sendTimeoutMs } = account.supervision
    const journal = yield* Journal
    const echoes = yield* Echoes
    const lifecycle = yield* Lifecycle
    const pause = yield* Schedule.driver(retries)
    let tries = record.tries
    let lostAt: number | undefined
    /** The part's row is newer than what was known when it was first tried without a known end. */
    let firstAfterRowId = record.state._tag === "Sending" && tries > 0 ? record.state.afterRowId : undefined
    /** Why it was not sent so far. */
    let lastError: RequestError | undefined
    /** By what the result of the last try was lost; not known of one from before a restart. */
    let lostBy: RequestError | undefined
    let code = "delivery_refused"
    let answeredWithoutRow: { readonly session: ImsgSession; readonly trying: Sending } | undefined

    const enter = <S extends PartState>(state: S): Effect.Effect<S, StoreUnavailable> =>
      echoes
        .follow(delivery, record, state)
        .pipe(Effect.zipRight(journal.putPart(delivery, { ...record, state, tries })), Effect.as(state))

    const enterFailed = (detail: string) => enter(PartState.Failed({ detail }))

    /** What is known to have been sent must be remembered, however long the store takes: else it is sent again. */
    const enterSent = ({ guid, rowId }: { readonly guid?: string; readonly rowId?: number }) =>
      Effect.gen(function* () {
        if (rowId !== undefined) yield* sawRow(context, rowId)
        yield* sendingWorks(account.id)
        return yield* stored(enter(PartState.Sent({ guid, rowId })))
      })

    /** What imsg says is believed until its time is over: then the row is there, or the part is in doubt. */
    const awaitRow = ({ afterRowId }: Sending, guid?: string, rowId?: number) =>
      Effect.map(Clock.currentTimeMillis, (answeredAt) =>
        context.confirmations.answered({
          delivery,
          record: { ...record, tries },
          guid,
          rowId,
          afterRowId,
          answeredAt
        })
      )

    const replaceChild = (session: ImsgSession) => link.condemn(session, stuckInSend(session, sendTimeoutMs))

    /** After a try that was none: what was known of the part before holds again. */
    const notTried = (trying: Sending, error: RequestError) =>
      Effect.suspend(() => {
        lastError = error
        tries--
        return Effect.as(enter(tries === 0 ? PartState.Queued() : trying), PartState.Queued())
      })

    const unknownEnd = (trying: Sending) => {
      firstAfterRowId = trying.afterRowId
      return trying
    }

    const onFailure = (session: ImsgSession, error: RequestError, trying: Sending) =>
      Effect.gen(function* () {
        const failure = failureOf(error)
        yield* Effect.logWarning(`a send failed: ${error.message}`).pipe(
          Effect.annotateLogs({ part: record.index, code: error.code, outcome: failure._tag })
        )
        switch (failure._tag) {
          case "Refused":
            return yield* enterFailed(error.message)
          case "Denied":
            yield* sendingDenied(account.id, error)
            return yield* notTried(trying, error)
          case "Retry":
            return yield* notTried(trying, error)
          case "Blocked":
            yield* replaceChild(session)
            lastError = error
            tries--
            return yield* enter(trying)
          case "Unknown":
            if (failure.replaceChild) yield* replaceChild(session)
            lostBy = error
            return unknownEnd(trying)
        }
      })

    /** A stop waits for it once it has begun. */
    const sendOver = (session: ImsgSession): Effect.Effect<PartState, StoreUnavailable, Accounts> =>
      Effect.gen(function* () {
        const { target } = delivery
        if (target._tag === "ChatId" && (yield* journal.isStranded(delivery))) {
          code = CHAT_REPLACED
          return yield* enterFailed(chatReplaced(target))
        }
        tries++
        const trying: Sending = yield* enter(
          PartState.Sending({
            triedAt: yield* Clock.currentTimeMillis,
            afterRowId: firstAfterRowId ?? (yield* Ref.get(highestRow))
          })
        )
        const result = yield* Effect.either(
          session.request(
            Methods.send,
            { ...toSendTarget(target, account.region), ...contentOf(record.part) },
            sendTimeoutMs
          )
        )
        if (Either.isLeft(result)) return yield* onFailure(session, result.left, trying)
        // Its row is there by now.
        yield* context.nudges.nudge
        const { guid, id, ok } = result.right
        if (ok === false) return unknownEnd(trying)
        if (guid === undefined && id === undefined) answeredWithoutRow = { session, trying }
        else yield* awaitRow(trying, guid, id)
        return yield* enterSent({
          ...(guid === undefined ? {} : { guid }),
          ...(id === undefined ? {} : { rowId: id })
        })
      }).pipe(lifecycle.work)

    const expire = Effect.suspend(() => {
      if (lastError?._tag === "PermissionDenied") code = lastError.code
      return enterFailed(notSentWithin(ttlMs, lastError))
    })

    const until = Math.min(acceptedAt + ttlMs, usefulUntil(accepted))
    const trySend = withChild(link, oneAtATime, until, sendOver).pipe(
      Effect.flatMap(Option.match({ onNone: () => expire, onSome: Effect.succeed }))
    )

    const lookFor = (session: ImsgSession, trying: Sending, since: number, withinMs: number) =>
      fateOf(context, delivery, record.part, trying, { session, since, withinMs })

    const enterUndelivered = (rowId: number) =>
      Effect.zipRight(
        sawRow(context, rowId),
        enterFailed("Messages could not deliver it, and shows it so in the chat")
      )

    /**
     * A row that belongs to this part must not be taken for a later part with the same content. Where it cannot be
     * found the part is what it was.
     */
    const claimRow = (session: ImsgSession, trying: Sending, state: Settled["state"]) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const fate = yield* lookFor(session, trying, now, Math.min(settleMs, CLAIM_MS))
        if (fate._tag === "Found") return yield* enterSent(fate)
        if (fate._tag === "NotDelivered") return yield* enterUndelivered(fate.rowId)
        return yield* Effect.as(awaitRow(trying), state)
      }).pipe(Effect.orElse(() => Effect.as(awaitRow(trying), state)))

    const settle = (
      trying: Sending
    ): Effect.Effect<PartState, StoreUnavailable | RequestError, Journal | Accounts> =>
      Effect.gen(function* () {
        const left = trying.triedAt + ttlMs - (yield* Clock.currentTimeMillis)
        const asked = yield* Effect.timeoutOption(link.current, Math.max(left, CHILD_WITHIN_MS))
        if (Option.isNone(asked)) return yield* unknowable("there was no imsg that could be asked")
        const session = asked.value
        // The time to settle counts from when the result was lost, which may be long after the try.
        lostAt ??= yield* Clock.currentTimeMillis
        const fate = yield* lookFor(session, trying, lostAt, settleMs)
        switch (fate._tag) {
          case "Found":
            return yield* enterSent(fate)
          case "NotDelivered":
            return yield* enterUndelivered(fate.rowId)
          case "Unknowable":
            return yield* unknowable(fate.why)
          case "Absent":
            // Until the next try is written down the record of this one stands: it is looked up again then.
            return tries < MAX_TRIES ? PartState.Queued() : yield* enterFailed(notThere(tries, lostBy))
        }
      })

    /** Where no try has an unknown end nothing was sent, whether the chat can be looked up or not. */
    const unknowable = (why: string) =>
      tries === 0
        ? Effect.succeed(PartState.Queued())
        : enter(PartState.Uncertain({ detail: cannotTell(why, lostBy) }))

    const onFailedLook = (error: RequestError) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        if (now > (lostAt ?? now) + ttlMs) {
          return yield* unknowable(`the chat could not be looked up: ${error.message}`)
        }
        // The child that was asked is gone or busy; the next one, or the next look, will tell.
        yield* Effect.ignore(pause.next(undefined))
        return undefined
      })

    let state = record.state
    while (true) {
      switch (state._tag) {
        case "Sent":
          if (answeredWithoutRow !== undefined) {
            const { session, trying } = answeredWithoutRow
            return { state: yield* claimRow(session, trying, state), code }
          }
          return { state, code }
        case "Uncertain":
        case "Failed":
          return { state, code }
        case "Queued":
          lostAt = undefined
          state = yield* trySend
          if (state._tag === "Queued") yield* Effect.ignore(pause.next(undefined))
          break
        case "Sending": {
          const settled = yield* Effect.either(settle(state))
          if (Either.isRight(settled)) state = settled.right
          else if (settled.left._tag === "StoreUnavailable") return yield* settled.left
          else state = (yield* onFailedLook(settled.left)) ?? state
          break
        }
      }
    }
  })
