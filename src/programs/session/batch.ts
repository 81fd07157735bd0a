/** The messages that make a turn, and of what chat they are. */
import { type Array as Arr, Effect } from "effect"
import type { InboundPayload } from "../../schemas/Actors.ts"
import { chatOf } from "../../schemas/Envelope.ts"
import { type GroupChat, GroupChats } from "../../services/GroupChats.ts"

/** Messages of one chat that make one turn, in the order of their rows. */
export type Batch = Arr.NonEmptyReadonlyArray<InboundPayload>

/** The function that answers what group a batch is of; none for a direct chat. */
export const makeGroupOf = Effect.map(GroupChats, (groupChats) => ([{ envelope, isGroup }]: Batch) => {
  const chat = isGroup ? chatOf(envelope) : undefined
  return chat === undefined ? Effect.succeed(undefined) : groupChats.of(envelope.accountId, chat)
})

/** Under which chat_id is kept what was said in the chat of a batch, which is a group's or not; none where it has none. */
export const keptUnder = ([{ envelope }]: Batch, group: GroupChat | undefined): number | undefined =>
  group?.historyId ?? envelope.chatId

/** The function that answers the same of a batch whose group is not known. */
export const makeHistoryOf = Effect.map(
  makeGroupOf,
  (groupOf) => (batch: Batch) => Effect.map(groupOf(batch), (group) => keptUnder(batch, group))
)
