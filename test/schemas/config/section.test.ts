import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import { section, sectionsIn, settle } from "../../../src/schemas/config/section.ts"
import { option } from "../../../src/schemas/config/values.ts"

const keys = {
  host: option(Schema.String, "Where."),
  port: option(Schema.Number, "By which door.", 80),
  roots: option(Schema.Array(Schema.String), "What.", ["/"]),
  retry: section("Retry", "How often.", {
    times: option(Schema.Number, "At most.", 3),
    wait: section("Wait", "Between.", { ms: option(Schema.Number, "In ms.", 10) })
  })
}

describe("settle", () => {
  it("has of each key what holds where nothing is said, and no key without a default", () => {
    expect(settle(keys, [])).toEqual({ port: 80, roots: ["/"], retry: { times: 3, wait: { ms: 10 } } })
  })

  it("takes a key from the first that says it, also nought and nothing", () => {
    const own = { port: 0, roots: [] }
    expect(settle(keys, [own, { host: "a", port: 1, roots: ["/b"] }])).toMatchObject({ host: "a", ...own })
  })

  it("merges sections key by key", () => {
    expect(
      settle(keys, [{ retry: { wait: { ms: 1 } } }, { retry: { times: 5, wait: { ms: 2 } } }]).retry
    ).toEqual({
      times: 5,
      wait: { ms: 1 }
    })
  })
})

it("names the sections, each before those in it", () => {
  expect(sectionsIn(keys)).toEqual(["retry", "retry.wait"])
})
