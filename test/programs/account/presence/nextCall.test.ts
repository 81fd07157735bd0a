/** What a child is asked for next, by what is wanted and what was done. */
import { describe, expect, it } from "@effect/vitest"
import { type Allowed, nextCall } from "../../../../src/programs/account/presence/nextCall.ts"
import type { ChatPresence } from "../../../../src/services/Presence.ts"

const NOW = 1_000_000

/** A chat in which nothing happens, with what is said of it; times are seconds before now. */
const chat = (chatId: number, has: Partial<ChatPresence> = {}): ChatPresence => ({
  chat: { _tag: "ChatId", chatId },
  ...{ turns: 0, begunAt: NOW - 600_000, quietSince: NOW - 600_000, unreadSince: undefined },
  ...{ calledAt: undefined, typingAt: undefined, isShown: false },
  ...has
})

const BOTH: Allowed = { typing: true, read: true }
const ago = (seconds: number) => NOW - seconds * 1000

/** `typing 1`, or `wait` and so many ms. */
const told = (chats: ReadonlyArray<ChatPresence>, allowed: Allowed) => {
  const next = nextCall(chats, allowed, NOW)
  if (next._tag === "Wait") return `wait ${next.ms}`
  return `${next.call} ${next.presence.chat._tag === "ChatId" ? next.presence.chat.chatId : "?"}`
}

const CASES: ReadonlyArray<{
  readonly what: string
  readonly chats: ReadonlyArray<ChatPresence>
  readonly allowed?: Allowed
  readonly told: string
}> = [
  { what: "nothing wanted", chats: [], told: "wait Infinity" },
  { what: "a turn that has begun", chats: [chat(1, { turns: 1, begunAt: ago(0) })], told: "typing 1" },
  {
    what: "a turn in a chat that was called for just now",
    chats: [chat(1, { turns: 1, begunAt: ago(0), calledAt: ago(0.3) })],
    told: "wait 700"
  },
  {
    what: "a turn and an unread message: it is read first",
    chats: [chat(1, { turns: 1, begunAt: ago(0), unreadSince: ago(0) })],
    told: "read 1"
  },
  {
    what: "a turn that is shown already",
    chats: [chat(1, { turns: 1, begunAt: ago(11), typingAt: ago(10), calledAt: ago(10) })],
    told: "wait 20000"
  },
  {
    what: "a turn that was shown half a minute ago",
    chats: [chat(1, { turns: 1, begunAt: ago(31), typingAt: ago(30), calledAt: ago(30) })],
    told: "typing 1"
  },
  {
    what: "a turn after another, whose reply has ended what was shown",
    chats: [chat(1, { turns: 1, begunAt: ago(0), typingAt: ago(5), calledAt: ago(5) })],
    told: "typing 1"
  },
  {
    what: "a turn that has just ended: its reply goes first",
    chats: [chat(1, { quietSince: ago(0.1), typingAt: ago(5), calledAt: ago(5), isShown: true })],
    told: "wait 400"
  },
  {
    what: "a turn that has ended a while ago",
    chats: [chat(1, { quietSince: ago(1), typingAt: ago(5), calledAt: ago(5), isShown: true })],
    told: "quiet 1"
  },
  {
    what: "a turn that ended before it was shown",
    chats: [chat(1, { quietSince: ago(1) })],
    told: "wait Infinity"
  },
  {
    what: "two chats: the one that has waited longer",
    chats: [chat(1, { unreadSince: ago(1) }), chat(2, { turns: 1, begunAt: ago(2) })],
    told: "typing 2"
  },
  {
    what: "two chats, of which one was called for just now",
    chats: [chat(1, { unreadSince: ago(1), calledAt: ago(0.5) }), chat(2, { unreadSince: ago(0.2) })],
    told: "read 2"
  },
  {
    what: "no typing allowed",
    chats: [chat(1, { turns: 1, begunAt: ago(0), unreadSince: ago(0) })],
    allowed: { typing: false, read: true },
    told: "read 1"
  },
  {
    what: "no receipts allowed",
    chats: [chat(1, { turns: 1, begunAt: ago(0), unreadSince: ago(0) })],
    allowed: { typing: true, read: false },
    told: "typing 1"
  },
  {
    what: "nothing allowed",
    chats: [chat(1, { turns: 1, begunAt: ago(0), unreadSince: ago(0) })],
    allowed: { typing: false, read: false },
    told: "wait Infinity"
  }
]

describe("the next call", () => {
  for (const { allowed = BOTH, chats, told: expected, what } of CASES) {
    it(`with ${what} is: ${expected}`, () => {
      expect(told(chats, allowed)).toBe(expected)
    })
  }
})
