import { describe, expect, it } from "@effect/vitest"
import { chunk } from "../../../src/layers/chunker/ChunkerLive.ts"
import type { ChunkOptions } from "../../../src/services/Chunker.ts"

const FAMILY = "👨‍👩‍👧‍👦"

describe("a text with a fenced block", () => {
  const rows: ReadonlyArray<{
    readonly what: string
    readonly text: string
    readonly limit: number
    readonly mode?: ChunkOptions["mode"]
    readonly chunks: ReadonlyArray<string>
  }> = [
    {
      what: "is broken before the block rather than inside",
      text: "a b c\n```\nd\n\ne\n```",
      limit: 16,
      chunks: ["a b c", "```\nd\n\ne\n```"]
    },
    {
      what: "is broken after the block rather than inside",
      text: "```\na\n\nb\n```\nc d e",
      limit: 16,
      chunks: ["```\na\n\nb\n```", "c d e"]
    },
    {
      what: "is broken in the prose before, at the best kind of break there",
      text: "a\n\nb c d\n```\nd\n\ne\n```",
      limit: 16,
      chunks: ["a", "b c d", "```\nd\n\ne\n```"]
    },
    {
      what: "is broken between words rather than inside the block",
      text: "aaaaaaaaaa bbbbbbb\n```\nc\nd\n```",
      limit: 16,
      chunks: ["aaaaaaaaaa", "bbbbbbb", "```\nc\nd\n```"]
    },
    {
      what: "is broken between blocks",
      text: "```\na\n\nb\n```\n~~~\nc\n~~~\nd",
      limit: 20,
      chunks: ["```\na\n\nb\n```", "~~~\nc\n~~~\nd"]
    },
    {
      what: "keeps the indentation of its first line",
      text: "- a b c d e f\n  ```\n  g\n  ```",
      limit: 20,
      chunks: ["- a b c d e f", "  ```\n  g\n  ```"]
    },
    {
      what: "that is longer than the limit has it closed and opened again",
      text: "```js\na()\nb()\nc()\nd()\n```",
      limit: 18,
      chunks: ["```js\na()\nb()\n```", "```js\nc()\nd()\n```"]
    },
    {
      what: "is closed and opened as it is itself",
      text: "  ~~~~ js\naaaa\nbbbb\ncccc\n ~~~~~",
      limit: 26,
      chunks: ["  ~~~~ js\naaaa\nbbbb\n ~~~~~", "  ~~~~ js\ncccc\n ~~~~~"]
    },
    {
      what: "is broken before a block that is longer than the limit too",
      text: "a b\n```\nc\nd\ne\nf\ng\n```",
      limit: 16,
      chunks: ["a b", "```\nc\nd\ne\nf\n```", "```\ng\n```"]
    },
    {
      what: "has no break before blank lines at the end of a block",
      text: "```\na\nb\nc\nd\n\n```\n\ne\n\nf g",
      limit: 15,
      chunks: ["```\na\nb\nc\nd\n```", "e\n\nf g"]
    },
    {
      what: "has prose with the last part of a block",
      text: "```\na\nb\nc\nd\ne\n```\nf\n\nggggggggg",
      limit: 16,
      chunks: ["```\na\nb\nc\nd\n```", "```\ne\n```\nf", "ggggggggg"]
    },
    {
      what: "is broken at a blank line of a long block rather than at a later line",
      text: "```\na\n\nb\nc\nd\ne\n```",
      limit: 17,
      chunks: ["```\na\n\n```", "```\nb\nc\nd\ne\n```"]
    },
    {
      what: "keeps the indentation of the lines of a long block",
      text: "```\n  a\n  b\n  c\n  d\n```",
      limit: 16,
      chunks: ["```\n  a\n  b\n```", "```\n  c\n  d\n```"]
    },
    {
      what: "keeps the line ends of a long block",
      text: "```js\r\na\r\nb\r\nc\r\nd\r\n```",
      limit: 18,
      chunks: ["```js\r\na\r\nb\r\nc\n```", "```js\r\nd\r\n```"]
    },
    {
      what: "has a line cut, behind white space, only where the line is longer than a chunk",
      text: "```\na\nb cccccc ddd\n```",
      limit: 16,
      chunks: ["```\na\n```", "```\nb \n```", "```\ncccccc \n```", "```\nddd\n```"]
    },
    {
      what: "has a long word in a block cut between graphemes",
      text: "```\naaaaaaaaaa👍🏽\n```",
      limit: 20,
      chunks: ["```\naaaaaaaaaa\n```", "```\n👍🏽\n```"]
    },
    {
      what: "has no part of a block without code",
      text: `\`\`\`\na\n${"\n".repeat(50)}b\n\`\`\``,
      limit: 16,
      chunks: [`\`\`\`\na${"\n".repeat(7)}\n\`\`\``, "```\nb\n```"]
    },
    {
      what: "loses blank lines in a block rather than cut the line after them",
      text: "```\na\nb\nc\n\n\n\n\ndddddddd\ne\n```",
      limit: 16,
      chunks: ["```\na\nb\nc\n\n\n\n```", "```\ndddddddd\n```", "```\ne\n```"]
    },
    {
      what: "has indentation that fills a chunk lost",
      text: `\`\`\`\na\n${" ".repeat(50)}b\n\`\`\``,
      limit: 16,
      chunks: ["```\na\n```", "```\nb\n```"]
    },
    {
      what: "has a block that is not closed closed at each break",
      text: "```\na\nb\nc\nd\ne\nf",
      limit: 14,
      chunks: ["```\na\nb\nc\n```", "```\nd\ne\nf"]
    },
    {
      what: "has a block opened again without an info string that leaves too little room",
      text: "```javascript\na\nb\nc\nd\ne\nf\ng\n```",
      limit: 21,
      chunks: ["```javascript\na\nb\n```", "```\nc\nd\ne\nf\ng\n```"]
    },
    {
      what: "has a block cut at its lines where fence lines leave no room",
      text: "```\n  a\n  b\n```\nc",
      limit: 8,
      chunks: ["```\n  a", "  b\n```", "c"]
    },
    {
      what: "has a block cut at its lines where its first line leaves no room",
      text: `\`\`\`${"i".repeat(20)}\na\nb\n\`\`\``,
      limit: 20,
      chunks: [`\`\`\`${"i".repeat(17)}`, "iii\na\nb\n```"]
    },
    {
      what: "has blank lines between fence lines cut too where a chunk has no room for both",
      text: `\`\`\`${"i".repeat(14)}\n\n\n\n\`\`\``,
      limit: 20,
      chunks: [`\`\`\`${"i".repeat(14)}\n\n\n`, "```"]
    },
    {
      what: "has a grapheme whole for which only fence lines leave no room",
      text: `\`\`\`\n${FAMILY}${FAMILY}\n\`\`\``,
      limit: 16,
      chunks: ["```", FAMILY, `${FAMILY}\n\`\`\``]
    },
    {
      what: "is not split at the blank lines of the block by newline",
      text: "a\n\n```\nb\n\nc\n```\n\nd",
      limit: 100,
      mode: "newline",
      chunks: ["a", "```\nb\n\nc\n```", "d"]
    },
    {
      what: "is not split after a block that is not closed by newline",
      text: "a\n\n```\nb\n\nc\n\nd",
      limit: 100,
      mode: "newline",
      chunks: ["a", "```\nb\n\nc\n\nd"]
    },
    {
      what: "has a long block split by newline too",
      text: "a\n\n```\nb\n\nc\nd\ne\nf\n```\n\ng",
      limit: 17,
      mode: "newline",
      chunks: ["a", "```\nb\n\n```", "```\nc\nd\ne\nf\n```", "g"]
    }
  ]
  for (const { chunks, limit, mode = "length", text, what } of rows) {
    it(what, () => expect(chunk(text, { limit, mode })).toEqual(chunks))
  }
})
