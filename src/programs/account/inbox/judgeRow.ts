/** What becomes of one row: whether it is a message, who it is from and for, and what is done about it. */
import { Effect, LogLevel, Option, Ref } from "effect"
import { isHandle } from "../../../schemas/bounds.ts"
import { type Envelope, fromMessage } from "../../../schemas/Envelope.ts"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import type { Fate } from "../../../schemas/Fate.ts"
import type { ImsgMessage } from "../../../schemas/ImsgProtocol.ts"
import { pollOf } from "../../../schemas/Poll.ts"
import { isReactionRow, reactionOfRow } from "../../../schemas/rowReactions.ts"
import type { Verdict } from "../../../schemas/Verdict.ts"
import { boundary } from "../../../services/Boundary.ts"
import { Echoes } from "../../../services/Echoes.ts"
import { Events } from "../../../services/Events.ts"
import type { RequestError } from "../../../services/ImsgProcess.ts"
import type { Cursor } from "../../../services/Positions.ts"
import { Router } from "../../../services/Router.ts"
import { type AccountContext, sawRow } from "../AccountContext.ts"
import { knowsItsChat, knowsItsKind } from "../chatdb/knownChats.ts"
import { patiently } from "../chatdb/patiently.ts"
import { makeEnact } from "./enact.ts"
import { type Judged, type JudgedMessage, NOT_YET, type NotYet } from "./judged.ts"
import { makeJudgeReaction } from "./judgeReaction.ts"
import { makeNoteArrival } from "./noteArrival.ts"
import { makeIsPreview } from "./previews.ts"
import { lacksQuotation } from "./quotes.ts"
import type { RowReader } from "./readRow.ts"
import { isPassedOver, type Missed } from "./shares.ts"

/** What a chat is called, by whatever names it. */
const chatOf = ({ chatGuid, chatId, chatIdentifier, sender }: Envelope): string =>
  chatId === undefined ? (chatGuid ?? chatIdentifier ?? sender) : String(chatId)

/** Whether a row is a message by what its own fields say: a sender that is no handle is nobody. */
const isMalformed = ({ sender }: ImsgMessage): boolean =>
  sender !== undefined && sender !== "" && !isHandle(sender)

/** Whether nothing of a poll could be told. */
const isUnreadable = (row: ImsgMessage): boolean =>
  row.poll !== undefined && pollOf(row.guid, row.poll) === undefined && reactionOfRow(row) === undefined

/** Whether it is from somebody who is let in. */
const isAdmitted = ({ _tag }: Verdict): boolean =>
  _tag === "Dispatch" || _tag === "Command" || _tag === "Remember"

const fate = (fate: Fate): Judged => ({ _tag: "Fate", fate })

/**
 * A message that was missed, and what would come of it: it would be answered or kept, its sender is a stranger who
 * would get a code, or it cannot be told before it comes.
 */
export interface Foreseen extends Missed {
  readonly as: "admitted" | "stranger" | "unknown"
}

/** Judges the rows of one child. */
export interface RowJudge {
  /** Takes note of a row that has come, ripe or not. */
  readonly notice: (row: ImsgMessage) => Effect.Effect<void, StoreUnavailable>
  /** Judges a row, does what comes of it, and says what that was. `isLast`: it waits no longer. */
  readonly judge: (
    row: ImsgMessage,
    isLast: boolean
  ) => Effect.Effect<Fate | NotYet, StoreUnavailable | RequestError>
  /** What would come of a row that was missed; nothing is done about it. None where nothing would. */
  readonly foresee: (
    row: ImsgMessage
  ) => Effect.Effect<Option.Option<Foreseen>, StoreUnavailable | RequestError>
}

