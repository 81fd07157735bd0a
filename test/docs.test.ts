import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, it } from "@effect/vitest"

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
