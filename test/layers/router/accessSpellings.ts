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
    entry: "sms:+15555550123",
    names: "the same number; a service before it (`imessage:`, `sms:`, `auto:`, `tel:`) does not matter",
    lets: number,
    refuses: STRANGER
  },
  { entry: "Friend@Example.com", names: "an email address, in any case", lets: email, refuses: STRANGER },
  {
    entry: "26266",
    names: "the sender of that short code",
    lets: { sender: "26266", chatId: 99 },
    refuses: { sender: "+15555550199", chatId: 26_266 }
  },
  {
    entry: "sms:MYBANK",
    names: "the sender of that name, who is no person; so also `urn:biz:…`",
    lets: { sender: "mybank", chatId: 99 },
    refuses: STRANGER
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
  { entry: "*", names: "everyone", lets: STRANGER },
  {
    entry: "42",
    names: "not the chat 42: only digits are a sender",
    refuses: chat
  },
  {
    entry: "*@example.com",
    names: "nobody: there are no patterns",
    refuses: email
  },
  {
    entry: "chat_id:family",
    names: "nobody, for an id is a number; a warning at start names the entry",
    refuses: chat
  }
]
