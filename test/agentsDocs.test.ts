/** The configs that docs/agents.md shows: each is one that the gateway starts with. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import { Either } from "effect"
import { decode } from "../src/schemas/config/decode.ts"

const page = readFileSync("docs/agents.md", "utf8")
const section = page.slice(page.indexOf("## Which agent do you have?"), page.indexOf("## Runtimes"))
const blocks = [...section.matchAll(/```json5\n([\s\S]*?)```/gu)].map(([, text = ""], at) => ({
  text,
  named: `${at + 1}, ${/(?:preset|type): "(\w+)"/u.exec(text)?.[1]}`
}))

describe("a config of docs/agents.md", () => {
  it("is there for every agent that people have", () => {
    const all = blocks.map(({ text }) => text).join("")
    for (const name of [
      "claude",
      "codex",
      "gemini",
      "opencode",
      "n8n",
      "homeassistant",
      "command",
      "webhook"
    ]) {
      expect(all).toContain(`"${name}"`)
    }
  })

  it.each(blocks)("is valid, and gives no warning: $named", ({ text }) => {
    const names = [...text.matchAll(/\$\{(\w+)\}/gu)].map(([, name = ""]) => name)
    const env = {
      HOME: "/Users/me",
      ...Object.fromEntries(names.map((name) => [name, "a secret of the tests"]))
    }
    expect(Either.map(decode({ text, file: "config.json5", env }), ({ warnings }) => warnings)).toEqual(
      Either.right([])
    )
  })
})
