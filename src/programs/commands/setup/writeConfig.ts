/** Writes the config: whole or not at all, for its owner alone, and never over another. */
import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect } from "effect"
import { SetupStuck } from "../../../schemas/errors/setup.ts"

const refused = (file: string) => (error: PlatformError) =>
  new SetupStuck({
    step: "Config",
    problem:
      error._tag === "SystemError" && error.reason === "AlreadyExists"
        ? `${file} is there by now, and is not touched`
        : `${file} cannot be written: ${error._tag === "SystemError" ? error.reason : error.message}`,
    remedy: "Run setup again; or name another file with --config."
  })

/** The file has mode 600; a folder that is made for it has 700. */
export const writeConfig = (file: string, text: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const folder = path.dirname(file)
    yield* fs.makeDirectory(folder, { recursive: true, mode: 0o700 })
    const draft = yield* Effect.acquireRelease(
      fs.makeTempFile({ directory: folder, prefix: ".setup-" }),
      (temporary) => Effect.ignore(fs.remove(path.dirname(temporary), { recursive: true }))
    )
    yield* fs.writeFileString(draft, text)
    yield* fs.chmod(draft, 0o600)
    // A link is made only where nothing has the name, and then it is the whole file.
    yield* fs.link(draft, file)
  }).pipe(Effect.scoped, Effect.mapError(refused(file)))
