import { Effect, Schema } from "effect"
import { describe, expect, it } from "vitest"
import { isHandle, MAX_HANDLE, MAX_PART, MAX_QUOTE, MAX_TEXT } from "../../src/schemas/bounds.ts"
import { beginning, cut } from "../../src/schemas/cut.ts"
import { normaliseHandle } from "../../src/schemas/Handle.ts"
import { ImsgMessage } from "../../src/schemas/ImsgProtocol.ts"

const MEGABYTES = "x".repeat(7_000_000)
const decode = Schema.decodeUnknownEither(ImsgMessage)
const decoded = (fields: object) => {
  const row = decode({ id: 1, guid: "g", is_from_me: false, sender: "+15555550101", text: "hi", ...fields })
  return row._tag === "Right" ? row.right : undefined
}

describe("a text that is too long", () => {
  it("is cut, with a mark that says so", () => expect(cut("abcdef", 3)).toBe("abc… [cut: 3 more characters]"))
  it("is not cut through a character", () => {
    expect(beginning("a😂b", 2)).toBe("a")
    expect(beginning("a😂b", 3)).toBe("a😂")
  })
  it("is answered all the same, as what it began with", () => {
    const text = decoded({ text: MEGABYTES })?.text ?? ""
    expect(text.startsWith("x".repeat(MAX_TEXT))).toBe(true)
    expect(text).toContain("[cut: ")
    expect(text.length).toBeLessThan(MAX_TEXT + 100)
  })
})

it("the longest part that is sent is read in its row as it is, whatever its last character", () => {
  const text = `${"x".repeat(MAX_PART - 1)}😂`
  expect(decoded({ text })?.text).toBe(text)
})

describe("a row of which every field is too long", () => {
  it("keeps less than its limits in memory", () => {
    const row = decoded({
      sender: MEGABYTES,
      sender_name: MEGABYTES,
      text: MEGABYTES,
      created_at: MEGABYTES,
      chat_guid: MEGABYTES,
      chat_identifier: MEGABYTES,
      participants: [MEGABYTES],
      destination_caller_id: MEGABYTES,
      reply_to_guid: MEGABYTES,
      reply_to_text: MEGABYTES,
      reply_to_sender: MEGABYTES,
      thread_originator_guid: MEGABYTES,
      balloon_bundle_id: MEGABYTES,
      attachments: Array.from({ length: 5000 }, (_, at) => ({
        filename: `f${at}`,
        mime_type: "y".repeat(600)
      }))
    })
    expect(JSON.stringify(row).length).toBeLessThan(MAX_TEXT + MAX_QUOTE + 10_000)
  })
  it("is none where that is its guid", () => expect(decoded({ guid: MEGABYTES })).toBeUndefined())
  it("has a sender that is seen to be no handle", () => {
    const sender = decoded({ sender: MEGABYTES })?.sender ?? ""
    expect(sender.length).toBe(MAX_HANDLE + 1)
    expect(isHandle(sender)).toBe(false)
  })
})

describe("the form of a handle", () => {
  const handles = [
    "+15555550101",
    "kate@example.com",
    "26266",
    "MYBANK",
    "AT&T 5",
    "urn:biz:0f3e-77",
    "söphie@example.com"
  ]
  for (const handle of handles) it(`is that of ${handle}`, () => expect(isHandle(handle)).toBe(true))
  const others = [
    "",
    "  ",
    "+1555\n+1556",
    "+1555\u202e",
    "a\u200bb",
    "\u001b[31m",
    "x".repeat(MAX_HANDLE + 1)
  ]
  for (const other of others) {
    it(`is not that of ${JSON.stringify(other.slice(0, 20))}`, () => expect(isHandle(other)).toBe(false))
  }
})

describe("what is remembered of handles", () => {
  it("is bounded in bytes, whatever they are called", () =>
    Effect.runSync(
      Effect.sync(() => {
        global.gc?.()
        const before = process.memoryUsage().heapUsed
        for (let n = 0; n < 200; n++) normaliseHandle(`${n}${MEGABYTES.slice(0, 500_000)}`, "US")
        global.gc?.()
        expect(process.memoryUsage().heapUsed - before).toBeLessThan(60_000_000)
      })
    ))
})
