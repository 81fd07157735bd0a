/** The file that describes the service. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Option } from "effect"
import { failureWords, isNotFound } from "../../../schemas/errors/platformWords.ts"
import { ServiceFileUnusable, ServiceNotInstalled } from "../../../schemas/errors/service.ts"

const unusable = (file: string) => (error: unknown) =>
  new ServiceFileUnusable({ file, detail: failureWords(error) })

/** The text of the file; none where it does not exist. */
export const read = (file: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    return yield* Effect.asSome(fs.readFileString(file)).pipe(
      Effect.catchIf(isNotFound, () => Effect.succeed(Option.none<string>())),
      Effect.mapError(unusable(file))
    )
  })

/** Fails where the file does not exist. */
export const demand = (file: string) =>
  Effect.flatMap(
    read(file),
    Option.match({ onNone: () => new ServiceNotInstalled({ file }), onSome: Effect.succeed })
  )

/** Writes the file at once or not at all: a service manager must never read half of it. */
export const write = (file: string, text: string, mode: number) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const unfinished = `${file}.${process.pid}`
    yield* fs.makeDirectory(path.dirname(file), { recursive: true })
    yield* fs.writeFileString(unfinished, text, { mode })
    yield* fs.rename(unfinished, file)
  }).pipe(Effect.mapError(unusable(file)))

export const remove = (file: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* Effect.mapError(fs.remove(file, { force: true }), unusable(file))
  })

/** Makes the folder of the logs: a service manager would make it for everybody to read, or not at all. */
export const makeLogDir = (output: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const dir = path.dirname(output)
    yield* fs.makeDirectory(dir, { recursive: true, mode: 0o700 }).pipe(Effect.mapError(unusable(dir)))
  })
