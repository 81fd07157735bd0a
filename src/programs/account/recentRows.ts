/** What a database has newest, by requests that every build knows. */
import { Effect } from "effect"
import { type ImsgMessage, Methods } from "../../schemas/ImsgProtocol.ts"
import type { ImsgSession, RequestError } from "../../services/ImsgProcess.ts"

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

/** The newest messages of the newest chats. */
export const recentRows = (
  session: ImsgSession,
  timeoutMs: number,
  { attachments = false, chats: limit, messages }: Depth = NEWEST
): Effect.Effect<ReadonlyArray<ImsgMessage>, RequestError> =>
  Effect.gen(function* () {
    const { chats } = yield* session.request(Methods.chatsList, { limit }, timeoutMs)
    const histories = yield* Effect.forEach(chats, ({ id }) =>
      session.request(
        Methods.messagesHistory,
        { chat_id: id, limit: messages, ...(attachments ? { attachments } : {}) },
        timeoutMs
      )
    )
    return histories.flatMap(({ messages }) => messages)
  })

/** Whether the build hands out rows by their rowid, in pages. */
export const canPage = ({ build }: ImsgSession): boolean => build.methods.has(Methods.messagesAfter.name)

/**
 * Whether a database does not reach as far as it did: its rowids have started over. `recent` are its newest rows.
 * The newest row may also have been deleted since, which a build that is asked for it tells apart.
 */
export const hasStartedOver = (
  session: ImsgSession,
  reached: number,
  recent: ReadonlyArray<ImsgMessage>,
  timeoutMs: number
): Effect.Effect<boolean, RequestError> => {
  if (reached === 0 || recent.some((row) => cursorOf(row) >= reached)) return Effect.succeed(false)
  if (!canPage(session)) return Effect.succeed(true)
  return Effect.map(
    session.request(Methods.messagesAfter, { since_rowid: reached - 1, limit: 1 }, timeoutMs),
    ({ messages }) => messages.length === 0
  )
}
