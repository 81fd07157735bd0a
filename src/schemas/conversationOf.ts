/** Whose conversation a turn belongs to. */
import type { ConversationKey } from "./Conversation.ts"
import { type Envelope, mayBeSeenByOthers, replyTarget } from "./Envelope.ts"
import { type People, peerOf } from "./People.ts"
import { targetKey } from "./Target.ts"

export interface ConversationOptions {
  readonly agentId: string
  readonly sessionKey: string
  readonly isGroup: boolean
  /** Any of the turn: they are of one chat. */
  readonly envelope: Envelope
  readonly people: People
  readonly scope: "person" | "session"
  /** The chat that a group's history is kept under, where it is known: it stays the same where the group goes on as another chat. */
  readonly historyId: number | undefined
}

/**
 * That of its person, whoever shares their session; in a group, or where others see what is answered, that of the chat;
 * that of the session where the owner has chosen so.
 */
export const conversationOf = ({
  agentId,
  envelope,
  historyId,
  isGroup,
  people,
  scope,
  sessionKey
}: ConversationOptions): ConversationKey => {
  if (isGroup || mayBeSeenByOthers(envelope)) {
    const chat = historyId === undefined ? targetKey(replyTarget(envelope)) : String(historyId)
    return { agentId, kind: "group", of: `${envelope.accountId}:${chat}` }
  }
  return scope === "session"
    ? { agentId, kind: "session", of: sessionKey }
    : { agentId, kind: "person", of: peerOf(people, envelope.sender) }
}
