import { FileSystem } from "@effect/platform"
import { NodeFileSystem } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Either } from "effect"
import { markdown } from "../../src/programs/commands/config/markdown.ts"
import { decode } from "../../src/schemas/config/decode.ts"

describe("docs/configuration.md", () => {
  it.effect("is what the schemas say (else run `npm run docs`)", () =>
    Effect.gen(function* () {
      const fileSystem = yield* FileSystem.FileSystem
      expect(yield* fileSystem.readFileString("docs/configuration.md")).toBe(markdown())
    }).pipe(Effect.provide(NodeFileSystem.layer))
  )

  const examples = [...markdown().matchAll(/```json5\n([\s\S]*?)```/g)].map(([, text = ""]) => text)

  it("has examples", () => {
    expect(examples).toHaveLength(2)
  })

  it.each(examples)("has examples that are valid: %s", (text) => {
    expect(Either.isRight(decode({ text, file: "example", env: {} }))).toBe(true)
  })

  it("shows a first example that gives no warning", () => {
    const [text = ""] = examples
    expect(Either.getOrThrow(decode({ text, file: "example", env: {} })).warnings).toEqual([])
  })

  it.each([
    "imessage",
    "imessage.groups.<key>",
    "imessage.supervision.backoff",
    "agents",
    "agents.list[]",
    "control.http"
  ])("has a table for %s", (section) => {
    expect(markdown()).toContain(`### \`${section}\`\n`)
  })

  it("gives every row its four cells", () => {
    const [, everyKey = ""] = markdown().split("## Every key\n")
    const rows = everyKey.split("\n").filter((line) => line.startsWith("| "))
    expect(rows.length).toBeGreaterThan(50)
    expect(rows.filter((row) => row.split(" | ").length !== 4)).toEqual([])
  })
})
