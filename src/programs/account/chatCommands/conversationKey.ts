/** Whose conversation a message belongs to. */
import type { MemoryConfig } from "../../../schemas/Config.ts"
import type { ConversationKey } from "../../../schemas/Conversation.ts"
import { type People, peerOf } from "../../../schemas/People.ts"

/** A message, as far as its conversation goes by it. */
export interface Asked {
  readonly agentId: string
  readonly sessionKey: string
  readonly isGroup: boolean
  readonly sender: string
  /** What stands for its chat where others than its sender see the answer. */
  readonly shared: string | undefined
  readonly scope: MemoryConfig["scope"]
  readonly people: People
}

/**
 * A group has a conversation of its own whatever the scope; so has a thread of several that counts as direct, unless a
 * session is what is remembered.
 */
export const conversationKey = (asked: Asked): ConversationKey => {
  const { agentId, isGroup, people, scope, sender, sessionKey, shared } = asked
  if (isGroup || (scope === "person" && shared !== undefined)) {
    return { agentId, kind: "group", of: shared ?? sessionKey }
  }
  return scope === "session"
    ? { agentId, kind: "session", of: sessionKey }
    : { agentId, kind: "person", of: peerOf(people, sender) }
}
