/** What was said in a chat, as far back as one request tells. */
import { Effect, type Option } from "effect"
import { type ImsgMessage, Methods } from "../../../schemas/ImsgProtocol.ts"
import type { ImsgSession } from "../../../services/ImsgProcess.ts"
import type { AccountContext } from "../AccountContext.ts"
import { asFits } from "./asFits.ts"

/** Messages that are looked through. */
const DEPTH = 100

/** The newest messages of a chat. `isWhole`: there are no others. */
interface SaidRows {
  readonly rows: ReadonlyArray<ImsgMessage>
  readonly isWhole: boolean
}

/** Looks into a chat; none where it cannot be read now: what is asked here is worth neither a child nor a message. */
export type LookInto = (chatId: number) => Effect.Effect<Option.Option<SaidRows>>

export const makeLookInto =
  ({ account }: AccountContext, session: ImsgSession): LookInto =>
  (chatId) =>
    asFits(DEPTH, (limit) =>
      session.request(
        Methods.messagesHistory,
        { chat_id: chatId, limit },
        account.supervision.requestTimeoutMs
      )
    ).pipe(
      Effect.map(({ answer: { messages }, limit }) => ({
        rows: messages.readable,
        isWhole: messages.readable.length + messages.unreadable < limit && messages.unreadable === 0
      })),
      Effect.option
    )
