/** Where an answer ends that is too much for one turn. */
import { describe, expect, it } from "@effect/vitest"
import { FastCheck as fc } from "effect"
import { chunk } from "../../../src/layers/chunker/ChunkerLive.ts"
import { boundedReplies, MAX_TURN_BYTES } from "../../../src/programs/session/boundedReplies.ts"
import { MAX_PART } from "../../../src/schemas/bounds.ts"
import { CUT_MARK } from "../../../src/schemas/cut.ts"
import type { DeliveredReply } from "../../../src/schemas/Delivery.ts"

const MARK = { text: CUT_MARK }

const POLL = { question: "When?", options: ["Now", "Later"] }

/** Chunks are words here. */
const words = (text: string) => text.split(" ").filter((word) => word !== "")

const bounded = (replies: ReadonlyArray<DeliveredReply>, maxParts = 3) =>
  boundedReplies(replies, { maxParts, chunk: words })

describe("an answer", () => {
  it.each<{
    what: string
    replies: ReadonlyArray<DeliveredReply>
    kept: ReadonlyArray<DeliveredReply>
    parts: number
  }>([
    { what: "of nothing stays so", replies: [], kept: [], parts: 0 },
    {
      what: "of as many parts as are allowed stays as it is",
      replies: [{ text: "a b", media: ["/1"] }],
      kept: [{ text: "a b", media: ["/1"] }],
      parts: 3
    },
    {
      what: "with a reply too many ends after the last that is allowed",
      replies: [{ text: "a" }, { text: "b" }, { text: "c" }, { text: "d" }, { text: "e" }],
      kept: [{ text: "a" }, { text: "b" }, { text: "c" }, MARK],
      parts: 4
    },
    {
      what: "with a chunk too many ends between two chunks, without the files behind them",
      replies: [{ text: "a" }, { text: "b c d", media: ["/1"] }],
      kept: [{ text: "a" }, { text: "b" }, { text: "c" }, MARK],
      parts: 4
    },
    {
      what: "with a file too many keeps the files before it",
      replies: [{ text: "a b", media: ["/1", "/2"] }],
      kept: [{ text: "a b", media: ["/1"] }, MARK],
      parts: 4
    },
    {
      what: "whose text fills the turn is sent without its files",
      replies: [{ text: "a b c", media: ["/1"] }],
      kept: [{ text: "a b c", media: [] }, MARK],
      parts: 4
    },
    {
      what: "counts a poll as one part",
      replies: [{ text: "a b", poll: POLL }],
      kept: [{ text: "a b", poll: POLL }],
      parts: 3
    },
    {
      what: "with a poll too many ends before it",
      replies: [{ text: "a", media: ["/1", "/2"], poll: POLL }],
      kept: [{ text: "a", media: ["/1", "/2"] }, MARK],
      parts: 4
    },
    {
      what: "with a chunk too many has the effect at the first, and is a reply to the same message in all",
      replies: [{ text: "a b c d", effect: "impact", replyTo: "m", poll: POLL }],
      kept: [
        { text: "a", effect: "impact", replyTo: "m" },
        { text: "b", replyTo: "m" },
        { text: "c", replyTo: "m" },
        MARK
      ],
      parts: 4
    },
    {
      what: "with a chunk too many is shown as it was",
      replies: [{ text: "a b c d", format: [{ start: 2, length: 3, styles: ["bold"] }] }],
      kept: [
        { text: "a" },
        { text: "b", format: [{ start: 0, length: 1, styles: ["bold"] }] },
        { text: "c", format: [{ start: 0, length: 1, styles: ["bold"] }] },
        MARK
      ],
      parts: 4
    },
    {
      what: "of texts that are too long together ends before the one that is too much",
      replies: [{ text: "a" }, { text: "x".repeat(MAX_TURN_BYTES) }, { text: "b" }],
      kept: [{ text: "a" }, MARK],
      parts: 2
    }
  ])("$what", ({ kept, parts, replies }) => {
    expect(bounded(replies)).toEqual({ replies: kept, parts, isCut: kept.includes(MARK) })
  })

  const paragraphs = fc.array(fc.stringMatching(/^[a-z` \n]{0,30}$/u)).map((all) => all.join("\n\n"))

  it("is sent in as many parts as it was counted in, also when it was cut", () => {
    fc.assert(
      fc.property(
        fc.array(paragraphs, { maxLength: 5 }),
        fc.integer({ min: 8, max: 40 }),
        fc.constantFrom<"length" | "newline">("length", "newline"),
        (texts, limit, mode) => {
          const cut = (text: string) => chunk(text, { limit, mode })
          const { parts, replies } = boundedReplies(
            texts.map((text) => ({ text })),
            { maxParts: 6, chunk: cut }
          )
          const sent = replies.flatMap(({ text }) => cut(text ?? ""))
          expect(sent.length).toBe(parts)
          expect(parts).toBeLessThanOrEqual(7)
        }
      ),
      { examples: [[["a\n\n```\n\n`a`\n\na\n\n \n\n`\n\n``\n\na`\n`\n\na `"], 8, "newline"]] }
    )
  })

  it("of one chunk of the longest kind is sent, whatever letters it has", () => {
    const { isCut } = boundedReplies([{ text: "漢".repeat(MAX_PART) }], {
      maxParts: 1,
      chunk: (text) => chunk(text, { limit: MAX_PART, mode: "length" })
    })
    expect(isCut).toBe(false)
  })
})
