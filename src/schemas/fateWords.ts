/**
 * What became of a message as people are told it: what was done, why, by which key of the config, and what would change
 * it. For `why`, the terminal and the page; nothing here needs more than the language.
 */
import { type Fate, WAITING } from "./Fate.ts"

/** What was done with a message. */
type Done =
  | "given to the agent"
  | "done by the gateway"
  | "kept for the next answer"
  | "given a code"
  | "not answered"
  | "not for anybody"
  | "not decided yet"

export interface FateWords {
  readonly done: Done
  /** Goes on after a colon. */
  readonly because: string
  /** The key of the config that decides; absent where none does. */
  readonly key?: string
  /** What a person can do who wants it otherwise; absent where there is nothing to do. */
  readonly change?: string
}

const toAgent = (because: string, key: string, change: string): FateWords => ({
  done: "given to the agent",
  because,
  key,
  change
})

const refused = (because: string, key: string, change: string): FateWords => ({
  done: "not answered",
  because,
  key,
  change
})

const nothing = (because: string): FateWords => ({ done: "not for anybody", because })

const DIRECT = {
  "dm-open": toAgent(
    "everybody may write directly",
    "imessage.dmPolicy",
    '"pairing" lets in whom you approve, "allowlist" whom imessage.allowFrom names.'
  ),
  "dm-allowlisted": toAgent(
    "imessage.allowFrom names the sender or the chat",
    "imessage.allowFrom",
    "Take them out of the list to refuse them."
  ),
  "dm-paired": toAgent(
    "the sender was approved by pairing",
    "imessage.dmPolicy",
    "`imsg-gateway pairing revoke imessage HANDLE` takes the approval back."
  ),
  "dm-owner": toAgent("the sender is an owner", "owners", "Take them out of the list to refuse them."),
  "dm-disabled": refused(
    "direct messages are off",
    "imessage.dmPolicy",
    '"pairing" lets in whom you approve, "allowlist" whom imessage.allowFrom names.'
  ),
  "dm-not-allowlisted": refused(
    "imessage.allowFrom names neither the sender nor the chat",
    "imessage.allowFrom",
    'Add the sender; or set imessage.dmPolicy to "pairing", and they get a code that you can approve.'
  ),
  "dm-not-a-person": refused(
    "a machine wrote it, such as a short code or a company, and those get no pairing code",
    "imessage.allowFrom",
    "Add it as it is called, such as 26266 or sms:MYBANK."
  ),
  "dm-too-old-to-pair": refused(
    "nobody has let the sender in, and it was older than a pairing code is valid",
    "imessage.pairing.ttlMs",
    "Have them write again; or add them to imessage.allowFrom."
  ),
  "dm-unknown-in-thread": refused(
    "nobody has let the sender in, and a pairing code would be seen by everybody in this chat",
    "imessage.allowFrom",
    "Add the sender, or the chat as chat_id:…; or have them write to you alone."
  ),
  "dm-before-approval": {
    done: "not answered",
    because: "the sender was approved only after they had written it, and was told that it was not kept",
    change: "Have them write it again."
  },
  "pairing-requested": {
    done: "given a code",
    because: "nobody has let the sender in yet",
    key: "imessage.dmPolicy",
    change:
      "`imsg-gateway pairing list imessage` shows the code, `pairing approve imessage CODE` lets them in."
  },
  "pairing-pending": {
    done: "not answered",
    because: "nobody has let the sender in yet, and they have a pairing code that is still valid",
    key: "imessage.dmPolicy",
    change:
      "`imsg-gateway pairing list imessage` shows the code, `pairing approve imessage CODE` lets them in."
  },
  "pairing-rejected": refused(
    "their pairing request was rejected not long ago",
    "imessage.pairing.ttlMs",
    "When that time is over they get a new code; or add them to imessage.allowFrom."
  ),
  "pairing-full": refused(
    "nobody has let the sender in, and too many others wait for approval",
    "imessage.pairing.maxPending",
    "Approve or reject those who wait: `imsg-gateway pairing list imessage`."
  )
} as const

