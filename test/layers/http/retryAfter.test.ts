/** When a server wants to be asked again. */
import { describe, expect, it } from "@effect/vitest"
import { retryAfterMs } from "../../../src/layers/http/retryAfter.ts"

describe("a time to ask again", () => {
  const now = Date.UTC(2026, 0, 1)
  it.each([
    [undefined, undefined],
    ["7", 7000],
    ["0.5", 500],
    ["Thu, 01 Jan 2026 00:00:20 GMT", 20_000],
    ["Wed, 31 Dec 2025 23:59:00 GMT", 0],
    ["soon", undefined]
  ])("%s is %s ms", (header, ms) => {
    expect(retryAfterMs(header, now)).toBe(ms)
  })
})
