import { expect, it } from "@effect/vitest"
import { filled } from "../../src/schemas/filled.ts"

it("fills what it has a value for, and leaves the rest as it is written", () => {
  const values = { agent: "Ada", model: undefined }
  expect(filled("{agent}: {model} {agent} {constructor} {} {a b}", values)).toBe(
    "Ada: {model} Ada {constructor} {} {a b}"
  )
})
