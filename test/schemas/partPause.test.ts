import { describe, expect, it } from "@effect/vitest"
import { LONGEST_PAUSE_MS, pauseOf } from "../../src/schemas/partPause.ts"

describe("the pause of a part", () => {
  it("is longer each time, and no longer than a minute", () => {
    expect([0, 1, 2, 5, 6, 20].map((pauses) => pauseOf(pauses, 0.5))).toEqual([
      1000, 2000, 4000, 32_000, 60_000, 60_000
    ])
  })

  it("differs by a share, and is never longer than the longest", () => {
    expect(pauseOf(0, 0)).toBe(800)
    expect(pauseOf(20, 0.999)).toBeGreaterThan(71_000)
    expect(pauseOf(20, 0.999)).toBeLessThan(LONGEST_PAUSE_MS)
  })
})
