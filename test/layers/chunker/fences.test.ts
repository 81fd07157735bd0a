import { describe, expect, it } from "@effect/vitest"
import { findFences } from "../../../src/layers/chunker/fences.ts"

describe("a fenced block", () => {
  const rows: ReadonlyArray<{
    readonly what: string
    readonly text: string
    readonly blocks: ReadonlyArray<string>
  }> = [
    {
      what: "is three backticks, code and three backticks",
      text: "a\n```\nb\n```\nc",
      blocks: ["```\nb\n```"]
    },
    { what: "is three tildes, code and three tildes", text: "~~~\nb\n~~~", blocks: ["~~~\nb\n~~~"] },
    { what: "is not two backticks", text: "``\nb\n``", blocks: [] },
    { what: "has an info string", text: "``` js x\nb\n```", blocks: ["``` js x\nb\n```"] },
    { what: "of backticks has no backtick in its info string", text: "``` a`b\nc", blocks: [] },
    { what: "of tildes may have one there", text: "~~~ a`b\nc\n~~~", blocks: ["~~~ a`b\nc\n~~~"] },
    { what: "is not code in a line", text: "```a``` b\nc", blocks: [] },
    { what: "does not begin inside a line", text: "a ```\nb", blocks: [] },
    {
      what: "may be indented by three spaces",
      text: "a\n   ```\n   b\n  ```",
      blocks: ["   ```\n   b\n  ```"]
    },
    { what: "is not indented by four", text: "a\n    ```\nb", blocks: [] },
    {
      what: "is not closed by a line that is indented by four",
      text: "```\n    ```\nb",
      blocks: ["```\n    ```\nb"]
    },
    { what: "is closed by a longer fence", text: "```\nb\n`````\nc", blocks: ["```\nb\n`````"] },
    { what: "is not closed by a shorter one", text: "````\nb\n```\nc", blocks: ["````\nb\n```\nc"] },
    { what: "is not closed by one of the other character", text: "```\n~~~\n```", blocks: ["```\n~~~\n```"] },
    {
      what: "is not closed by one with an info string",
      text: "```\n``` b\n```",
      blocks: ["```\n``` b\n```"]
    },
    {
      what: "ends before the white space of its closing line",
      text: "```\nb\n``` \t\nc",
      blocks: ["```\nb\n```"]
    },
    { what: "has lines that end in CR LF", text: "```js\r\nb\r\n```\r\nc", blocks: ["```js\r\nb\r\n```"] },
    {
      what: "runs to the end of the text where it is not closed",
      text: "a\n```\nb\n\nc",
      blocks: ["```\nb\n\nc"]
    },
    { what: "without code is one", text: "```\n```\na", blocks: ["```\n```"] },
    { what: "may be the last line", text: "a\n```js", blocks: ["```js"] },
    { what: "comes after another", text: "```\na\n```\n```\nb\n```", blocks: ["```\na\n```", "```\nb\n```"] }
  ]
  for (const { blocks, text, what } of rows) {
    it(what, () => expect(findFences(text).map(({ end, start }) => text.slice(start, end))).toEqual(blocks))
  }

  it("has the code between its lines, its marker and its closing line", () => {
    const text = "  ```js\n\n  a\n \n ````"
    const [fence] = findFences(text)
    expect(text.slice(fence?.body, fence?.bodyEnd)).toBe("\n  a")
    expect(fence).toMatchObject({ marker: "  ```", closing: " ````" })
  })

  it("that is not closed would be closed by its marker", () => {
    expect(findFences(" ~~~~ sh\na")).toMatchObject([{ marker: " ~~~~", closing: " ~~~~" }])
  })
})
