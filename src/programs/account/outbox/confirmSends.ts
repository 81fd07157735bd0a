/** Looks for the rows of parts that imsg said were sent, where the watch did not bring them. */
import { Array as Arr, Clock, Effect, Option } from "effect"
import { UNCERTAIN } from "../../../schemas/DeadLetter.ts"
import { PartState } from "../../../schemas/Delivery.ts"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import { print, targetKey } from "../../../schemas/Target.ts"
import type { DeadLetters } from "../../../services/DeadLetters.ts"
import { Events } from "../../../services/Events.ts"
import type { ImsgSession, RequestError } from "../../../services/ImsgProcess.ts"
import { OutboundFiles } from "../../../services/OutboundFiles.ts"
import { Outbox } from "../../../services/Outbox.ts"
import { stored } from "../../effects/stored.ts"
import type { AccountContext } from "../AccountContext.ts"
import { chatSince } from "../chatdb/chatSince.ts"
import { isRefusal } from "../chatdb/refusal.ts"
import { bury } from "./bury.ts"
import { type Answered, isNamed } from "./confirmations.ts"
import { isRowOf } from "./lookForPart.ts"
import { targetChats } from "./targetChats.ts"

const LOOK_EVERY = "1 second"

const NOT_THERE = "imsg answered that it was sent, and it is not in the chat"

/**
 * The rows of the chats that the parts went to, oldest first, by one look at each. `reachesBack`: what is not among
 * them is not there.
 */
const rowsFor = (
  { account }: AccountContext,
  session: ImsgSession,
  parts: Arr.NonEmptyReadonlyArray<Answered>
) =>
  Effect.gen(function* () {
    const { requestTimeoutMs } = account.supervision
    const { chatIds, isWhole } = yield* targetChats(session, parts[0].delivery.target, {
      region: account.region,
      requestTimeoutMs
    })
    const attachments = parts.some(({ record }) => record.part._tag === "File")
    const afterRowId = Math.min(...parts.map((part) => part.afterRowId))
    const found = yield* Effect.forEach(chatIds, (chatId) =>
      chatSince(session, { chatId, afterRowId, attachments }, requestTimeoutMs)
    )
    return {
      rows: found.flatMap(({ messages }) => messages).sort((one, other) => one.id - other.id),
      reachesBack: isWhole && chatIds.length > 0 && found.every(({ reachesBack }) => reachesBack)
    }
  }).pipe(
    // A chat that cannot be read, or is not known, says nothing against imsg's word.
    Effect.catchIf(isRefusal, () => Effect.succeed({ rows: [], reachesBack: false }))
  )

/** It is kept to be seen and judged. The letter comes first: a part in doubt that nobody is told of would be lost. */
const doubt = (part: Answered) =>
  Effect.gen(function* () {
    const outbox = yield* Outbox
    const { unsafePublish } = yield* Events
    const { delivery, record } = part
    yield* bury(delivery, { code: UNCERTAIN, message: NOT_THERE })
    yield* outbox.putParts(delivery, [{ ...record, state: PartState.Uncertain({ detail: NOT_THERE }) }])
    unsafePublish({
      _tag: "PartSettled",
      deliveryId: delivery.id,
      accountId: delivery.accountId,
      target: print(delivery.target),
      index: record.index,
      outcome: "uncertain",
      durationMs: (yield* Clock.currentTimeMillis) - part.answeredAt
    })
    yield* Effect.logWarning("a part that imsg said was sent is not in its chat; it is not sent again").pipe(
      Effect.annotateLogs({ delivery: delivery.id, part: record.index })
    )
  })

/** What became of the parts for one target. With `isLast` those that are not there are in doubt, else left alone. */
const lookFor = (
  context: AccountContext,
  session: ImsgSession,
  parts: Arr.NonEmptyReadonlyArray<Answered>,
  isLast: boolean
): Effect.Effect<void, RequestError | StoreUnavailable, Outbox | DeadLetters | Events> =>
  Effect.gen(function* () {
    const outbox = yield* Outbox
    const { confirmations } = context
    const { reachesBack, rows } = yield* rowsFor(context, session, parts)
    for (const part of parts) {
      const row = rows.find((one) => isNamed(part, one))
      // The ids are best effort: the words do as well, in a row that is known as no other part.
      const other =
        row === undefined
          ? yield* Effect.findFirst(
              rows,
              isRowOf({ delivery: part.delivery, afterRowId: part.afterRowId, part: part.record.part })
            )
          : Option.none()
      if (Option.isSome(other)) {
        const { guid, id: rowId } = other.value
        yield* stored(
          outbox.putParts(part.delivery, [{ ...part.record, state: PartState.Sent({ guid, rowId }) }])
        )
      } else if (row === undefined) {
        if (!isLast) continue
        if (reachesBack) {
          yield* stored(doubt(part))
          confirmations.doubted(part)
          continue
        }
        yield* Effect.logInfo("a part was sent by imsg's word; its chat cannot be looked through").pipe(
          Effect.annotateLogs({ delivery: part.delivery.id, part: part.record.index })
        )
      }
      confirmations.settled(part)
    }
  })

/** Looks for what was answered up to a time and not seen. A look that fails is made again later. */
export const lookForUnseen = (context: AccountContext, until: number, isLast: boolean) =>
  Effect.gen(function* () {
    const unseen = context.confirmations.unseen(until)
    if (unseen.length === 0) return
    const child = yield* context.link.poll
    if (Option.isNone(child)) return
    const session = child.value
    // Builds that answer one request at a time are not asked while a send takes its time.
    if (!session.build.concurrentReads && (yield* session.isMutating)) return
    const chats = Object.values(Arr.groupBy(unseen, ({ delivery }) => targetKey(delivery.target)))
    yield* Effect.forEach(chats, (parts) => Effect.ignore(lookFor(context, session, parts, isLast)), {
      discard: true
    })
  })

/** Removes the files of deliveries that are known to be there. */
export const releaseConfirmed = ({ confirmations }: AccountContext) =>
  Effect.flatMap(OutboundFiles, ({ release }) =>
    Effect.forEach(confirmations.takeReleased(), release, { discard: true })
  )

/** Looks for as long as the account runs; nothing is asked of Messages while every row comes by the watch. */
export const confirmSends = (context: AccountContext) =>
  Effect.flatMap(Clock.currentTimeMillis, (now) =>
    lookForUnseen(context, now - context.account.delivery.settleMs, true)
  ).pipe(Effect.zipRight(releaseConfirmed(context)), Effect.delay(LOOK_EVERY), Effect.forever)
