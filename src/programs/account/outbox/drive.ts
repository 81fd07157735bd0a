/** Carries out what `step` says of a part, until it has its end or has to wait. */
import { Clock, Effect, Either, Option, Random, Ref } from "effect"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import { isAct } from "../../../schemas/partWords.ts"
import type { Accounts } from "../../../services/Accounts.ts"
import { boundary } from "../../../services/Boundary.ts"
import { Echoes } from "../../../services/Echoes.ts"
import type { ImsgSession } from "../../../services/ImsgProcess.ts"
import { Lifecycle } from "../../../services/Lifecycle.ts"
import type { OutboundFiles } from "../../../services/OutboundFiles.ts"
import { Outbox, type Standing } from "../../../services/Outbox.ts"
import { stored } from "../../effects/stored.ts"
import { sawRow } from "../AccountContext.ts"
import { fileHere } from "./fileHere.ts"
import { lookForPart } from "./lookForPart.ts"
import { chatReplaced, stuckInSend } from "./outcome.ts"
import { Event, type PartOnItsWay, type Step } from "./part.ts"
import { sendingWorks } from "./sendingStatus.ts"
import { step } from "./step.ts"
import { asSaid, requestNow, send } from "./tryPart.ts"
import type { Way } from "./way.ts"

/** What taking a part on needs. */
export type Services = Outbox | Echoes | Accounts | Lifecycle | OutboundFiles

/** An act writes no row: none that comes is newer than that. */
const NO_ROW = Number.MAX_SAFE_INTEGER

/** A row of the database from before the send. */
const afterRowIdOf = ({ progress, state }: PartOnItsWay): number =>
  state._tag === "Sending" ? state.afterRowId : (progress.claim?.afterRowId ?? 0)

/** What imsg says is believed until its time is over: then the row is there, or the part is in doubt. */
const awaitRow = ({ context, delivery, record }: Way, before: PartOnItsWay, { part }: Step) =>
  Effect.map(Clock.currentTimeMillis, (answeredAt) => {
    const { state, tries } = part
    if (state._tag !== "Sent") return
    const { guid, rowId } = state
    const afterRowId = afterRowIdOf(before)
    context.confirmations.answered({
      delivery,
      record: { ...record, tries },
      guid,
      rowId,
      afterRowId,
      answeredAt
    })
  })

/** Whether imsg's word is all that there is for a part. */
const isUnseen = ({ record }: Way, event: Event, { part, request }: Step): boolean =>
  !isAct(record.part) &&
  request._tag === "Rest" &&
  part.state._tag === "Sent" &&
  event._tag !== "Due" &&
  !(event._tag === "Looked" && event.sight._tag === "Found")

/** Takes the next step of a part, and writes it down before anything comes of it. */
const advance = (
  way: Way,
  before: PartOnItsWay,
  event: Event
): Effect.Effect<Step, StoreUnavailable, Services> =>
  Effect.gen(function* () {
    const { context, delivery, record, terms } = way
    const next = step(terms, before, event, yield* Clock.currentTimeMillis)
    const { state, tries } = next.part
    if (state !== before.state || tries !== before.tries) {
      const echoes = yield* Echoes
      const outbox = yield* Outbox
      const written = Effect.zipRight(
        echoes.follow(delivery, record, state),
        outbox.putParts(delivery, [{ ...record, state, tries }])
      )
      if (state._tag === "Sent") {
        if (state.rowId !== undefined) yield* sawRow(context, state.rowId)
        // By the bridge acts are done also where sending is denied.
        if (!isAct(record.part)) yield* sendingWorks(context.account.id)
        // What is known to have been sent must be remembered, however long the store takes: else it is sent again.
        yield* stored(written)
      } else yield* written
    }
    if (isUnseen(way, event, next)) yield* awaitRow(way, before, next)
    return next
  })

