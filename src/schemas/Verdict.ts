/** The Router's answer for one envelope, always with a reason. */
import { Data } from "effect"
import type { ChatCommand, CommandName } from "./ChatCommand.ts"

/** Why an envelope is let through to an agent. */
export type DispatchReason =
  | "dm-open"
  | "dm-allowlisted"
  | "dm-paired"
  | "dm-owner"
  | "group-mentioned"
  | "group-no-mention-needed"
  | "reaction-turn"

/** Why an envelope goes nowhere. The words appear in logs, metrics and docs/access.md. */
export type DropReason =
  | "from-me"
  | "reaction"
  | "empty"
  | "no-sender"
  | "no-chat"
  | "service-not-allowed"
  | "before-first-start"
  | "stale"
  | "dm-disabled"
  | "dm-not-allowlisted"
  | "dm-not-a-person"
  | "dm-too-old-to-pair"
  | "dm-unknown-in-thread"
  | "dm-before-approval"
  | "groups-disabled"
  | "group-not-admitted"
  | "group-sender-not-allowlisted"

export type Verdict = Data.TaggedEnum<{
  /** To the agent, as part of a session. */
  Dispatch: {
    readonly agentId: string
    readonly sessionKey: string
    /** Whether the session is that of a group: its prompt then has names and history. */
    readonly isGroup: boolean
    /** Whether what it quotes is withheld: its author is not admitted. */
    readonly withholdQuote: boolean
    readonly reason: DispatchReason
  }
  /** For the gateway itself, from somebody who may say so. `allowed` is all that they may say there. */
  Command: {
    readonly command: ChatCommand
    readonly allowed: ReadonlyArray<CommandName>
    /** The agent and the session that it would have gone to. */
    readonly agentId: string
    readonly sessionKey: string
    readonly isGroup: boolean
    readonly reason: "command"
  }
  /** An unknown person: a pairing request, and one reply for it. `others` are the other handles of the same person. */
  Pair: {
    readonly sender: string
    readonly others: ReadonlyArray<string>
    readonly reason: "dm-unknown-sender"
  }
  /**
   * Kept for the next turn of its chat: as a group's history, under the chat_id that stands for the group, or a reaction.
   * `limit` is how many messages are kept; reactions have a bound of their own.
   */
  Remember: {
    readonly chatId: number
    readonly limit: number
    readonly reason: "group-not-mentioned" | "reaction-context"
  }
  Drop: { readonly reason: DropReason }
}>

export const Verdict = Data.taggedEnum<Verdict>()
