import { describe, expect, it } from "@effect/vitest"
import { piecesOf } from "../../../../src/programs/session/markdown/pieces.ts"

const lines = (count: number, line: string) => `${line}\n`.repeat(count)

const shapes: ReadonlyArray<readonly [what: string, text: string, pieces: number, areMarkdown: boolean]> = [
  ["nothing", "", 1, true],
  ["a short text", "one\n\ntwo", 1, true],
  ["paragraphs", lines(100, `${"word ".repeat(20)}\n`), 3, true],
  ["a list without a blank line", lines(100, `- ${"word ".repeat(20)}`), 2, true],
  ["code, however long", `text\n\`\`\`\n${lines(5000, "x = *1*\n")}\`\`\`\ntext`, 1, true],
  ["code without an end", `text\n~~~~\n${lines(5000, "~~~\n")}`, 1, true],
  ["one endless line", "_a".repeat(20_000), 1, false],
  ["lines that are set in, without an end", lines(5000, "  - a"), 1, false]
]

describe("the pieces of a text", () => {
  it.each(shapes)("are the text again: %s", (_, text, count, areMarkdown) => {
    const pieces = piecesOf(text)
    expect(pieces.map((piece) => piece.text).join("")).toBe(text)
    expect(pieces).toHaveLength(count)
    expect(pieces.every(({ isMarkdown }) => isMarkdown === areMarkdown)).toBe(true)
  })

  it("leave an endless line alone, and nothing around it", () => {
    const endless = `${"_a".repeat(20_000)}\n`
    expect(piecesOf(`*one*\n${endless}*two*`)).toEqual([
      { text: "*one*\n", isMarkdown: true },
      { text: endless, isMarkdown: false },
      { text: "*two*", isMarkdown: true }
    ])
  })
})
