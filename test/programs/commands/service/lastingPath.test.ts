import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { lastingPath } from "../../../../src/programs/commands/service/lastingPath.ts"

/** A Homebrew that has two versions of a formula; its link leads to the second one. */
const brewed = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const { join } = yield* Path.Path
  const prefix = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-brew-" })
  const versions = ["22.1.0", "22.12.0"].map((version) => join(prefix, "Cellar", "node@22", version))
  for (const version of versions) {
    yield* fs.makeDirectory(join(version, "bin"), { recursive: true })
    yield* fs.writeFileString(join(version, "bin", "node"), version)
  }
  yield* fs.makeDirectory(join(prefix, "opt"))
  yield* fs.symlink(join(prefix, "Cellar", "node@22", "22.12.0"), join(prefix, "opt", "node@22"))
  return (...parts: ReadonlyArray<string>) => join(prefix, ...parts)
})

describe("the path of a program that lasts", () => {
  const cases = [
    {
      what: "is Homebrew's own link where that leads to it",
      program: ["Cellar", "node@22", "22.12.0", "bin", "node"],
      lasting: ["opt", "node@22", "bin", "node"]
    },
    {
      what: "is its own where Homebrew's link leads to another version",
      program: ["Cellar", "node@22", "22.1.0", "bin", "node"],
      lasting: ["Cellar", "node@22", "22.1.0", "bin", "node"]
    },
    {
      what: "is its own where there is no such program",
      program: ["Cellar", "node", "1.0.0", "bin", "node"],
      lasting: ["Cellar", "node", "1.0.0", "bin", "node"]
    },
    {
      what: "is its own where it is not Homebrew's",
      program: ["opt", "node@22", "bin", "node"],
      lasting: ["opt", "node@22", "bin", "node"]
    }
  ]
  for (const { lasting, program, what } of cases) {
    it.scoped(what, () =>
      Effect.gen(function* () {
        const within = yield* brewed
        expect(yield* lastingPath(within(...program))).toBe(within(...lasting))
      }).pipe(Effect.provide(NodeContext.layer))
    )
  }
})
