import { describe, expect, it } from "@effect/vitest"
import { normaliseHandle } from "../../src/schemas/Handle.ts"
import { isMachine } from "../../src/schemas/Sender.ts"

describe("who writes", () => {
  const rows: ReadonlyArray<readonly [sender: string, isMachine: boolean]> = [
    ["+15555550123", false],
    ["(555) 555-0123", false],
    ["+4790909090", false],
    ["Ada@Example.com", false],
    ["MYBANK", true],
    ["My Bank", true],
    ["26266", true],
    ["sms:26266", true],
    ["+262", true],
    ["urn:biz:5555550101", true],
    ["@", true],
    ["", true]
  ]
  for (const [sender, is] of rows) {
    it(`is ${is ? "a machine" : "a person"}: ${sender}`, () =>
      expect(isMachine(normaliseHandle(sender, "US"))).toBe(is))
  }
})
