/** Whose conversation a turn belongs to: what one said never comes up where another sees the answer (law 5). */
import { Array as Arr, Effect } from "effect"
import { isForOne } from "../../schemas/Audience.ts"
import type { MemoryConfig } from "../../schemas/Config.ts"
import type { Asking } from "../../schemas/Conversation.ts"
import { chatOf } from "../../schemas/Envelope.ts"
import { handlesOf, type People, peerOf } from "../../schemas/People.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { GroupChats } from "../../services/GroupChats.ts"
import type { Batch } from "./batch.ts"

/** A turn, as far as its conversation goes by it. */
export interface Asked {
  readonly agentId: string
  readonly sessionKey: string
  readonly isGroup: boolean
  /** Who wrote its messages: their handles, in the order of the messages. */
  readonly senders: Arr.NonEmptyReadonlyArray<string>
  /** What stands for its chat where others than its sender see the answer; absent where nobody does. */
  readonly shared?: string
  readonly scope: MemoryConfig["scope"]
  readonly people: People
}

/**
 * A group has a conversation of its own whatever the scope; so has a thread of several that counts as direct, but where
 * the owner has chosen that a session is what is remembered.
 */
export const conversationOf = (asked: Asked): Asking => {
  const { agentId, isGroup, people, scope, senders, sessionKey, shared } = asked
  if (isGroup || (scope === "person" && shared !== undefined)) {
    return { key: { agentId, kind: "group", of: shared ?? sessionKey }, handles: [] }
  }
  if (scope === "session") {
    const handles = Arr.dedupe(senders.flatMap((sender) => handlesOf(people, sender)))
    return { key: { agentId, kind: "session", of: sessionKey }, handles }
  }
  const [sender] = senders
  return {
    key: { agentId, kind: "person", of: peerOf(people, sender) },
    handles: handlesOf(people, sender)
  }
}

/** The function that answers whose conversation a batch of a session belongs to. */
export const makeConversationOf = Effect.gen(function* () {
  const config = yield* ConfigService
  const groupChats = yield* GroupChats

  return (sessionKey: string, batch: Batch, scope: MemoryConfig["scope"]) =>
    Effect.gen(function* () {
      const [{ agentId, envelope, isGroup }] = batch
      const { accounts, people } = yield* config.current
      const account = accounts.find(({ id }) => id === envelope.accountId)
      const isShared =
        isGroup ||
        account === undefined ||
        !batch.every((message) => isForOne({ account, people }, message.envelope))
      const chat = isShared ? chatOf(envelope) : undefined
      return conversationOf({
        agentId,
        sessionKey,
        isGroup,
        senders: Arr.map(batch, (message) => message.envelope.sender),
        // From now on it is called so for good, whatever becomes of its numbers.
        ...(chat === undefined ? {} : { shared: (yield* groupChats.keep(envelope.accountId, chat)).name }),
        scope,
        people
      })
    })
})
