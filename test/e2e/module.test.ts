/** A gateway whose SQLite was made for another Node, as after an upgrade of Node, or was never made. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { MAIN, runWith } from "../support/command.ts"

const MODULES = ["better-sqlite3", "bindings", "file-uri-to-path"]

/** An installation in a folder of its own; `module` is what SQLite's native module is replaced with. */
const installed = (module: string | undefined) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { dirname, join } = yield* Path.Path
    const folder = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-module-" })
    const root = dirname(dirname(MAIN))
    yield* fs.makeDirectory(join(folder, "home"))
    yield* fs.copy(dirname(MAIN), join(folder, "dist"))
    yield* fs.copyFile(join(root, "package.json"), join(folder, "package.json"))
    for (const name of MODULES) {
      const to = join(folder, "node_modules", name)
      yield* fs.makeDirectory(to, { recursive: true })
      for (const part of yield* fs.readDirectory(join(root, "node_modules", name))) {
        if (part !== "build" && part !== "deps") {
          yield* fs.copy(join(root, "node_modules", name, part), join(to, part))
        }
      }
    }
    if (module !== undefined) {
      const release = join(folder, "node_modules", "better-sqlite3", "build", "Release")
      yield* fs.makeDirectory(release, { recursive: true })
      yield* fs.writeFileString(join(release, "better_sqlite3.node"), module)
    }
    const config = join(folder, "config.json5")
    yield* fs.writeFileString(config, "{}")
    const env = { HOME: join(folder, "home"), NO_COLOR: "1" }
    return (...args: ReadonlyArray<string>) =>
      runWith(env, "node", join(folder, "dist", "main.js"), ...args, "--config", config)
  })

const cases = [
  { what: "is of another Node", module: "no module of this one" },
  { what: "was not built", module: undefined }
]
for (const { module, what } of cases) {
  it.scopedLive(`an SQLite that ${what} is named with its remedy by all that need it`, () =>
    Effect.gen(function* () {
      const run = yield* installed(module)
      const started = yield* run()
      const listed = yield* run("pairing", "list")
      for (const { code, stderr } of [started, listed]) {
        expect(code).toBe(1)
        expect(stderr).toContain("SQLite's module does not load: ")
        expect(stderr).toContain("run `npm ci` in the gateway's folder with the Node that runs it")
        expect(stderr).not.toContain("    at ")
      }
      const { stdout } = yield* run("doctor")
      expect(stdout).toMatch(/✗ Node: v.*SQLite's module does not load: .*\n +→ .*npm ci/u)
    }).pipe(Effect.provide(NodeContext.layer))
  )
}
