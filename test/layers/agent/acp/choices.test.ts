/** What is chosen of what an agent offers. */
import { describe, expect, it } from "@effect/vitest"
import { chooseModel, chooseOption, ModelChoice } from "../../../../src/layers/agent/acp/choices.ts"
import { waitOf } from "../../../../src/layers/agent/acp/troubles.ts"

const small = { value: "small-1", name: "Small" }
const large = { value: "large-1", name: "Large" }
const models = { id: "m", category: "model", currentValue: "small-1", options: [small, large] }
const grouped = { ...models, options: [{ options: [small] }, { options: [large] }] }

describe("a model", () => {
  it.each([
    { wanted: "small-1", options: [models], choice: ModelChoice.Chosen() },
    { wanted: "large-1", options: [models], choice: ModelChoice.Choose({ configId: "m", value: "large-1" }) },
    { wanted: "LARGE", options: [grouped], choice: ModelChoice.Choose({ configId: "m", value: "large-1" }) },
    { wanted: "huge", options: [grouped], choice: ModelChoice.Unknown({ known: ["small-1", "large-1"] }) },
    {
      wanted: "a",
      options: [{ id: "mode", category: "mode", options: [{ value: "a" }] }],
      choice: ModelChoice.Unknown({ known: [] })
    },
    { wanted: "large-1", options: null, choice: ModelChoice.Unknown({ known: [] }) }
  ])("$wanted is found by its own name or by the one that people see", ({ choice, options, wanted }) => {
    expect(chooseModel(wanted, options)).toEqual(choice)
  })
})

describe("leave", () => {
  const offered = (...kinds: ReadonlyArray<string>) => kinds.map((kind) => ({ optionId: `o-${kind}`, kind }))
  it.each([
    { allowed: true, kinds: ["allow_always", "allow_once", "reject_once"], optionId: "o-allow_once" },
    { allowed: false, kinds: ["allow_always", "allow_once", "reject_once"], optionId: "o-reject_once" },
    // What would hold from now on is never given, and what is not offered is no leave.
    { allowed: true, kinds: ["allow_always", "reject_once"], optionId: "o-reject_once" },
    { allowed: true, kinds: ["allow_always", "reject_always"], optionId: undefined },
    { allowed: false, kinds: ["reject_always"], optionId: undefined },
    { allowed: true, kinds: [], optionId: undefined }
  ])("that is $allowed, of $kinds, is $optionId", ({ allowed, kinds, optionId }) => {
    expect(chooseOption(allowed, offered(...kinds))).toEqual(
      optionId === undefined ? { outcome: "cancelled" } : { outcome: "selected", optionId }
    )
  })
})

describe("an agent that fails", () => {
  it.each([
    { failures: 1, after: 0, wait: 1000 },
    { failures: 1, after: 400, wait: 600 },
    { failures: 1, after: 1000, wait: 0 },
    { failures: 3, after: 0, wait: 4000 },
    { failures: 30, after: 0, wait: 60_000 },
    { failures: 3000, after: 60_000, wait: 0 }
  ])(
    "for the $failures. time in a row, $after ms ago, is left alone for $wait ms",
    ({ after, failures, wait }) => {
      expect(waitOf({ failures, lastAt: 5000 }, 5000 + after)).toBe(wait)
    }
  )
})
