/** The newest rows of a chat, back to before a row. */
import { Effect } from "effect"
import { type ImsgMessage, Methods } from "../../../schemas/ImsgProtocol.ts"
import type { ImsgSession, RequestError } from "../../../services/ImsgProcess.ts"
import { asFits } from "./asFits.ts"

/** Rows that are looked through: the one in question is among the newest, or behind a flood of others. */
const DEPTH = 100
const FLOOD_DEPTH = 1000

export interface ChatSince {
  readonly messages: ReadonlyArray<ImsgMessage>
  /** Whether all rows after the one before are among them: only then what is not there was not written. */
  readonly reachesBack: boolean
}

/** Reads the rows of a chat that came after a row, and some from before it where they are few. */
export const chatSince = (
  session: ImsgSession,
  asked: { readonly chatId: number; readonly afterRowId: number; readonly attachments: boolean },
  requestTimeoutMs: number
): Effect.Effect<ChatSince, RequestError> => {
  const read = (limit: number): Effect.Effect<ChatSince, RequestError> =>
    Effect.gen(function* () {
      const { answer, limit: taken } = yield* asFits(limit, (most) =>
        session.request(
          Methods.messagesHistory,
          { chat_id: asked.chatId, limit: most, ...(asked.attachments ? { attachments: true } : {}) },
          requestTimeoutMs
        )
      )
      const { readable, unreadable } = answer.messages
      const reachesBack =
        readable.length + unreadable < taken || readable.some(({ id }) => id <= asked.afterRowId)
      return reachesBack || taken < limit || limit === FLOOD_DEPTH
        ? // A row that cannot be read may be the one.
          { messages: readable, reachesBack: reachesBack && unreadable === 0 }
        : yield* read(FLOOD_DEPTH)
    })
  return read(DEPTH)
}
