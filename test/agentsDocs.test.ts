/** The configs that docs/agents.md shows: each is one that the gateway starts with. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import { Either, Schema } from "effect"
import { Effect } from "../src/schemas/Act.ts"
import { AgentOutput } from "../src/schemas/AgentOutput.ts"
import { BridgeMethods } from "../src/schemas/BridgeMethods.ts"
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

describe("an answer of docs/agents.md", () => {
  const more = page.slice(page.indexOf("## More than words"), page.indexOf("## The turn as JSON"))
  const answers = [...more.matchAll(/```json\n([\s\S]*?)```/gu)].map(([, text = ""]) => text)
  const decodeAnswer = Schema.decodeUnknownSync(Schema.parseJson(AgentOutput), { onExcessProperty: "error" })

  it.each(answers)("is one that the gateway takes: %s", (text) => {
    expect(decodeAnswer(text).replies).toBeInstanceOf(Array)
  })

  it("together have all that an answer may have", () => {
    const decoded = answers.map((text) => decodeAnswer(text))
    expect(new Set(decoded.flatMap((answer) => Object.keys(answer)))).toEqual(
      new Set(Object.keys(AgentOutput.fields))
    )
    const replies = decoded.flatMap((answer) => answer.replies)
    expect(new Set(replies.flatMap((reply) => Object.keys(reply)))).toEqual(
      new Set(["text", "media", "replyTo", "effect", "voice", "poll"])
    )
  })

  it("has every effect by its name", () => {
    expect(Effect.literals.filter((name) => !more.includes(`\`${name}\``))).toEqual([])
  })

  it("names methods of imsg that are asked for", () => {
    const asked = Object.values(BridgeMethods).map(({ name }) => name)
    const named = [...more.matchAll(/`([a-z]+\.[a-z]+)`/gu)].map(([, name = ""]) => name)
    const notMethods = [
      "tapback.emoji",
      "imessage.typing",
      "messages.interim",
      "messages.ack",
      "messages.budget"
    ]
    expect(named.filter((name) => !asked.includes(name) && !notMethods.includes(name))).toEqual([])
  })
})
