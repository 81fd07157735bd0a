/** What the page makes of requests that are not answered. */
import { describe, expect, it } from "@effect/vitest"
import { meansLost, unanswered } from "../../src/page/failure.ts"

/** As `fetch` throws them. */
const LATE = new DOMException("signal timed out", "TimeoutError")
const REFUSED = new TypeError("Failed to fetch")

describe("a request without an answer", () => {
  it.each([
    ["means that the gateway is lost where it was refused", REFUSED, false, true],
    ["means so too where that was its own state", REFUSED, true, true],
    ["says nothing of the connection where it took too long", LATE, false, false],
    ["means that it is lost where its own state took too long", LATE, true, true]
  ] as const)("%s", (_, error, isLifeline, isLost) => {
    expect(meansLost(unanswered(error, "GET", 15_000), isLifeline)).toBe(isLost)
  })

  it("may have been done where it took too long", () => {
    const { hint, message } = unanswered(LATE, "POST", 15_000)
    expect(message).toBe("the gateway did not answer within 15 s")
    expect(hint).toContain("look whether it was done")
    expect(unanswered(LATE, "GET", 15_000).hint).toBe("")
  })
})