const GROUPS = {
  "group-mentioned": toAgent(
    "it mentions the agent, or replies to it",
    "imessage.groups[…].requireMention",
    "agents.list[].groupChat.mentionPatterns says what a mention is."
  ),
  "group-no-mention-needed": toAgent(
    "this group needs no mention",
    "imessage.groups[…].requireMention",
    "Set it to true to have only those messages answered that mention the agent."
  ),
  "group-not-mentioned": {
    done: "kept for the next answer",
    because: "nobody mentioned the agent in this group",
    key: "imessage.groups[…].requireMention",
    change:
      "Mention the agent by its name; or set it to false. agents.list[].groupChat.mentionPatterns says what a mention is."
  },
  "reaction-turn": toAgent(
    "somebody who is let in reacted, and the agent answers reactions",
    "agents.list[].onReaction",
    '"context" has its next turn told of them.'
  ),
  "reaction-context": {
    done: "kept for the next answer",
    because: "somebody who is let in reacted to what was said",
    key: "imessage.reactionNotifications",
    change: 'Set agents.list[].onReaction to "turn" to have the agent answer reactions.'
  },
  "groups-disabled": refused(
    "groups are off",
    "imessage.groupPolicy",
    'Set it to "open", or to "allowlist" with imessage.groupAllowFrom.'
  ),
  "group-not-admitted": refused(
    "imessage.groups names other groups, and not this one",
    "imessage.groups",
    'Add this chat as a key, or "*" for all groups.'
  ),
  "group-sender-not-allowlisted": refused(
    "the list of who may speak to the agent in groups names neither the sender nor the chat",
    "imessage.groupAllowFrom",
    'Add the sender, or the chat as chat_id:…; or set imessage.groupPolicy to "open".'
  )
} as const

const OTHERS = {
  command: {
    done: "done by the gateway",
    because: "it is a command for the gateway itself",
    key: "messages.commands",
    change: "Set it to false to have such texts given to the agent."
  },
  "service-not-allowed": refused(
    "it did not come by one of the services that are answered, or Messages does not say by which",
    "imessage.services",
    'Add its service, such as "sms".'
  ),
  stale: refused(
    "it was too old when it was seen, or could not be read",
    "imessage.catchUp.maxAgeMs",
    "A larger value has older messages answered after a downtime; or have them write again."
  ),
  "passed-over": refused(
    "more was missed in a downtime than is answered",
    "imessage.catchUp.maxRows",
    "A larger value has more of them answered; or have them write again."
  ),
  "before-first-start": {
    done: "not answered",
    because: "it was there before the account was first started",
    change: "Have them write again."
  },
  "no-sender": {
    done: "not answered",
    because: "Messages does not say who wrote it, or says what is nobody's phone number or address"
  },
  malformed: {
    done: "not answered",
    because: "its sender has not the form of a phone number, an address or a company's name"
  },
  "no-chat": {
    done: "not answered",
    because: "it could be of a group, and Messages does not say from which",
    change: "Have them write again."
  },
  empty: nothing("there is nothing in it that an agent could be shown"),
  reaction: {
    done: "not for anybody",
    because: "it is a reaction that no agent hears of",
    key: "imessage.reactionNotifications",
    change: '"own" has agents hear of those to what they said, "all" of those to what people wrote too.'
  },
  "poll-unreadable": nothing("it is something of a poll that imsg could not read"),
  "link-preview": nothing("it is the preview of a link in another message"),
  "from-me": nothing("the account itself wrote it: you, or the gateway"),
  echo: nothing("it is what the gateway itself said, given back by Messages")
} as const

/** Every fate, and that there is none yet. */
export const FATE_WORDS: Readonly<Record<Fate | typeof WAITING, FateWords>> = {
  ...DIRECT,
  ...GROUPS,
  ...OTHERS,
  [WAITING]: {
    done: "not decided yet",
    because:
      "it waits for its chat or its files, which Messages writes later, or for an earlier message that does",
    key: "imessage.inbox.ripenMs"
  }
}

/** The fates of what nobody would want an answer to: reactions, previews, what the account itself wrote. */
export const FOR_NOBODY: ReadonlyArray<string> = Object.entries(FATE_WORDS).flatMap(([fate, { done }]) =>
  done === "not for anybody" ? [fate] : []
)

/** The fates of what was let through to an agent or to the gateway itself. */
export const LET_THROUGH: ReadonlyArray<string> = Object.entries(FATE_WORDS).flatMap(([fate, { done }]) =>
  done === "given to the agent" || done === "done by the gateway" ? [fate] : []
)

/** Whether this build knows a fate. */
const isKnown = (fate: string): fate is keyof typeof FATE_WORDS => Object.hasOwn(FATE_WORDS, fate)

/** All that is said of a fate; of one that only another build knows its own word. */
export const wordsOfFate = (fate: string): FateWords =>
  isKnown(fate) ? FATE_WORDS[fate] : { done: "not answered", because: fate.replaceAll(/[_-]+/gu, " ") }

/** A fate in one line: `not answered: groups are off`. */
export const fateInWords = (fate: string): string => {
  const { because, done } = wordsOfFate(fate)
  return `${done}: ${because}`
}
