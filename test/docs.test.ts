import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "@effect/vitest"
import { Either } from "effect"
import { decode } from "../src/schemas/config/decode.ts"

const below = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? below(join(folder, entry.name)) : [join(folder, entry.name)]
  )

const pages = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  ...below("docs").filter((file) => file.endsWith(".md"))
]

describe("the documents", () => {
  it.each(pages)("link to files that there are: %s", (page) => {
    const links = [...readFileSync(page, "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/gu)].map(
      ([, to = ""]) => to
    )
    expect(links.filter((to) => !existsSync(join(dirname(page), to)))).toEqual([])
  })

  it.each(["ARCHITECTURE.md", "CONTRIBUTING.md"])("name files of the source that there are: %s", (page) => {
    const files = [...below("src"), ...below("test")].map((file) => `/${file}`)
    const named = [...readFileSync(page, "utf8").matchAll(/`[\w./]+\.ts`/gu)].map(([name]) => name)
    expect(named.length).toBeGreaterThan(10)
    expect(named.filter((name) => !files.some((file) => file.endsWith(`/${name.slice(1, -1)}`)))).toEqual([])
  })

  it("have every decision in the index", () => {
    const index = readFileSync("docs/decisions/README.md", "utf8")
    const decisions = readdirSync("docs/decisions").filter((name) => /^\d/u.test(name))
    expect(decisions.filter((name) => !index.includes(`(${name})`))).toEqual([])
  })
})

/** The blocks of the section that begins docs/agents.md, by what they are for. */
const blocks = (readFileSync("docs/agents.md", "utf8").split(/^## /mu)[1] ?? "")
  .split(/^### /mu)
  .slice(1)
  .map((part) => ({
    what: part.split("\n")[0] ?? "",
    text: part.match(/```json5\n([\s\S]*?)```/u)?.[1] ?? ""
  }))

describe("docs/agents.md begins with a config for each agent that people have:", () => {
  it.each(["Ollama", "LM Studio", "OpenAI", "OpenRouter", "Anthropic"])("%s is there", (what) => {
    expect(blocks.map((block) => block.what)).toContain(what)
  })

  it.each(blocks)("$what is valid as it stands, without a warning", ({ text }) => {
    const variables = [...text.matchAll(/\$\{(\w+)\}/gu)].map(([, name = ""]) => [name, "a-secret-of-mine"])
    const env = { HOME: "/Users/me", ...Object.fromEntries(variables) }
    const { agents, warnings, writtenSecrets } = Either.getOrThrow(decode({ text, file: "agents.md", env }))
    expect(agents.list[0].runtime.type).not.toBe("echo")
    expect({ warnings, writtenSecrets }).toEqual({ warnings: [], writtenSecrets: [] })
  })
})
