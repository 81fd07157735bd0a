/** A delivery: its parts in order, and what becomes of it when each has its end. */
import { Clock, Data, Effect, LogLevel } from "effect"
import type { AccountConfig } from "../../../schemas/Config.ts"
import { EXPIRED, UNCERTAIN, WITHDRAWN } from "../../../schemas/DeadLetter.ts"
import {
  type Delivery,
  isFinal,
  NO_PROGRESS,
  type PartRecord,
  PartState,
  type Progress,
  type Reason
} from "../../../schemas/Delivery.ts"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import { isAct, spokenText } from "../../../schemas/partWords.ts"
import type { Chunker } from "../../../services/Chunker.ts"
import { DeadLetters } from "../../../services/DeadLetters.ts"
import type { Events } from "../../../services/Events.ts"
import { OutboundFiles } from "../../../services/OutboundFiles.ts"
import { type OpenDelivery, Outbox } from "../../../services/Outbox.ts"
import type { AccountContext } from "../AccountContext.ts"
import { bury } from "./bury.ts"
import { type Services as Driving, drive } from "./drive.ts"
import { type Outcome, tellEnd, tellPart } from "./events.ts"
import { hasFile } from "./fileHere.ts"
import { partsOf } from "./parts.ts"
import type { Way } from "./way.ts"

/** What carrying a delivery out needs. */
export type Services = Driving | DeadLetters | Chunker | Events | OutboundFiles

/** How far a delivery came. `Paused` until a time (Unix ms), as it is by then. */
export type Carried = Data.TaggedEnum<{
  Ended: { readonly outcome: Outcome }
  Paused: { readonly until: number; readonly open: OpenDelivery }
}>
const Carried = Data.taggedEnum<Carried>()

/**
 * The parts as they were written down, else as they are cut now: from then on a changed config does not cut them
 * differently. A single part is written down when it is first tried.
 */
const recordsOf = (account: AccountConfig, delivery: Delivery) =>
  Effect.gen(function* () {
    const outbox = yield* Outbox
    const known = yield* outbox.parts(delivery.id)
    if (known.length > 0) return known
    const parts = yield* partsOf(account, delivery)
    const records = parts.map(
      (part, index): PartRecord => ({ index, part, state: PartState.Queued(), tries: 0 })
    )
    if (records.length > 1) yield* outbox.putParts(delivery, records)
    return records
  })

/** Whether a part is there, or may be: so it was before, where an earlier one is tried again. */
const isSaid = ({ _tag }: PartState): boolean => _tag === "Sent" || _tag === "Uncertain" || _tag === "LeftOut"

/** What is done shows at once, or not at all: what is said waits behind it. */
const ACT_SETTLE_MS = 2000

/** What became of the parts. */
interface Sum {
  readonly hasFiles: boolean
  /** Whether all of them were left out. */
  isLeftOut: boolean
  /** The code with which the last of them was. */
  leftOut?: string
  /** Whether nothing is said, and only done. */
  isOfActs: boolean
  isDoubtful: boolean
  failed?: Reason
  uncertain?: string
}

const finish = ({ confirmations }: AccountContext, { delivery, usefulUntil }: OpenDelivery, sum: Sum) =>
  Effect.gen(function* () {
    const { failed, hasFiles, uncertain } = sum
    if (failed?.code === WITHDRAWN && uncertain === undefined) {
      yield* Effect.logInfo("a message was taken back before it was sent")
      if (delivery.attempt !== undefined) yield* bury(delivery, failed)
      return "withdrawn" as const
    }
    const isLate = (yield* Clock.currentTimeMillis) >= usefulUntil
    if (failed !== undefined && isLate && uncertain === undefined) {
      yield* Effect.logInfo("a message that is of no use any more was not sent")
      // Who ordered a retry finds it as it is; else nobody would miss it.
      if (delivery.attempt !== undefined) {
        const message = "it was of no use any more when it was tried again, and was not sent"
        yield* bury(delivery, { code: EXPIRED, message })
      }
      return "expired" as const
    }
    if (failed !== undefined) {
      yield* Effect.logError("a delivery failed and is kept as a dead letter").pipe(
        Effect.annotateLogs({ code: failed.code, detail: failed.message })
      )
      yield* bury(delivery, failed)
      return "failed" as const
    }
    // Kept to be seen and judged; its files with it, as those of what failed.
    if (uncertain !== undefined) {
      yield* bury(delivery, { code: UNCERTAIN, message: uncertain })
      return "uncertain" as const
    }
    if (hasFiles && !confirmations.holdFiles(delivery.id)) {
      yield* (yield* OutboundFiles).release(delivery.id)
    }
    if (delivery.attempt !== undefined) yield* (yield* DeadLetters).resolve("Delivery", delivery.id)
    if (sum.isLeftOut) {
      return sum.leftOut === WITHDRAWN
        ? ("withdrawn" as const)
        : isLate
          ? ("expired" as const)
          : ("left-out" as const)
    }
    return sum.isOfActs && sum.isDoubtful ? ("uncertain" as const) : ("sent" as const)
  })

