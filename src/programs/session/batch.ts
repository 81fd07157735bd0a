/** The messages that make a turn, and of what chat they are. */
import { type Array as Arr, Effect } from "effect"
import type { InboundPayload } from "../../schemas/Actors.ts"
import { chatOf } from "../../schemas/Envelope.ts"
import { GroupChats } from "../../services/GroupChats.ts"

/** Messages of one chat that make one turn, in the order of their rows. */
export type Batch = Arr.NonEmptyReadonlyArray<InboundPayload>

/** The function that answers what group a batch is of; none for a direct chat. */
export const makeGroupOf = Effect.map(GroupChats, (groupChats) => ([{ envelope, isGroup }]: Batch) => {
  const chat = isGroup ? chatOf(envelope) : undefined
  return chat === undefined ? Effect.succeed(undefined) : groupChats.of(envelope.accountId, chat)
})

/** The function that answers under which chat_id is kept what was said in the chat of a batch; none where it has none. */
export const makeHistoryOf = Effect.map(
  makeGroupOf,
  (groupOf) => (batch: Batch) =>
    Effect.map(groupOf(batch), (group) => group?.historyId ?? batch[0].envelope.chatId)
)