export const makeJudgeRow = (context: AccountContext, cursor: Cursor, reader: RowReader) =>
  Effect.gen(function* () {
    const { account } = context
    const router = yield* Router
    const echoes = yield* Echoes
    const { unsafePublish } = yield* Events
    const enact = yield* makeEnact(context)
    const noteArrival = yield* makeNoteArrival(context)
    const judgeReaction = yield* makeJudgeReaction(reader)

    /** By the rows that are looked at alone: nothing is asked of the child for it. */
    const isPreviewAmongMissed = makeIsPreview(() => Effect.succeedNone)

    const options = Effect.map(Ref.get(context.clock), ({ behindMs }) => ({
      baselineAt: cursor.baselineAt,
      clockBehindMs: behindMs
    }))

    const judgeMessage = (row: ImsgMessage, isLast: boolean): Effect.Effect<Judged, StoreUnavailable> =>
      Effect.gen(function* () {
        const envelope = fromMessage(account, row)
        if (envelope.isReaction) {
          return yield* judgeReaction.ofRow({ row, envelope, options: yield* options, isLast })
        }
        if (yield* echoes.isEcho(envelope)) {
          yield* Effect.logDebug("an echo of what was said").pipe(
            Effect.annotateLogs({ rowId: row.id }),
            Effect.whenLogLevel(LogLevel.Debug)
          )
          return fate("echo")
        }
        // Some Macs say a moment later which rows are one's own, and `send` which one it made.
        const isGivenBack = yield* echoes.givesBack(envelope)
        if (isGivenBack && !isLast) return NOT_YET
        const verdict = yield* router.judge(envelope, yield* options)
        if (verdict._tag === "Drop") return { _tag: "Message", envelope, verdict }
        // Only of those who are let in, or may be, a closer look is worth a question to the child.
        const inWords = Option.getOrUndefined(yield* reader.reactedTo.ofText(row))
        if (inWords === "told") return fate("reaction")
        if (inWords !== undefined) {
          return yield* judgeReaction.ofText({ row, envelope, options: yield* options, isLast }, inWords)
        }
        if (!lacksQuotation(row)) return { _tag: "Message", envelope, verdict, isGivenBack }
        const whole = fromMessage(account, yield* reader.withQuotation(row))
        return {
          ...{ _tag: "Message", envelope: whole, isGivenBack },
          verdict: yield* router.judge(whole, yield* options)
        }
      })

    const judgeIncoming = (
      row: ImsgMessage,
      isLast: boolean
    ): Effect.Effect<Judged, StoreUnavailable | RequestError> =>
      Effect.gen(function* () {
        if (isMalformed(row)) {
          yield* Effect.logWarning("a message whose sender is no handle is left out").pipe(
            Effect.annotateLogs({ rowId: row.id })
          )
          return fate("malformed")
        }
        // It could be of a group, and would be answered in private.
        if (!knowsItsChat(row) || !knowsItsKind(row)) {
          yield* Effect.logWarning("a message whose chat cannot be found out is not answered").pipe(
            Effect.annotateLogs({ rowId: row.id })
          )
          return fate("no-chat")
        }
        if (isUnreadable(row)) return fate("poll-unreadable")
        // A tapback quotes links, and is no message that has one.
        if (!isReactionRow(row) && (yield* reader.isPreview(row))) return fate("link-preview")
        return yield* judgeMessage(yield* reader.withService(row), isLast)
      })

    /** Of those who are not admitted only the fate is told. */
    const tell = (row: ImsgMessage, came: Fate, envelope?: Envelope) => {
      unsafePublish({
        _tag: "MessageJudged",
        accountId: account.id,
        rowId: row.id,
        fate: came,
        ...(envelope === undefined ? {} : { sender: envelope.sender, text: envelope.text }),
        ...(envelope?.chatId === undefined ? {} : { chatId: envelope.chatId })
      })
      return came
    }

    const carryOut = (row: ImsgMessage, judged: JudgedMessage) =>
      Effect.gen(function* () {
        const { envelope, verdict } = judged
        const missed = { rowId: row.id, chat: chatOf(envelope) }
        if (isAdmitted(verdict) && isPassedOver(yield* Ref.get(context.shares), missed))
          return tell(row, "passed-over")
        yield* Effect.logDebug(`verdict: ${verdict._tag}`).pipe(
          Effect.annotateLogs({ rowId: row.id, reason: verdict.reason }),
          Effect.whenLogLevel(LogLevel.Debug)
        )
        // Of those who are not admitted nothing is kept, not even in a log.
        if (verdict._tag === "Dispatch") {
          yield* Effect.logTrace("text").pipe(
            Effect.annotateLogs({ rowId: row.id, text: envelope.text }),
            Effect.whenLogLevel(LogLevel.Trace)
          )
        }
        const came = yield* enact(envelope, verdict, judged.isGivenBack)
        return tell(row, came, verdict._tag === "Dispatch" ? envelope : undefined)
      })

    const foresee = (
      row: ImsgMessage
    ): Effect.Effect<Option.Option<Foreseen>, StoreUnavailable | RequestError> =>
      Effect.gen(function* () {
        // A reaction takes no message's place.
        if (row.is_from_me || isMalformed(row) || isReactionRow(row)) return Option.none()
        const unknown = { rowId: row.id, chat: "", as: "unknown" } as const
        // It may have got its chat by the time it comes.
        if (!knowsItsChat(row)) return Option.some(unknown)
        const completed = yield* patiently(reader.complete(row))
        if (!knowsItsKind(completed)) return Option.some(unknown)
        if (yield* isPreviewAmongMissed(completed)) return Option.none()
        const envelope = fromMessage(account, yield* reader.withService(completed))
        const verdict = yield* router.judge(envelope, yield* options)
        if (verdict._tag === "Drop") return Option.none()
        const as = verdict._tag === "Pair" ? "stranger" : "admitted"
        return Option.some({ rowId: row.id, chat: chatOf(envelope), as })
      })

    return {
      notice: (row) =>
        Effect.gen(function* () {
          yield* sawRow(context, row.id)
          yield* noteArrival(row)
          context.confirmations.saw(row)
          yield* echoes.learn(account.id, row)
        }),
      judge: (row, isLast) =>
        Effect.gen(function* () {
          // Half of all rows are the gateway's own; they need no closer look.
          if (row.is_from_me) return tell(row, "from-me")
          const judged = yield* judgeIncoming(row, isLast)
          switch (judged._tag) {
            case "NotYet":
              return judged
            case "Fate":
              return tell(row, judged.fate)
            case "Message":
              return yield* carryOut(row, judged)
          }
        }).pipe(boundary("row", { account: account.id, row: row.id })),
      foresee
    } satisfies RowJudge
  })
