import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { changedSections } from "../../../src/programs/gateway/configSections.ts"
import { decode } from "../../../src/schemas/config/decode.ts"

const configOf = (content: Readonly<Record<string, unknown>>) =>
  decode({ text: JSON.stringify({ stateDir: "/tmp/x", ...content }), file: "/tmp/c.json5", env: {} })

describe("the sections that a reload changed", () => {
  const http = (token: string) => ({ control: { http: { port: 8080, token } } })
  it.effect.each([
    { before: {}, after: {}, changed: [] },
    { before: {}, after: { messages: { responsePrefix: "[bot]" } }, changed: ["messages"] },
    {
      before: {},
      after: { retention: { days: 3 }, agents: { maxConcurrent: 2 } },
      changed: ["agents", "retention"]
    },
    { before: {}, after: http("a-token-of-some-length-that-is-enough"), changed: ["control"] },
    {
      before: http("a-token-of-some-length-that-is-enough"),
      after: http("another-token-of-that-length-or-more"),
      changed: ["control"]
    },
    {
      before: { imessage: { defaultAccount: "default" } },
      after: {},
      changed: ["defaultAccount"]
    },
    { before: http("a-token-of-some-length-that-is-enough"), after: {}, changed: ["control"] },
    { before: {}, after: { imessage: { dmPolicy: "disabled" } }, changed: [] }
  ])("are named: $changed", ({ after, before, changed }) =>
    Effect.gen(function* () {
      const sections = changedSections(yield* configOf(before), yield* configOf(after))
      expect([...sections].sort()).toEqual(changed)
    })
  )
})
