/** Which commands somebody may give in a chat. A command of anybody else is a text like any other. */

import { isForOne } from "../../schemas/Audience.ts"
import { type ChatCommand, type CommandName, parseCommand } from "../../schemas/ChatCommand.ts"
import type { GatewayConfig } from "../../schemas/Config.ts"
import { type Envelope, mayBeSeenByOthers } from "../../schemas/Envelope.ts"
import { isOwner } from "../../schemas/People.ts"
import type { MentionTest } from "./mention.ts"
import type { Policy } from "./policy.ts"

/** About what is answered in the chat where they are given. */
const OF_THE_CHAT: ReadonlyArray<CommandName> = ["Stop", "New", "Status", "Help"]
/** About the gateway. */
const OF_OWNERS: ReadonlyArray<CommandName> = [
  ...(["Pairing", "Pair", "Reject", "Paused", "Pause", "Resume"] as const),
  ...(["Permissions", "Allow", "Deny"] as const)
]

/** Who gives a command and where, of somebody who is let in there. */
export interface Standing {
  /** Whether nobody but them sees what is answered. */
  readonly isAlone: boolean
  /** Whether it is an owner, and Apple vouches for it: the sender of an SMS can be forged. */
  readonly isOwner: boolean
}

/** The commands that may be given. What several people hear is not for one of them to end, unless it is an owner. */
export const allowedCommands = ({ isAlone, isOwner }: Standing): ReadonlyArray<CommandName> => {
  if (!isAlone) return isOwner ? OF_THE_CHAT : []
  return isOwner ? [...OF_THE_CHAT, ...OF_OWNERS] : OF_THE_CHAT
}

/** Whether an envelope is an owner's own word: by a service that lets nobody write in another's name. */
export const isOwnersWord = ({ owners, people }: Policy, { sender, via }: Envelope): boolean =>
  via === "imessage" && isOwner(owners, people, sender)

/** Whether only who wrote an envelope sees what is answered to it. */
export const isOwnChat = (policy: Policy, envelope: Envelope): boolean =>
  isForOne(policy, envelope) && !mayBeSeenByOthers(envelope)

/** A command that may be given, with all that may be. */
export interface Order {
  readonly command: ChatCommand
  readonly allowed: ReadonlyArray<CommandName>
}

/** What a message is read as. `mention` is that of the agent which answers. */
export interface Heard {
  readonly policy: Policy
  readonly envelope: Envelope
  readonly isGroup: boolean
  readonly mention: MentionTest | undefined
}

/** The text without the mention of an agent that it begins with, in a group. */
const wordsOf = ({ envelope: { text }, isGroup, mention }: Heard): string => {
  const slash = isGroup ? text.lastIndexOf("/") : -1
  return slash > 0 && mention?.isAll(text.slice(0, slash)) ? text.slice(slash) : text
}

/** The command that a message of somebody who is let in is; none where it is for the agent. Files are always. */
export const orderOf = ({ messages }: GatewayConfig, heard: Heard): Order | undefined => {
  const { envelope, isGroup, policy } = heard
  if (!messages.commands || envelope.attachments.length > 0) return undefined
  const command = parseCommand(wordsOf(heard))
  if (command === undefined) return undefined
  const allowed = allowedCommands({
    isAlone: !isGroup && isOwnChat(policy, envelope),
    isOwner: isOwnersWord(policy, envelope)
  })
  return allowed.includes(command._tag) ? { command, allowed } : undefined
}
