/** How the entries of an allow list may be written, as docs/access.md shows it. */
import type { Envelope } from "../../../src/schemas/Envelope.ts"

export interface Spelling {
  readonly entry: string
  readonly names: string
  /** A message of those who are named; none where nobody is. */
  readonly lets?: Partial<Envelope>
  /** A message of somebody near to that, who is not; none where everybody is. */
  readonly refuses?: Partial<Envelope>
}

const STRANGER = { sender: "+15555550199", chatId: 99 }
const number = { sender: "+15555550123", chatId: 99 }
const email = { sender: "friend@example.com", chatId: 99 }
const chat = {
  sender: "+15555550199",
  chatId: 42,
  chatGuid: "iMessage;+;chat42",
  chatIdentifier: "chat42"
}

export const spellings: ReadonlyArray<Spelling> = [
  { entry: "+15555550123", names: "a phone number with its country code", lets: number, refuses: STRANGER },
  {
    entry: "(555) 555-0123",
    names: "the same number, read by the account's `region`",
    lets: number,
    refuses: STRANGER
  },
  {
    entry: "555.555.0123",
    names: "the same number; spaces, dots, dashes and brackets do not matter",
    lets: number,
    refuses: STRANGER
  },
  {
    entry: "imessage:+15555550123",
    names: "the same number, by iMessage only",
    lets: { ...number, via: "imessage" },
    refuses: { ...number, via: "sms" }
  },
  {
    entry: "sms:+15555550123",
    names: "the same number, by SMS and RCS only",
    lets: { ...number, via: "sms" },
    refuses: { ...number, via: "imessage" }
  },
  {
    entry: "auto:+15555550123",
    names: "the same number by every service, as without one (also `tel:`)",
    lets: { ...number, via: "sms" },
    refuses: STRANGER
  },
  { entry: "Friend@Example.com", names: "an email address, in any case", lets: email, refuses: STRANGER },
  {
    entry: "26266",
    names: "the sender of that short code; one of more than 6 digits only after `sms:`",
    lets: { sender: "26266", chatId: 99 },
    refuses: { sender: "+15555550199", chatId: 26_266 }
  },
  {
    entry: "sms:MyBank",
    names: "a company that writes under this name; only after `sms:`",
    lets: { sender: "mybank", via: "sms", chatId: 99 },
    refuses: { sender: "mybank2", via: "sms", chatId: 99 }
  },
  {
    entry: "chat_id:42",
    names: "everyone in the chat with this id (also `chatid:42`, `chat:42`)",
    lets: chat,
    refuses: STRANGER
  },
  {
    entry: "chat_guid:iMessage;+;chat42",
    names: "everyone in the chat with this guid (also `chatguid:`, `guid:`)",
    lets: chat,
    refuses: STRANGER
  },
  {
    entry: "chat_identifier:chat42",
    names: "everyone in the chat with this identifier (also `chatidentifier:`, `chatident:`)",
    lets: chat,
    refuses: STRANGER
  },
  { entry: "*", names: "everyone", lets: STRANGER }
]

/** What is refused, for it names nobody; somebody may have meant the message with it. */
export const refusals: ReadonlyArray<{ readonly entry: string; readonly why: string }> = [
  { entry: "42", why: "digits alone are a sender, and none has so few; a chat is `chat_id:42`" },
  {
    entry: "5551234",
    why: "a number needs its area code; a short code of so many digits is `sms:5551234`"
  },
  { entry: "*@example.com", why: "there are no patterns" },
  { entry: "chat_id:family", why: "an id is a number" },
  { entry: "Sam", why: "names do not count, since people choose their own" },
  { entry: "Sam +15555550123", why: "only the number, without the name" },
  { entry: "++15555550123", why: "a number has one `+`" },
  { entry: "friend@", why: "an email has two sides" },
  { entry: "imessage:MyBank", why: "companies write by SMS only: `sms:MyBank`" },
  { entry: "imessage:", why: "somebody is missing after the service" },
  { entry: "accessGroup:family", why: "there are no access groups here" }
]
