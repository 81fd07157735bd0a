/** Answers of tools within their bounds, whatever is in them. */
import { describe, expect, it } from "@effect/vitest"
import { FastCheck } from "effect"
import { cutText, fitted } from "../../../src/programs/tools/fitted.ts"
import { chatShown, messageShown } from "../../../src/programs/tools/shown.ts"
import type { MessageRecord } from "../../../src/schemas/control/Records.ts"
import { RESULT_BYTES, TEXT_BYTES } from "../../../src/schemas/tools.ts"

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

/** Texts of every size and kind, those that JSON writes in six bytes for one too. */
const text = FastCheck.oneof(
  FastCheck.string({ unit: "binary", maxLength: 300 }),
  FastCheck.tuple(
    FastCheck.constantFrom("a", '"', "\u0001", "\ud800", "\u{1f468}\u200d\u{1f469}", "é"),
    FastCheck.integer({ min: 0, max: 6000 })
  ).map(([unit, times]) => unit.repeat(times))
)

const optionalText = FastCheck.option(text, { nil: undefined })

const message: FastCheck.Arbitrary<MessageRecord> = FastCheck.record({
  id: FastCheck.nat(),
  guid: FastCheck.uuid(),
  at: FastCheck.option(FastCheck.integer({ min: 1e12, max: 2e12 }), { nil: undefined }),
  isFromMe: FastCheck.boolean(),
  sender: optionalText,
  senderName: optionalText,
  text,
  files: FastCheck.array(text, { maxLength: 12 })
})

const chat = FastCheck.record({
  id: FastCheck.nat(),
  name: optionalText,
  participants: FastCheck.array(text, { maxLength: 60 }),
  isGroup: FastCheck.boolean(),
  service: optionalText,
  identifier: optionalText,
  guid: optionalText,
  lastMessageAt: FastCheck.option(FastCheck.integer({ min: 1e12, max: 2e12 }), { nil: undefined })
})

const people = [{ name: "sam", handles: ["+15555550111"] }]

/** What must hold of a list of anything, whichever end is dropped. */
const holds = <A>(items: ReadonlyArray<A>) => {
  for (const drop of ["first", "last"] as const) {
    const answer = fitted(items, { drop, answer: (kept) => ({ account: "default", kept }) })
    expect(bytesOf(answer)).toBeLessThanOrEqual(RESULT_BYTES)
    const { kept } = answer
    expect(kept).toEqual(
      drop === "last" ? items.slice(0, kept.length) : items.slice(items.length - kept.length)
    )
    expect(answer.is_cut === true).toBe(kept.length < items.length)
    // What is there fits by itself: whoever goes on after it always comes further.
    if (items.length > 0) expect(kept.length).toBeGreaterThan(0)
    // No more is left out than has to be.
    const next = drop === "last" ? items[kept.length] : items[items.length - kept.length - 1]
    if (answer.is_cut === true) expect(bytesOf(answer) + bytesOf(next) + 1).toBeGreaterThan(RESULT_BYTES)
  }
}

describe("an answer", () => {
  it("has as many messages as there is room for, and says that others are left out", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.array(message, { maxLength: 30 }), (messages) =>
        holds(messages.map((one) => messageShown(people)(one, 7)))
      ),
      { numRuns: 60 }
    )
  })

  it("has as many chats as there is room for, and says that others are left out", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.array(chat, { maxLength: 10 }), (chats) =>
        holds(chats.map(chatShown(people)))
      ),
      { numRuns: 60 }
    )
  })
})

describe("a text", () => {
  it("is cut at 4 KiB, inside no character, and says so", () => {
    FastCheck.assert(
      FastCheck.property(text, (whole) => {
        const cut = cutText(whole)
        expect(Buffer.byteLength(cut.text)).toBeLessThanOrEqual(TEXT_BYTES)
        expect(cut.is_cut === true).toBe(Buffer.byteLength(whole) > TEXT_BYTES)
        if (cut.is_cut !== true) expect(cut.text).toBe(whole)
      })
    )
  })
})