const noChild = ({ context: { link } }: Pick<Way, "context">) =>
  Effect.map(link.missedSince, (since) => Event.NoChild({ since }))

/** The way as it is now, by what became of the delivery while it waited for its turn. */
const asStands = (way: Way, { withdrawn }: Standing): Way =>
  Option.match(withdrawn, {
    onNone: () => way,
    onSome: (why): Way => ({ ...way, terms: { ...way.terms, until: 0, withdrawn: why } })
  })

/** Sends a part when it is its turn. While there is no child it does not hold up those whose time is over before. */
const sendInTurn = (before: Way, part: PartOnItsWay) =>
  Effect.gen(function* () {
    const { context, delivery, turn } = before
    const lifecycle = yield* Lifecycle
    const outbox = yield* Outbox
    // Before its turn: others need not wait until a file has come from another host.
    const here = yield* fileHere(before)
    if (Either.isLeft(here)) return yield* advance(before, part, Event.FileLost({ name: here.left }))
    const over = (asked: Way, session: ImsgSession, { isStranded }: Standing) =>
      Effect.gen(function* () {
        const { target } = delivery
        const isOfOtherChat = isStranded && target._tag === "ChatId" ? chatReplaced(target) : undefined
        const afterRowId = isAct(asked.record.part) ? NO_ROW : yield* Ref.get(context.highestRow)
        const request = yield* requestNow({ ...asked, record: here.right }, part, session)
        if ("why" in request) return yield* advance(asked, part, Event.Unable(request))
        const way = asSaid(asked, request)
        const { guid } = request
        const begun = yield* advance(way, part, Event.Ready({ afterRowId, isOfOtherChat, guid }))
        if (begun.request._tag !== "Send") return begun
        const next = yield* advance(
          way,
          begun.part,
          yield* send(way, session, request).pipe(
            boundary("part", { delivery: delivery.id, part: way.record.index })
          )
        )
        if (next.replacesChild) {
          const { sendTimeoutMs } = context.account.supervision
          yield* context.link.condemn(session, stuckInSend(session, sendTimeoutMs))
        }
        return next
        // A stop waits for it once it has begun.
      }).pipe(lifecycle.work)
    return yield* turn.withPermit(
      Effect.gen(function* () {
        const child = yield* context.link.poll
        // By then it is known whether that child's database is another one.
        const standing = yield* outbox.standing(delivery)
        const way = asStands(before, standing)
        return yield* Option.isSome(child)
          ? over(way, child.value, standing)
          : Effect.flatMap(noChild(way), (event) => advance(way, part, event))
      })
    )
  })

/** Looks into the chat of a part. */
const look = ({ context, delivery, record }: Way, part: PartOnItsWay, isLast: boolean) =>
  Effect.gen(function* () {
    const child = yield* context.link.poll
    if (Option.isNone(child)) return yield* noChild({ context })
    const tried = {
      delivery,
      part: record.part,
      afterRowId: afterRowIdOf(part),
      guid: part.state._tag === "Sending" ? part.state.guid : undefined
    }
    const seen = yield* Effect.either(lookForPart(context, child.value, tried, isLast))
    if (Either.isRight(seen)) return Event.Looked({ sight: seen.right })
    const error = seen.left
    if (error._tag === "StoreUnavailable") return yield* error
    return Event.LookFailed({
      by: { code: error.code, message: error.message },
      random: yield* Random.next
    })
  })

/** The last step of a part that can be taken now: it has its end, or waits. */
export const drive = (way: Way, part: PartOnItsWay): Effect.Effect<Step, StoreUnavailable, Services> =>
  Effect.gen(function* () {
    let now = yield* advance(way, part, Event.Due())
    while (true) {
      switch (now.request._tag) {
        case "AwaitTurn":
          now = yield* sendInTurn(way, now.part)
          break
        case "Look":
          now = yield* advance(way, now.part, yield* look(way, now.part, now.request.isLast))
          break
        default:
          return now
      }
    }
  })
