/** Arbitrary gateways and messages as facts about people and chats; how each is spelt comes on top. */
import { FastCheck as fc } from "effect"

/** People, with the ways in which lists and rows may spell them. */
const PEOPLE = [
  ["+15555550101", "(555) 555-0101", "tel:+1 555 555 0101", " 1-555-555-0101", "Auto: 555.555.0101"],
  ["+15555550102", "tel:+15555550102", "5555550102", "auto:tel:(555) 555-0102"],
  ["+4915155550103", "+49 151 5555 0103", "TEL:+49 (151) 55550103"],
  ["ada@example.com", "Ada@Example.COM", "auto:ADA@example.com", " ada@example.com "],
  ["26266", "auto:26266", " 26266"],
  ["urn:biz:5555550101", "URN:BIZ:5555550101", "auto:urn:biz:5555550101"]
] as const

/** What Messages may name as the sender that only looks like one of these people. */
const LOOKALIKES = [
  "\uff0b15555550101",
  "+1555\u200b5550101",
  "+15555550101;isub=1",
  "5555550101;phone-context=+1",
  "\u0430da@example.com",
  "ada@example.com\n",
  "a\u00adda@example.com",
  "ADA@e\u212axample.com"
] as const

/** A service that somebody is named for or writes by; "unknown" where Messages does not say. */
const VIAS = ["imessage", "sms"] as const
type Via = (typeof VIAS)[number]
/** Which of them are machines, of whom nobody gets a code. */
export const MACHINES: ReadonlyArray<number> = [4, 5]

/** Which of them writes by SMS only. */
const SHORT_CODE = 4

/** Which of them are one person, where the config has `people`. */
export const ONE_PERSON: ReadonlyArray<number> = [0, 3]

/** Chats by their chat_id, which begins the numbers of others on purpose. */
export const CHATS = [4, 42, 421, 5_555_550_101] as const

export const chatGuid = (chat: number): string => `any;+;chat${chat}`
/** The guid that a config may name a group by: its service may be another one by now. */
export const groupGuid = (chat: number): string => `iMessage;+;chat${chat}`
export const chatIdentifier = (chat: number): string => `chat${chat}`

/** What an entry of a list names. */
export type Named =
  | { readonly _tag: "Everyone" }
  | { readonly _tag: "Person"; readonly person: number; readonly via?: Via }
  | { readonly _tag: "Chat"; readonly chat: number; readonly by: "id" | "guid" | "identifier" }

interface Entry {
  readonly spelt: string
  readonly named: Named
}

const person = fc.nat({ max: PEOPLE.length - 1 })
const chat = fc.constantFrom(...CHATS)
const spelling = fc.nat({ max: 20 })

/** One of a person's spellings. */
export const spell = (who: number, choice: number): string => {
  const spellings: ReadonlyArray<string> = PEOPLE[who] ?? []
  return spellings[choice % spellings.length] ?? ""
}

const chatSpellings = {
  id: ["chat_id:", "chatid:", "CHAT: ", " Chat_ID : "],
  guid: ["chat_guid:", "chatGuid:", "guid: "],
  identifier: ["chat_identifier:", "chatidentifier:", "ChatIdent: "]
} as const

const everyone = fc.constantFrom("*", " * ").map((spelt): Entry => ({ spelt, named: { _tag: "Everyone" } }))
const onePerson = fc
  .tuple(person, spelling)
  .map(([who, choice]): Entry => ({ spelt: spell(who, choice), named: { _tag: "Person", person: who } }))
const onePersonByService = fc.tuple(person, spelling, fc.constantFrom(...VIAS)).map(
  ([who, choice, via]): Entry => ({
    spelt: `${via}: ${spell(who, choice).replace(/^ *(?:(?:auto|tel): ?)*/i, "")}`,
    named: { _tag: "Person", person: who, via }
  })
)
const oneChat = fc
  .tuple(chat, fc.constantFrom<"id" | "guid" | "identifier">("id", "guid", "identifier"), spelling)
  .map(([id, by, choice]): Entry => {
    const prefixes = chatSpellings[by]
    const name = by === "id" ? String(id) : by === "guid" ? chatGuid(id) : chatIdentifier(id)
    return {
      spelt: `${prefixes[choice % prefixes.length]}${name}`,
      named: { _tag: "Chat", chat: id, by }
    }
  })
const entries = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: everyone },
    { weight: 6, arbitrary: onePerson },
    { weight: 3, arbitrary: onePersonByService },
    { weight: 3, arbitrary: oneChat }
  ),
  { maxLength: 3 }
)

const group = fc.record(
  { requireMention: fc.boolean(), agentId: fc.constantFrom("main", "family") },
  { requiredKeys: [] }
)

/** The options of an account, with lists by what they name. */
export interface Options {
  readonly dmPolicy: "pairing" | "allowlist" | "open" | "disabled"
  readonly groupPolicy: "open" | "allowlist" | "disabled"
  readonly allowFrom: ReadonlyArray<Entry>
  readonly groupAllowFrom?: ReadonlyArray<Entry>
  readonly groups: { readonly [id: string]: { readonly requireMention?: boolean; readonly agentId?: string } }
  readonly services?: ReadonlyArray<Via>
}

const EVERYONE: Entry = { spelt: "*", named: { _tag: "Everyone" } }

