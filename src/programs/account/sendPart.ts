/**
 * One part on its way out. A try is written down before it is made, and a try whose result is not known is settled
 * by evidence from the database; so a part is sent again only where the first try provably did not happen.
 */
import { Clock, Effect, Either, Ref, Schedule } from "effect"
import { type Delivery, type Part, type PartRecord, PartState } from "../../schemas/Delivery.ts"
import { ChildStuck, type StoreUnavailable } from "../../schemas/Errors.ts"
import { Methods } from "../../schemas/ImsgProtocol.ts"
import { toSendTarget } from "../../schemas/Target.ts"
import { Accounts } from "../../services/Accounts.ts"
import type { ImsgSession, RequestError } from "../../services/ImsgProcess.ts"
import { Journal } from "../../services/Journal.ts"
import { Lifecycle } from "../../services/Lifecycle.ts"
import { stored } from "../stored.ts"
import { type AccountContext, sawRow } from "./AccountContext.ts"
import { findEvidence } from "./evidence.ts"
import { failureOf } from "./outcome.ts"

/** A part that provably was not sent is tried this often before it counts as failed. */
const MAX_TRIES = 2
const FIRST_RETRY = "1 second"
const LONGEST_RETRY = "1 minute"

const contentOf = (part: Part): { readonly text: string } | { readonly file: string } =>
  part._tag === "Text" ? { text: part.text } : { file: part.path }

const retries = Schedule.exponential(FIRST_RETRY).pipe(
  Schedule.union(Schedule.spaced(LONGEST_RETRY)),
  Schedule.jittered
)

/** The states that a part is left in. */
export type FinalState = Extract<PartState, { readonly _tag: "Sent" | "Uncertain" | "Failed" }>

/** `oneAtATime` lets a single send of the account be under way: a child carries them out one by one anyway. */
export const sendPart = (
  context: AccountContext,
  oneAtATime: Effect.Semaphore,
  delivery: Delivery,
  record: PartRecord
): Effect.Effect<FinalState, StoreUnavailable, Journal | Accounts | Lifecycle> =>
  Effect.gen(function* () {
    const { account, highestRow, link } = context
    const { settleMs } = account.delivery
    const { requestTimeoutMs, sendTimeoutMs } = account.supervision
    const journal = yield* Journal
    const accounts = yield* Accounts
    const lifecycle = yield* Lifecycle
    const pause = yield* Schedule.driver(retries)
    let tries = record.tries
    let lostAt: number | undefined

    const enter = <S extends PartState>(state: S): Effect.Effect<S, StoreUnavailable> =>
      Effect.as(journal.putPart(delivery, { ...record, state, tries }), state)

    /** What is known to have been sent must be remembered, however long the store takes: else it is sent again. */
    const enterSent = (sent: { readonly guid: string | undefined; readonly rowId: number | undefined }) =>
      stored(enter(PartState.Sent(sent)))

    const replaceChild = (session: ImsgSession) =>
      link.condemn(
        session,
        new ChildStuck({
          command: session.command,
          watch: "heartbeat",
          method: Methods.send.name,
          afterMs: sendTimeoutMs
        })
      )

    const onSent = (rowId: number | undefined) =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        if (rowId !== undefined) yield* sawRow(context, rowId)
        yield* accounts.update(account.id, (status) => ({
          lastOutboundAt: now,
          ...(status.state === "degraded" && status.pid !== undefined
            ? { state: "running", reason: "sending works again", lastError: undefined }
            : {})
        }))
      })

    const onFailure = (session: ImsgSession, error: RequestError, trying: PartState) =>
      Effect.gen(function* () {
        const failure = failureOf(error)
        yield* Effect.logWarning(`a send failed: ${error.message}`).pipe(
          Effect.annotateLogs({ part: record.index, code: error.code, outcome: failure._tag })
        )
        switch (failure._tag) {
          case "Refused":
            return yield* enter(PartState.Failed({ detail: error.message }))
          case "Denied":
            yield* accounts.update(account.id, () => ({
              state: "degraded",
              reason: "macOS denies what sending needs",
              lastError: { code: error.code, message: error.message, hint: error.hint }
            }))
            // What was refused was not tried: only tries with an unknown end count.
            tries--
            return yield* enter(PartState.Queued())
          case "Retry":
            if (failure.replaceChild) yield* replaceChild(session)
            tries--
            return yield* enter(PartState.Queued())
          case "Unknown":
            if (failure.replaceChild) yield* replaceChild(session)
            return trying
        }
      })

    /** A stop waits for it once it has begun. */
    const sendOver = (session: ImsgSession) =>
      Effect.gen(function* () {
        tries++
        const trying = yield* enter(
          PartState.Sending({
            triedAt: yield* Clock.currentTimeMillis,
            afterRowId: yield* Ref.get(highestRow)
          })
        )
        const result = yield* Effect.either(
          session.request(
            Methods.send,
            { ...toSendTarget(delivery.target, account.region), ...contentOf(record.part) },
            sendTimeoutMs
          )
        )
        if (Either.isLeft(result)) return yield* onFailure(session, result.left, trying)
        const { guid, id, ok } = result.right
        if (ok === false) return trying
        yield* onSent(id)
        return yield* enterSent({ guid, rowId: id })
      }).pipe(lifecycle.work)

    const trySend = link.current.pipe(Effect.flatMap(sendOver), oneAtATime.withPermits(1))

    const settle = (trying: Extract<PartState, { readonly _tag: "Sending" }>) =>
      Effect.gen(function* () {
        const session = yield* link.current
        // The time to settle counts from when the result was lost, which may be long after the try.
        lostAt ??= yield* Clock.currentTimeMillis
        const evidence = yield* findEvidence(
          session,
          {
            accountId: account.id,
            target: delivery.target,
            part: record.part,
            lostAt,
            afterRowId: trying.afterRowId
          },
          { settleMs, requestTimeoutMs }
        )
        switch (evidence._tag) {
          case "Found":
            yield* onSent(evidence.rowId)
            return yield* enterSent({ guid: evidence.guid, rowId: evidence.rowId })
          case "Unknowable":
            return yield* enter(
              PartState.Uncertain({ detail: "the result was lost, and the chat cannot be looked up" })
            )
          case "Absent":
            return tries < MAX_TRIES
              ? yield* enter(PartState.Queued())
              : yield* enter(
                  PartState.Failed({ detail: `it was tried ${tries} times and is not in the chat` })
                )
        }
      })

    let state = record.state
    while (true) {
      switch (state._tag) {
        case "Sent":
        case "Uncertain":
        case "Failed":
          return state
        case "Queued": {
          lostAt = undefined
          state = yield* trySend
          if (state._tag === "Queued") yield* Effect.ignore(pause.next(undefined))
          break
        }
        case "Sending": {
          const trying: Extract<PartState, { readonly _tag: "Sending" }> = state
          const settled = yield* Effect.either(settle(trying))
          if (Either.isRight(settled)) state = settled.right
          else if (settled.left._tag === "StoreUnavailable") return yield* settled.left
          // The child that was asked is gone or busy; the next one, or the next look, will tell.
          else yield* Effect.ignore(pause.next(undefined))
          break
        }
      }
    }
  })
