import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import { idOfLongResponse } from "../../../src/layers/imsg/longResponse.ts"

const line = (text: string) => ({ head: text.slice(0, 128), tail: text.slice(-128) })
const long = JSON.stringify({ messages: [{ text: "x".repeat(500), id: 9 }] })

describe("the id of a response of which the ends are known", () => {
  const found = [
    ["first", `{"id":5,"jsonrpc":"2.0","result":${long}}`],
    ["second", `{"jsonrpc":"2.0","id":5,"result":${long}}`],
    ["before the version", `{"id":5,"result":${long},"jsonrpc":"2.0"}`],
    ["last", `{"jsonrpc":"2.0","result":${long},"id":5}`],
    ["last but one", `{"result":${long},"id":5,"jsonrpc":"2.0"}`],
    ["behind the version", `{"result":${long},"jsonrpc":"2.0","id":5}`],
    ["a string, with white space", `  { "id" : "5" , "result" : ${long} }  \r`]
  ] as const
  for (const [where, text] of found) {
    it(`is found where it stands ${where}`, () => {
      expect(idOfLongResponse(line(text))).toEqual(Option.some(5))
    })
  }

  const none = [
    ["a notification", `{"jsonrpc":"2.0","method":"message","params":{"message":{"id":5,"text":${long}}}}`],
    [
      "a message that ends with its id",
      `{"jsonrpc":"2.0","method":"message","params":{"text":${long},"id":5}}`
    ],
    ["a text that looks like one", `{"jsonrpc":"2.0","method":${JSON.stringify(`${long},"id":5}`)}}`],
    ["a line that is no JSON", "x".repeat(500)]
  ] as const
  for (const [what, text] of none) {
    it(`is none of ${what}`, () => expect(idOfLongResponse(line(text))).toEqual(Option.none()))
  }
})
