/** A delivery as the parts that are sent and done. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as ChunkerLive from "../../../../src/layers/chunker/ChunkerLive.ts"
import { formatted, partsOf } from "../../../../src/programs/account/outbox/parts.ts"
import { makeAccount } from "../../../support/configs.ts"
import { replyTo } from "../../../support/outbound.ts"

const bold = (start: number, length: number) => ({ start, length, styles: ["bold" as const] })

describe("the styles of chunks", () => {
  const rows: ReadonlyArray<
    readonly [
      what: string,
      text: string,
      chunks: ReadonlyArray<string>,
      format: ReturnType<typeof bold>,
      expected: unknown
    ]
  > = [
    [
      "of one chunk are those of the text",
      "one two",
      ["one two"],
      bold(4, 3),
      [{ text: "one two", format: [bold(4, 3)] }]
    ],
    [
      "count from the begin of each chunk",
      "one two",
      ["one", "two"],
      bold(4, 3),
      [{ text: "one" }, { text: "two", format: [bold(0, 3)] }]
    ],
    [
      "that reach over a cut are in both",
      "one two",
      ["one", "two"],
      bold(1, 5),
      [
        { text: "one", format: [bold(1, 2)] },
        { text: "two", format: [bold(0, 2)] }
      ]
    ],
    [
      "of the second of two equal chunks are its own",
      "hi hi",
      ["hi", "hi"],
      bold(3, 2),
      [{ text: "hi" }, { text: "hi", format: [bold(0, 2)] }]
    ],
    [
      "are none where the chunker wrote something else",
      "one",
      ["```one```"],
      bold(0, 3),
      [{ text: "```one```" }]
    ]
  ]
  for (const [what, text, chunks, format, expected] of rows) {
    it(what, () => expect(formatted(text, chunks, [format])).toEqual(expected))
  }
})

describe("the parts of a delivery", () => {
  const of = (delivery: Parameters<typeof partsOf>[1]) =>
    Effect.provide(partsOf(makeAccount({ textChunkLimit: 10 }), delivery), ChunkerLive.layer)

  it.effect("are its texts, files and polls, reply by reply, and then what is done beside", () =>
    Effect.gen(function* () {
      const poll = { question: "Where?", options: ["here", "there"] }
      const parts = yield* of({
        ...replyTo(7, "d"),
        replies: [
          { text: "one two three", media: ["/a.caf"], replyTo: "m", effect: "loud", voice: true },
          { poll }
        ],
        acts: [{ _tag: "React", guid: "m", reaction: "like" }]
      })
      expect(parts).toEqual([
        { _tag: "Text", text: "one two", replyTo: "m", effect: "loud" },
        { _tag: "Text", text: "three", replyTo: "m" },
        { _tag: "File", path: "/a.caf", replyTo: "m", voice: true },
        { _tag: "Poll", ...poll },
        { _tag: "React", guid: "m", reaction: "like" }
      ])
    })
  )
})
