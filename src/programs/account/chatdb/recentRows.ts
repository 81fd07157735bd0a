/** What a database has newest, by requests that every build knows. */
import { Effect, Option } from "effect"
import { RpcFailed } from "../../../schemas/errors/imsg.ts"
import { Code, type ImsgMessage, Methods } from "../../../schemas/ImsgProtocol.ts"
import type { Askable, AskError } from "../../../services/Children.ts"
import { asFits } from "./asFits.ts"
import { isRefusal } from "./refusal.ts"

/** How far to look: chats, newest first, and messages of each. */
export interface Depth {
  readonly chats: number
  readonly messages: number
  readonly attachments?: boolean
}

/** Enough to see the row that came last. */
const NEWEST: Depth = { chats: 3, messages: 5 }

/** Where a watch resumes after a row. */
export const cursorOf = ({ cursor, id }: ImsgMessage): number => cursor ?? id

/** The newest messages of a chat, fewer where they are long; none where the chat cannot be read. */
export const chatRows = <E extends AskError>(
  session: Askable<E>,
  asked: { readonly chatId: number; readonly messages: number; readonly attachments: boolean },
  timeoutMs: number
): Effect.Effect<Option.Option<ReadonlyArray<ImsgMessage>>, E> =>
  asFits(asked.messages, (limit) =>
    session.request(
      Methods.messagesHistory,
      { chat_id: asked.chatId, limit, ...(asked.attachments ? { attachments: true } : {}) },
      timeoutMs
    )
  ).pipe(
    Effect.map(({ answer }) => answer.messages.readable),
    Effect.asSome,
    Effect.catchIf(isRefusal, () => Effect.succeedNone)
  )

/** What there is to say where none of the chats that exist can be read: it would look like an empty database. */
export const noneReadable = new RpcFailed({
  method: Methods.messagesHistory.name,
  rpcCode: Code.databaseUnavailable,
  reason: "none of the newest chats can be read"
})

/** The newest messages of the newest chats. */
export const recentRows = <E extends AskError>(
  session: Askable<E>,
  timeoutMs: number,
  { attachments = false, chats: limit, messages }: Depth = NEWEST
): Effect.Effect<ReadonlyArray<ImsgMessage>, E | RpcFailed> =>
  Effect.gen(function* () {
    const { chats } = yield* session.request(Methods.chatsList, { limit }, timeoutMs)
    const histories = yield* Effect.forEach(chats.readable, ({ id }) =>
      chatRows(session, { chatId: id, messages, attachments }, timeoutMs)
    )
    const read = histories.flatMap(Option.toArray)
    if (chats.readable.length + chats.unreadable > 0 && read.length === 0) return yield* noneReadable
    return read.flat()
  })

/** Whether the build hands out rows by their rowid, in pages. */
export const canPage = ({ build }: Pick<Askable, "build">): boolean =>
  build.methods.has(Methods.messagesAfter.name)