/** Settles a part, or comes to where it waits; nothing is told again of what had its end before. */
const settle = (way: Way, progress: Progress) =>
  Effect.gen(function* () {
    const { delivery, record } = way
    const { state, tries } = record
    // One that waited was begun with its last try.
    const begunAt = state._tag === "Sending" ? state.triedAt : yield* Clock.currentTimeMillis
    const settled = yield* drive(way, {
      state,
      tries,
      progress: progress.part === record.index ? progress : NO_PROGRESS
    })
    const { state: after } = settled.part
    const isOld = after === state && (progress.part !== record.index || progress.claim === undefined)
    if (!isFinal(after) || settled.request._tag === "Wait" || isOld) return settled
    yield* tellPart(delivery, record, after, begunAt)
    if (after._tag === "Uncertain") {
      yield* Effect.logWarning("a part may or may not have been sent; it is not sent again").pipe(
        Effect.annotateLogs({ part: record.index, detail: after.detail })
      )
    }
    yield* Effect.logDebug("part settled").pipe(
      Effect.annotateLogs({ part: record.index, state: after._tag }),
      Effect.whenLogLevel(LogLevel.Debug)
    )
    return settled
  })

/** The function that carries deliveries out as far as they go now; `turn` lets one send be under way. */
export const makeCarryOut =
  (context: AccountContext, { turn }: Pick<Way, "turn">) =>
  (open: OpenDelivery): Effect.Effect<Carried, StoreUnavailable, Services> =>
    Effect.gen(function* () {
      const { acceptedAt, delivery, usefulUntil } = open
      const { settleMs, ttlMs } = context.account.delivery
      const terms = {
        ...{ until: Math.min(acceptedAt + ttlMs, usefulUntil), ttlMs, settleMs },
        isShortLived: usefulUntil < acceptedAt + ttlMs,
        ...(open.withdrawn === undefined ? {} : { withdrawn: open.withdrawn })
      }
      const outbox = yield* Outbox
      const records = yield* recordsOf(context.account, delivery)
      const sum: Sum = {
        hasFiles: records.some(({ part }) => hasFile(part)),
        isLeftOut: records.length > 0,
        isOfActs: records.length > 0,
        isDoubtful: false
      }
      for (const record of records) {
        if (sum.failed !== undefined && !isSaid(record.state)) {
          const state = PartState.Failed({ detail: "an earlier part failed" })
          yield* outbox.putParts(delivery, [{ ...record, state }])
          continue
        }
        const ofThis = isAct(record.part)
          ? { ...terms, settleMs: Math.min(settleMs, ACT_SETTLE_MS), isAct: true }
          : terms
        const { part, request } = yield* settle(
          { context, turn, delivery, record, terms: ofThis },
          open.progress
        )
        if (request._tag === "Wait") {
          const progress = { ...part.progress, part: record.index }
          yield* outbox.pause(open, request.until, progress)
          return Carried.Paused({ until: request.until, open: { ...open, progress } })
        }
        if (part.state._tag === "Failed" && request._tag === "Rest") {
          sum.failed = { code: request.code, message: part.state.detail }
        }
        // What follows it is said all the same: it may be there already, and waiting would never tell.
        if (part.state._tag === "Uncertain") {
          // What was done beside, or not, is nothing that somebody has to judge, unless there are words in it.
          if (!isAct(record.part) || spokenText(record.part) !== undefined) sum.uncertain = part.state.detail
          sum.isDoubtful = true
        }
        if (part.state._tag !== "LeftOut") sum.isLeftOut = false
        else if (request._tag === "Rest") sum.leftOut = request.code
        if (!isAct(record.part)) sum.isOfActs = false
      }
      const outcome = yield* finish(context, open, sum)
      yield* outbox.end(open)
      yield* tellEnd(open, outcome)
      return Carried.Ended({ outcome })
    })
