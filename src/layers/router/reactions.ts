/** What becomes of a reaction of somebody who is let in. */
import type { AccountConfig, AgentConfig } from "../../schemas/Config.ts"
import { isHeard, type Reaction } from "../../schemas/Reaction.ts"

/** A reaction, and what decides about it. */
export interface ReactionFacts {
  readonly reaction: Reaction
  readonly notifications: AccountConfig["reactionNotifications"]
  readonly onReaction: AgentConfig["onReaction"]
  /** Whether who wrote what it is to is let in. */
  readonly isAuthorAdmitted: boolean
  /** Whether the chat is a group in which the agent answers only who mentions it. */
  readonly needsMention: boolean
}

/** Whether the agent hears of it at all, in its next turn, or in a turn of its own. */
export const reactionReason = ({
  isAuthorAdmitted,
  needsMention,
  notifications,
  onReaction,
  reaction
}: ReactionFacts): "reaction" | "reaction-context" | "reaction-turn" => {
  const { isOwn } = reaction.to
  if (!isHeard(notifications, reaction) || !(isOwn || isAuthorAdmitted)) return "reaction"
  // To react to somebody else's words is not to speak to the agent.
  return onReaction === "turn" && (isOwn || !needsMention) ? "reaction-turn" : "reaction-context"
}
