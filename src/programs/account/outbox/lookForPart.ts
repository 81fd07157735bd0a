/** Whether a part whose result was lost, or that was answered without its row, is in the database. */
import { Effect, Option, Ref } from "effect"
import type { Delivery, Part } from "../../../schemas/Delivery.ts"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import { fileName, isSameText } from "../../../schemas/fingerprint.ts"
import { type ImsgMessage, Methods } from "../../../schemas/ImsgProtocol.ts"
import { isAct } from "../../../schemas/partWords.ts"
import type { ImsgSession, RequestError } from "../../../services/ImsgProcess.ts"
import { Outbox } from "../../../services/Outbox.ts"
import { type AccountContext, sawRow } from "../AccountContext.ts"
import { chatSince } from "../chatdb/chatSince.ts"
import { isRefusal } from "../chatdb/refusal.ts"
import { lookForAct } from "./lookForAct.ts"
import { Sight } from "./part.ts"
import { pollAsText } from "./request.ts"
import { targetChats } from "./targetChats.ts"

const REPLACED = Sight.Unknowable({ why: "chat.db was replaced since it was tried" })
const NOT_TO_BE_LOOKED_UP = Sight.Unknowable({ why: "the chat cannot be looked up" })

/** Whether a row says what a part says. */
const isThePart = (part: Part, row: ImsgMessage): boolean => {
  switch (part._tag) {
    case "Text":
      return isSameText(row.text ?? "", part.text)
    case "Poll":
      // Where there are no polls it went as a text.
      return [part.question, pollAsText(part)].some((text) => isSameText(row.text ?? "", text))
    case "File":
      return (row.attachments ?? []).some(
        (file) => fileName(file.transfer_name || file.filename || "") === fileName(part.path)
      )
    default:
      // What is done leaves no row of its own.
      return false
  }
}

/** A part that was tried. `afterRowId` is a row from before that; `guid` is that of its own, where it was chosen. */
export interface Tried {
  readonly delivery: Pick<Delivery, "id" | "accountId" | "target">
  readonly part: Part
  readonly afterRowId: number
  readonly guid?: string | undefined
}

/** The function that says whether a row is the part's, written after it was tried and known as no other one. */
export const isRowOf =
  ({ afterRowId, delivery, guid, part }: Tried) =>
  (row: ImsgMessage): Effect.Effect<boolean, StoreUnavailable, Outbox> =>
    guid !== undefined
      ? Effect.succeed(row.guid.toLowerCase() === guid)
      : row.is_from_me && row.id > afterRowId && isThePart(part, row)
        ? Effect.flatMap(Outbox, (outbox) =>
            Effect.map(outbox.isClaimed(delivery.accountId, row.guid), (isClaimed) => !isClaimed)
          )
        : Effect.succeed(false)

/** What Messages says of an outgoing row, where the build can be asked. */
const sendStateOf = (session: ImsgSession, guid: string, requestTimeoutMs: number) =>
  session.build.methods.has(Methods.sendStatus.name)
    ? session.request(Methods.sendStatus, { guid }, requestTimeoutMs).pipe(
        Effect.map(({ send_state }) => send_state),
        // The row is there; a build that cannot say more of it takes nothing from that.
        Effect.catchIf(isRefusal, () => Effect.succeed(undefined))
      )
    : Effect.succeed(undefined)

/** Looks through the chats that the part's target can be. */
const lookInto = ({ account }: AccountContext, session: ImsgSession, tried: Tried, isLast: boolean) =>
  Effect.gen(function* () {
    const { requestTimeoutMs } = account.supervision
    const { chatIds, isWhole: isAll } = yield* targetChats(session, tried.delivery.target, {
      region: account.region,
      requestTimeoutMs
    })
    if (isAct(tried.part))
      return yield* lookForAct(session, tried.part, chatIds, { isLast, requestTimeoutMs })
    let reachesBack = chatIds.length > 0 && isAll
    for (const chatId of chatIds) {
      const asked = { chatId, afterRowId: tried.afterRowId, attachments: tried.part._tag === "File" }
      const { messages, reachesBack: isWhole } = yield* chatSince(session, asked, requestTimeoutMs)
      const row = yield* Effect.findFirst(messages, isRowOf(tried))
      if (Option.isSome(row)) {
        const { guid, id: rowId } = row.value
        const sendState = yield* sendStateOf(session, guid, requestTimeoutMs)
        if (sendState === "pending" && !isLast) return Sight.NotYet()
        return sendState === "failed" ? Sight.NotDelivered({ rowId }) : Sight.Found({ guid, rowId })
      }
      reachesBack &&= isWhole
    }
    // Only a look from after the settle time proves anything, and only if it went back to before the try.
    return !isLast ? Sight.NotYet() : reachesBack ? Sight.Absent() : NOT_TO_BE_LOOKED_UP
  }).pipe(
    // The chat may not be there yet, or never.
    Effect.catchIf(isRefusal, () => Effect.succeed(isLast ? NOT_TO_BE_LOOKED_UP : Sight.NotYet()))
  )

/** Looks once for an outgoing row of the part that is newer than `afterRowId` and known as nothing else. */
export const lookForPart = (
  context: AccountContext,
  session: ImsgSession,
  tried: Tried,
  isLast: boolean
): Effect.Effect<Sight, RequestError | StoreUnavailable, Outbox> =>
  Effect.gen(function* () {
    const { afterRowId, delivery } = tried
    const outbox = yield* Outbox
    const isStranded = yield* outbox.isStranded(delivery)
    // The chat with that number is another one now, whatever is in it.
    if (isStranded && delivery.target._tag === "ChatId") return REPLACED
    // Rowids only start over in another database; of one that was replaced, the store has forgotten them.
    const wasElsewhere = isStranded && (afterRowId === 0 || afterRowId > (yield* Ref.get(context.highestRow)))
    const sight = yield* lookInto(
      context,
      session,
      wasElsewhere ? { ...tried, afterRowId: 0 } : tried,
      isLast
    )
    if (sight._tag === "NotDelivered") yield* sawRow(context, sight.rowId)
    // That another database does not have it proves nothing.
    return sight._tag === "Absent" && wasElsewhere ? REPLACED : sight
  })
