/** Programs of tests that run as processes of their own. */
import { FileSystem, Path } from "@effect/platform"
import { Effect } from "effect"
import { build } from "esbuild"

const REQUIRE =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);'

/** A program in one file that node runs, made of a module with all that it imports. It goes with the scope. */
export const bundled = (entry: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const outfile = path.join(yield* fs.makeTempDirectoryScoped(), "program.mjs")
    yield* Effect.promise(() =>
      build({
        entryPoints: [entry],
        outfile,
        bundle: true,
        format: "esm",
        platform: "node",
        banner: { js: REQUIRE },
        logLevel: "silent"
      })
    )
    return outfile
  })
