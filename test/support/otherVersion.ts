/** The built program as another version of it: with another number, and with steps of its own for the server's schema. */
import { dirname } from "node:path"
import { FileSystem, Path } from "@effect/platform"
import { Effect } from "effect"
import type { SchemaStep } from "../../src/layers/postgres/schema/steps.ts"
import { VERSION } from "../../src/version.ts"
import { MAIN } from "./command.ts"
import { temporaryFolder } from "./folder.ts"

/** What the build makes of the two places in which a version says what it is. */
const NUMBER = `VERSION="${VERSION}"`
const STEPS_OF_THE_SCHEMA = /export\{(?=[^}]*\bSTEPS\b)/u

/** The path of its `main.js`. It goes with the scope. */
export const otherVersion = (version: string, ...steps: ReadonlyArray<SchemaStep>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const dir = path.join(yield* temporaryFolder("imsg-gateway-version-"), "dist")
    yield* fs.copy(dirname(MAIN), dir)
    let changed = 0
    for (const name of yield* fs.readDirectory(dir)) {
      if (!name.startsWith("piece-")) continue
      const file = path.join(dir, name)
      const before = yield* fs.readFileString(file)
      const after = before
        .replace(NUMBER, `VERSION="${version}"`)
        .replace(STEPS_OF_THE_SCHEMA, `STEPS.push(...${JSON.stringify(steps)});export{`)
      if (after === before) continue
      yield* fs.writeFileString(file, after)
      changed++
    }
    if (changed < 2) return yield* Effect.dieMessage("the build does not say its version where it did")
    return path.join(dir, path.basename(MAIN))
  })
