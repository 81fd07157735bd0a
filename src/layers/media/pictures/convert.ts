/** Makes a JPEG of a picture, by the first program that can. */
import { Command, FileSystem, Path } from "@effect/platform"
import { Effect, Stream } from "effect"
import { platformWords } from "../../../schemas/errors/platformWords.ts"
import { feed, listenUntilExit, ProcessGroup } from "../../../services/ProcessGroup.ts"
import { startFailure } from "../../process/startFailure.ts"
import { type Converter, RESULT, sourceName } from "./converters.ts"
import { isGoodResult, type Size, type Source } from "./kinds.ts"
import { look } from "./look.ts"

const TAIL_CHARS = 300

/** Runs a converter in a folder. Fails with why it did not do it. */
const run = ({ args, program }: Converter, source: Source, folder: string) =>
  Effect.gen(function* () {
    const groups = yield* ProcessGroup
    const command = Command.make(program, ...args(source)).pipe(Command.workingDirectory(folder))
    const leader = yield* Effect.mapError(
      groups.spawn(command),
      (error) => `${program} cannot be started: ${startFailure(error)}`
    )
    yield* feed(leader, Stream.empty)
    let said = ""
    const listening = leader.stderr.pipe(
      Stream.decodeText(),
      Stream.runForEach((text) =>
        Effect.sync(() => {
          said = (said + text).slice(-TAIL_CHARS)
        })
      )
    )
    const { code, signal } = yield* listenUntilExit(leader, [
      Effect.ignore(Stream.runDrain(leader.stdout)),
      Effect.ignore(listening)
    ])
    if (code !== 0) {
      return yield* Effect.fail(`${program} failed: ${said.trim() || `it ended with ${code ?? signal}`}`)
    }
  }).pipe(Effect.scoped)

export interface Conversion {
  /** The path of the picture. */
  readonly file: string
  readonly source: Source
  /** The size of the picture, where it is known. */
  readonly size: Size | undefined
  /** An empty folder, which the converters run in. */
  readonly folder: string
}

/** The path of the JPEG, in the folder. Fails with why the last of the converters did not make it. */
export const convert = (
  { file, folder, size, source }: Conversion,
  converters: ReadonlyArray<Converter>
): Effect.Effect<string, string, FileSystem.FileSystem | Path.Path | ProcessGroup> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const result = path.join(folder, RESULT)
    let why = "there is no sips, ImageMagick or ffmpeg"
    yield* Effect.mapError(fs.symlink(file, path.join(folder, sourceName(source))), platformWords)
    for (const converter of converters) {
      const failure = yield* run(converter, source, folder).pipe(
        Effect.zipRight(look(result)),
        Effect.map((made) =>
          isGoodResult(made, size) ? undefined : `${converter.program} made something else of it`
        ),
        Effect.catchAll((error) => Effect.succeed(typeof error === "string" ? error : platformWords(error)))
      )
      if (failure === undefined) return result
      why = failure
      yield* Effect.ignore(fs.remove(result, { force: true }))
    }
    return yield* Effect.fail(why)
  })
