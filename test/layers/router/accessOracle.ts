/** Who is admitted, in the guide's words and from facts: it knows nothing of spellings, rows and the Router. */
import {
  APPROVED,
  CHATS,
  type Gateway,
  groupGuid,
  type Message,
  type Named,
  ONE_PERSON,
  type Options
} from "./accessWorld.ts"

/** Whether two are the same, or one person by what the config says. */
const isSame = ({ hasPeople }: Gateway, one: number, other: number | undefined): boolean =>
  one === other ||
  (hasPeople && other !== undefined && ONE_PERSON.includes(one) && ONE_PERSON.includes(other))

/** Whether an entry of a list names somebody who writes in the chat of a message. */
const names = (
  gateway: Gateway,
  named: Named,
  who: Message["sender"] | undefined,
  message: Message
): boolean => {
  switch (named._tag) {
    case "Everyone":
      return true
    case "Person":
      return isSame(gateway, named.person, who) && (named.via === undefined || named.via === message.via)
    case "Chat":
      // Each of the three names its chat only where Messages says it.
      if (named.chat !== message.chat) return false
      if (named.by === "id") return message.lacks !== "chat_id"
      return message.kind !== "two"
  }
}

/** Whether the owner has configured the chat of a message: by its chat_id, or by a guid that says its identifier. */
const isConfigured = ({ groups }: Options, { chat, kind, lacks }: Message): boolean =>
  lacks !== "chat_id" &&
  CHATS.some((one) => one === chat && (String(one) in groups || (kind !== "two" && groupGuid(one) in groups)))

/** A chat is a group where Messages says so, or where the owner has configured it. */
export const isGroup = (options: Options, message: Message): boolean =>
  message.kind === "group" || isConfigured(options, message)

/** Whether the owner has said that the messages of somebody in the chat of a message may be answered. */
export const isAdmitted = (
  gateway: Gateway,
  message: Message,
  who: number | undefined = message.sender
): boolean => {
  const own = gateway.accounts[message.accountId]
  // Whoever has only a name like somebody's is nobody.
  if (message.lookalike !== undefined) return false
  if (own.services?.length === 1 && own.services[0] !== message.via) return false
  const isIn = (list: Options["allowFrom"]) => list.some(({ named }) => names(gateway, named, who, message))
  if (isGroup(own, message)) {
    const admitted = Object.keys(own.groups)
    if (message.lacks === "chat_id") return false
    if (admitted.length > 0 && !admitted.includes("*") && !isConfigured(own, message)) return false
    if (own.groupPolicy === "open") return true
    return own.groupPolicy === "allowlist" && isIn(own.groupAllowFrom ?? own.allowFrom)
  }
  if (own.dmPolicy === "open") return true
  if (own.dmPolicy === "disabled") return false
  if (isIn(own.allowFrom)) return true
  return (
    own.dmPolicy === "pairing" &&
    who !== undefined &&
    APPROVED[message.accountId].some((approved) => isSame(gateway, approved, who))
  )
}

/** Whether the agent may read what a message quotes. */
export const isQuotable = (gateway: Gateway, message: Message): boolean => {
  const { quote } = message
  if (quote === undefined || quote.guid === "sent by the gateway") return true
  if (message.kind === "two" && !isGroup(gateway.accounts[message.accountId], message)) return true
  return isAdmitted(gateway, message, quote.author === "own" ? -1 : (quote.author ?? -1))
}

/** Whether there is something in it that somebody else said of late. */
export const isFresh = ({ ageMs = 0, isFromMe, isReaction, text }: Message): boolean =>
  !isFromMe && !isReaction && text.trim() !== "" && ageMs <= 7_200_000