/** Whether an entry can name anybody by the services of an account. */
const isServed =
  (services: Options["services"] = VIAS) =>
  ({ named }: Entry): boolean => {
    if (named._tag !== "Person") return true
    if (named.person === SHORT_CODE) return named.via !== "imessage" && services.includes("sms")
    return named.via === undefined || services.includes(named.via)
  }

const options: fc.Arbitrary<Options> = fc
  .record(
    {
      dmPolicy: fc.constantFrom<Options["dmPolicy"]>("pairing", "allowlist", "open", "disabled"),
      groupPolicy: fc.constantFrom<Options["groupPolicy"]>("open", "allowlist", "disabled"),
      allowFrom: entries,
      groupAllowFrom: entries,
      groups: fc.dictionary(fc.constantFrom("*", ...CHATS.map(String), ...CHATS.map(groupGuid)), group, {
        maxKeys: 3
      }),
      services: fc.constantFrom<ReadonlyArray<Via>>(["imessage"], ["sms"], ["sms", "imessage"])
    },
    { requiredKeys: ["dmPolicy", "groupPolicy", "allowFrom", "groups"] }
  )
  // The decoder refuses an entry of a service that is not answered, and "open" without "*".
  .map(({ allowFrom, groupAllowFrom, ...all }) => ({
    ...all,
    allowFrom: allowFrom.filter(isServed(all.services)),
    ...(groupAllowFrom === undefined ? {} : { groupAllowFrom: groupAllowFrom.filter(isServed(all.services)) })
  }))
  .map((all) => (all.dmPolicy === "open" ? { ...all, allowFrom: [...all.allowFrom, EVERYONE] } : all))

export const ACCOUNTS = ["home", "bot"] as const
export type AccountId = (typeof ACCOUNTS)[number]

const binding = fc.record({
  agentId: fc.constantFrom("main", "family"),
  match: fc.record(
    {
      channel: fc.constant("imessage"),
      accountId: fc.constantFrom(...ACCOUNTS),
      peer: fc.oneof(
        chat.map((id) => ({ kind: "group", id: `chat_id:${id}` })),
        chat.map((id) => ({ kind: "direct", id: `chat_id:${id}` })),
        fc.constantFrom(0, 3).map((who) => ({ kind: "direct", id: spell(who, 1) }))
      )
    },
    { requiredKeys: ["channel"] }
  )
})

/** Who was approved by pairing for which account: some for both, some for one, some for none. */
export const APPROVED: { readonly [id in AccountId]: ReadonlyArray<number> } = {
  home: [0, 3],
  bot: [1, 3, 4]
}

/** A gateway: its accounts and agents. */
export interface Gateway {
  readonly accounts: { readonly [id in AccountId]: Options }
  readonly bindings: ReadonlyArray<unknown>
  readonly patterns: ReadonlyArray<string> | undefined
  /** Whether the config says that some are one person. */
  readonly hasPeople: boolean
}

export const gateways: fc.Arbitrary<Gateway> = fc.record({
  accounts: fc.record({ home: options, bot: options }),
  bindings: fc.array(binding, { maxLength: 2 }),
  hasPeople: fc.boolean(),
  patterns: fc.option(fc.constantFrom(["^hello"], ["@helper\\b", "(a+)+$"], []), { nil: undefined })
})

/** What a message quotes. No author is one that Messages does not name; `own` is the account's own side. */
export interface Quote {
  readonly author: number | "own" | undefined
  readonly guid: "none" | "unknown" | "sent by the gateway"
}

/** A message, before it is spelt as a row. `several` is a thread that Messages does not call a group. */
export interface Message {
  readonly accountId: AccountId
  readonly sender: number
  readonly spelling: number
  readonly chat: number
  readonly kind: "two" | "several" | "group"
  /** The service that it came by; none where Messages does not say. */
  readonly via: Via | undefined
  /** The name of the sender in the row is only like theirs. */
  readonly lookalike: string | undefined
  /** What the row says of its chat: all, or not every name of it. */
  readonly lacks: "nothing" | "chat_id" | "is_group"
  readonly text: string
  readonly ageMs: number | undefined
  readonly isFromMe: boolean
  readonly isReaction: boolean
  readonly quote: Quote | undefined
}

const HOUR_MS = 3_600_000

const quote = fc.record({
  author: fc.oneof(
    { weight: 4, arbitrary: person },
    { weight: 2, arbitrary: fc.constantFrom("own" as const, undefined) }
  ),
  guid: fc.constantFrom("none" as const, "unknown" as const, "sent by the gateway" as const)
})

const rarely = fc.oneof(
  { weight: 9, arbitrary: fc.constant(false) },
  { weight: 1, arbitrary: fc.constant(true) }
)

export const messages: fc.Arbitrary<Message> = fc.record({
  accountId: fc.constantFrom(...ACCOUNTS),
  sender: person,
  spelling,
  chat,
  kind: fc.constantFrom("two", "several", "group"),
  via: fc.constantFrom<Via | undefined>(...VIAS, undefined),
  lookalike: fc.oneof(
    { weight: 9, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom(...LOOKALIKES) }
  ),
  lacks: fc.constantFrom("nothing", "nothing", "chat_id", "is_group"),
  text: fc.constantFrom("hello", "@main hello", "family, hello", "hello @helper", "aaaa!", " ", ""),
  ageMs: fc.option(fc.constantFrom(0, 60_000, 1.5 * HOUR_MS, 3 * HOUR_MS), { nil: undefined }),
  isFromMe: rarely,
  isReaction: rarely,
  quote: fc.option(quote, { nil: undefined })
})
