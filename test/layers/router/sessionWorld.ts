/** Arbitrary gateways and messages as facts about people and the chats that they share, for the law of sessions. */
import { FastCheck as fc } from "effect"

/** People by their handles. The first two of them can be one person, where the config says so. */
export const HANDLES = [
  "+15555550101",
  "ada@example.com",
  "+15555550103",
  "kim@example.com",
  "26266",
  // Companies name themselves as they like: as a person of the config, too.
  "sam",
  "mybank"
] as const

/** The person whose the first two handles are. */
export const PERSON = { name: "sam", handles: [0, 1] } as const

/** A chat of an account's Mac. `group` is what stays the same where a group goes on as another chat. */
interface Chat {
  readonly account: "home" | "bot"
  readonly chatId: number
  readonly kind: "direct" | "thread" | "group"
  readonly group?: string
  readonly members: ReadonlyArray<number>
}

const direct = (account: Chat["account"], first: number): ReadonlyArray<Chat> =>
  HANDLES.map((_, who) => ({ account, chatId: first + who, kind: "direct", members: [who] }))

/** In both accounts chat 42 is a group, and of different people; 57 is what one of them went on as. */
const CHATS: ReadonlyArray<Chat> = [
  ...direct("home", 1),
  ...direct("bot", 1),
  { account: "home", chatId: 42, kind: "group", group: "chat1", members: [0, 2] },
  { account: "home", chatId: 57, kind: "group", group: "chat1", members: [0, 2] },
  { account: "bot", chatId: 42, kind: "group", group: "chat2", members: [1, 3] },
  { account: "home", chatId: 43, kind: "group", group: "chat3", members: [0, 1, 2, 3] },
  { account: "home", chatId: 50, kind: "thread", group: "chat5", members: [0, 2, 4] },
  { account: "bot", chatId: 50, kind: "thread", group: "chat6", members: [1, 2] }
]

const SCOPES = ["main", "per-peer", "per-channel-peer", "per-account-channel-peer"] as const

export interface Gateway {
  readonly scope: (typeof SCOPES)[number] | undefined
  /** Whether the config says that the first two handles are one person's. */
  readonly hasPeople: boolean
  /** Whose messages another agent answers, by one of their handles. */
  readonly bound: number | undefined
}

export const gateways: fc.Arbitrary<Gateway> = fc.record({
  scope: fc.constantFrom(undefined, ...SCOPES),
  hasPeople: fc.boolean(),
  bound: fc.constantFrom(undefined, 0, 2)
})

/** A message: who of its members writes in a chat. */
export interface Message {
  readonly chat: Chat
  readonly sender: number
}

export const messages: fc.Arbitrary<Message> = fc
  .tuple(fc.constantFrom(...CHATS), fc.nat({ max: 20 }))
  .map(([chat, at]) => ({ chat, sender: chat.members[at % chat.members.length] ?? 0 }))

/** Whose a handle is: for the oracle two handles are of one person only where the config says so. */
const personOf = ({ hasPeople }: Gateway, handle: number): string =>
  hasPeople && PERSON.handles.some((one) => one === handle) ? "the person" : String(handle)

const agentOf = (gateway: Gateway, { chat, sender }: Message): string =>
  chat.kind !== "group" &&
  gateway.bound !== undefined &&
  personOf(gateway, gateway.bound) === personOf(gateway, sender)
    ? "other"
    : "main"

/** What says who may hear of a message: messages share a session exactly where this is the same. */
export const circleOf = (gateway: Gateway, message: Message): string => {
  const { chat, sender } = message
  const agent = agentOf(gateway, message)
  const isShared = (gateway.scope ?? "main") === "main"
  if (chat.kind === "group" || (chat.kind === "thread" && !isShared)) {
    return `${agent}, ${chat.account}, all in ${chat.group}`
  }
  if (isShared) return `${agent}, all who write alone`
  const person = personOf(gateway, sender)
  return gateway.scope === "per-account-channel-peer"
    ? `${agent}, ${chat.account}, only ${person}`
    : `${agent}, only ${person}`
}
