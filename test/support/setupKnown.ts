/** What `setup` knows, to begin tests with. */
import { Redacted } from "effect"
import type { Known, Wishes } from "../../src/programs/commands/setup/Known.ts"
import { offersOf } from "../../src/programs/commands/setup/offers.ts"

export const OWNER = "+15555550111"
export const wishes: Wishes = { yes: false, imsg: undefined, agent: undefined, owner: undefined }
export const offers = offersOf({
  models: new Map([["http://localhost:11434/v1", ["llama3.2", "qwen3:8b"]]]),
  env: { OPENAI_API_KEY: "sk-1" },
  programs: new Map()
})

/** Of a blank machine. */
export const blank: Known = {
  wishes,
  platform: "darwin",
  file: "/Users/me/.imsg-gateway/config.json5",
  written: undefined,
  isNew: false,
  gatewayRuns: false,
  offers,
  found: undefined,
  imsg: undefined,
  checks: undefined,
  offer: undefined,
  agent: undefined,
  owner: undefined,
  tried: undefined,
  service: { _tag: "Absent" },
  greeted: undefined
}

/** An owner who was sent a code. */
export const asked = { _tag: "Asked", handle: OWNER, code: Redacted.make("ABCD"), wrong: 0 } as const
