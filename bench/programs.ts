/** The programs that a measurement starts. */
import { fileURLToPath } from "node:url"
import { Command, FileSystem } from "@effect/platform"
import { Effect } from "effect"

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** The built gateway, which lies beside the built bench; it is the simulator too. */
export const MAIN = pathOf("./main.js")
/** Where results are written. */
export const RESULTS = pathOf("../bench/results")

const ESBUILD = pathOf("../node_modules/esbuild/bin/esbuild")
const SOURCES = [pathOf("../bench/floor.ts"), pathOf("../bench/child.ts")]

/**
 * Bundles the floor and the child in memory, each by itself: a part of the bench's own file they would start
 * twice as slowly, and a floor must be low. The folder is removed with the scope.
 */
export const bundlePrograms = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-bench-programs-" })
  const command = Command.make(
    process.execPath,
    ESBUILD,
    ...SOURCES,
    "--bundle",
    "--platform=node",
    "--format=esm",
    "--target=node20",
    "--out-extension:.js=.mjs",
    "--log-level=warning",
    `--outdir=${folder}`
  )
  const code = yield* Command.exitCode(Command.stderr(command, "inherit"))
  if (code !== 0) return yield* Effect.fail(new Error(`esbuild ended with ${code}; run \`npm ci\` first`))
  return { floor: `${folder}/floor.mjs`, child: `${folder}/child.mjs` }
})

/** What `bundlePrograms` gives: paths. */
export type Programs = Effect.Effect.Success<typeof bundlePrograms>
