/** What the documents show is what there is: each config is one that the gateway takes, each command is one that it has. */
import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Either } from "effect"
import { decode } from "../src/schemas/config/decode.ts"
import { run } from "./support/command.ts"

const PAGES = [
  "README.md",
  ...readdirSync("docs").flatMap((name) => (name.endsWith(".md") ? [`docs/${name}`] : []))
]
const texts = PAGES.map((page) => ({ page, text: readFileSync(page, "utf8") }))

/** A part of a config stands for the whole that it belongs to. */
const whole = (block: string): string => {
  const text = block.trim()
  if (/^runtime:/u.test(text)) return `{ agents: { list: [{ id: "main", ${text} }] } }`
  if (/^\{\s*id:/u.test(text)) return `{ agents: { list: [${text}] } }`
  return text.startsWith("{") ? text : `{ ${text} }`
}

const configs = texts.flatMap(({ page, text }) =>
  [...text.matchAll(/```json5\n([\s\S]*?)```/gu)].map(([, block = ""], at) => ({ page, at: at + 1, block }))
)

describe("a config that the documents show", () => {
  it.each(configs)("is one that the gateway takes: $page, $at", ({ block }) => {
    const variables = [...block.matchAll(/\$\{(\w+)\}/gu)].map(([, name = ""]) => [
      name,
      "a-secret-of-the-tests-as-long-as-any-has-to-be"
    ])
    const env = { HOME: "/Users/me", ...Object.fromEntries(variables) }
    const decoded = decode({ text: whole(block), file: "config.json5", env })
    expect(Either.getLeft(decoded)).toMatchObject({ _tag: "None" })
    const { warnings } = Either.getOrThrow(decoded)
    expect(warnings.filter((warning) => warning.includes("not known here"))).toEqual([])
  })
})

/** Commands that only hold others. */
const GROUPS = [
  "agent",
  "chats",
  "cluster",
  "config",
  "conversations",
  "deadletters",
  "pairing",
  "permissions",
  "service",
  "simulator",
  "tokens"
]

/** Where a command begins in a block or in a sentence, up to what is the shell's again. */
const COMMAND = /(?:^|[`(&|;!]) *imsg-gateway((?: [^\n`|&;>)#]*)?)/gmu

const commandOf = (line: string) => {
  const words = line.trim().split(/\s+/u)
  const isWord = (word: string | undefined): word is string => word !== undefined && /^[a-z]+$/u.test(word)
  const [first, second] = words
  const path = isWord(first) ? [first, ...(GROUPS.includes(first) && isWord(second) ? [second] : [])] : []
  return { path: path.join(" "), options: words.flatMap((word) => /^--[a-z-]+/u.exec(word) ?? []) }
}

const shown = texts.flatMap(({ text }) => [...text.matchAll(COMMAND)].map(([, line = ""]) => commandOf(line)))
const commands = [...new Set(shown.map(({ path }) => path))].sort().map((path) => ({
  path,
  options: [...new Set(shown.filter((one) => one.path === path).flatMap(({ options }) => options))]
}))

const help = (path: string) => run(...path.split(" ").filter(Boolean), "--help")

const parents = [
  ...new Set(commands.flatMap(({ path }) => (path === "" ? [] : [path.split(" ").slice(0, -1).join(" ")])))
]

describe("a command that the documents show", () => {
  it("is found by this test", () => {
    expect(commands.length).toBeGreaterThan(25)
    expect(commands).toContainEqual({
      path: "conversations clear",
      options: expect.arrayContaining(["--of"])
    })
  })

  it.effect.each(parents)("is in the help of what it belongs to: imsg-gateway %s", (parent) =>
    Effect.gen(function* () {
      const { stdout } = yield* help(parent)
      const below = commands.flatMap(({ path }) => {
        const words = path.split(" ")
        return path !== "" && words.slice(0, -1).join(" ") === parent ? words.slice(-1) : []
      })
      const words = new Set(stdout.split(/[^\w-]+/u))
      expect(below.filter((word) => !words.has(word))).toEqual([])
    })
  )

  it.effect.each(commands.filter(({ options }) => options.length > 0))(
    "has the options that it is shown with: imsg-gateway $path",
    ({ options, path }) =>
      Effect.gen(function* () {
        const { stdout } = yield* help(path)
        expect(options.filter((option) => !stdout.includes(option))).toEqual([])
      })
  )
})
