/** How much of what people write is kept. */
import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import { CUT_MARK, cutTo } from "../../src/schemas/cut.ts"
import {
  boundedHistory,
  boundedMemory,
  boundedMessage,
  HISTORY_BYTES,
  MESSAGE_BYTES,
  QUOTE_BYTES,
  REMEMBERED_BYTES
} from "../../src/schemas/promptBounds.ts"
import { makeEnvelope } from "../support/envelopes.ts"

describe("a text that is cut", () => {
  it.each([
    { what: "is as it is where there is room for it", text: "abc", bytes: 3, cut: "abc" },
    { what: "has the mark behind what there is room for", text: "abcd", bytes: 3, cut: `abc${CUT_MARK}` },
    { what: "is cut between letters", text: "aéé", bytes: 4, cut: `aé${CUT_MARK}` },
    { what: "is cut between the halves of no character", text: "a👋b", bytes: 4, cut: `a${CUT_MARK}` },
    { what: "is cut inside no emoji of several parts", text: "a👩‍💻b", bytes: 9, cut: `a${CUT_MARK}` }
  ])("$what", ({ bytes, cut, text }) => {
    expect(cutTo(text, bytes)).toBe(cut)
  })

  it("has no more bytes than it may, and begins as it did", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 40 }), (text, bytes) => {
        const cut = cutTo(text, bytes)
        if (cut === text) return
        const kept = cut.slice(0, -CUT_MARK.length)
        expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(bytes)
        expect(text.startsWith(kept)).toBe(true)
      })
    )
  })
})

const LONG = "é".repeat(5_000_000)
const bytes = (text: string | undefined) => Buffer.byteLength(text ?? "")

describe("a message", () => {
  it("has a text, a quote and a name of bounded length", () => {
    const { replyTo, senderName, text } = boundedMessage(
      makeEnvelope({ text: LONG, senderName: `A\n${LONG}`, replyTo: { text: LONG } })
    )
    expect(bytes(text)).toBeLessThanOrEqual(MESSAGE_BYTES + bytes(CUT_MARK))
    expect(bytes(replyTo?.text)).toBeLessThanOrEqual(QUOTE_BYTES + bytes(CUT_MARK))
    expect(senderName).toMatch(/^A é{100,200}… \(cut\)$/u)
  })

  it("that is remembered has a text and files of bounded length", () => {
    const file = { path: "/a/".padEnd(1000, "x"), mimeType: "image/png", name: "x" }
    const { attachments, text } = boundedMemory(
      makeEnvelope({ text: LONG, attachments: Array.from({ length: 100 }, () => file) })
    )
    expect(bytes(text)).toBeLessThanOrEqual(REMEMBERED_BYTES + bytes(CUT_MARK))
    expect(bytes(JSON.stringify(attachments))).toBeLessThanOrEqual(REMEMBERED_BYTES)
    expect(attachments.length).toBeGreaterThan(5)
  })

  it("stays as it is where it is short", () => {
    const message = makeEnvelope({ senderName: "Ann", replyTo: { text: "hi" } })
    expect(boundedMessage(message)).toEqual(message)
    expect(boundedMemory(message)).toEqual(message)
  })
})

describe("a history", () => {
  it("has its newest messages, as many as there is room for", () => {
    const said = Array.from({ length: 55 }, (_, at) =>
      makeEnvelope({ rowId: at, text: `${at} ${LONG.slice(0, 7_000_000)}` })
    )
    const { history, isCut } = boundedHistory(said)
    expect(isCut).toBe(true)
    expect(bytes(JSON.stringify(history))).toBeLessThanOrEqual(HISTORY_BYTES)
    expect(history.at(-1)?.text).toMatch(/^54 /u)
    expect(history.map(({ rowId }) => rowId)).toEqual(
      [...history.keys()].map((at) => 55 - history.length + at)
    )
  })

  it("is whole where there is room for it", () => {
    const said = [makeEnvelope({ rowId: 1 }), makeEnvelope({ rowId: 2 })]
    expect(boundedHistory(said)).toEqual({ history: said, isCut: false })
  })
})
