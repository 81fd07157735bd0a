/** What people read of a private bridge. */
import { describe, expect, it } from "@effect/vitest"
import { bridgeOf } from "../../src/schemas/bridgeOf.ts"
import { bridgeInWords } from "../../src/schemas/bridgeWords.ts"
import { type Capabilities, NO_CAPABILITIES } from "../../src/schemas/Capabilities.ts"

const CASES: ReadonlyArray<{ readonly has: Partial<Capabilities>; readonly words: string }> = [
  { has: {}, words: "none" },
  // Without its bridge nothing of what is listed works.
  { has: { methods: new Set(["typing", "read"]) }, words: "none" },
  {
    has: { bridge: "ready", methods: new Set(["poll.send", "read", "typing", "send"]) },
    words: "ready (typing, read receipts, polls)"
  },
  { has: { bridge: "ready", methods: new Set(["send"]) }, words: "ready, with nothing that is used here" },
  {
    has: { bridge: "broken", error: "helper_version_mismatch" },
    words: "does not work: helper_version_mismatch"
  },
  { has: { bridge: "broken" }, words: "does not work" }
]

describe("a bridge in words", () => {
  for (const { has, words } of CASES) {
    it(`is: ${words}`, () => {
      expect(bridgeInWords(bridgeOf({ ...NO_CAPABILITIES, ...has }))).toBe(words)
    })
  }
})
