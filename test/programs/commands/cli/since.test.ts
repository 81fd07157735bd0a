import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import { sinceOf } from "../../../../src/programs/commands/cli/since.ts"

const NOW = Date.parse("2026-03-04T12:00:00Z")

describe("--since", () => {
  it.each([
    ["90m", NOW - 90 * 60_000],
    ["24h", NOW - 24 * 3_600_000],
    ["7d", NOW - 7 * 86_400_000],
    ["2026-03-04", Date.parse("2026-03-04")],
    ["2026-03-04T08:00:00Z", Date.parse("2026-03-04T08:00:00Z")],
    ["2026-03-04T08:00:00+01:00", Date.parse("2026-03-04T07:00:00Z")]
  ])("%s is a time", (text, expected) => {
    expect(sinceOf(text, NOW)).toEqual(Option.some(expected))
  })

  it.each(["", "yesterday", "7", "7w", "-1d", "2026-13-01", "2026-03-04 08:00", "1e9d"])(
    "%j is none",
    (text) => {
      expect(sinceOf(text, NOW)).toEqual(Option.none())
    }
  )
})
