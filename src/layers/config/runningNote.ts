/**
 * What a gateway leaves to be found by: which state folder the gateway of a config file works on, and which text of the
 * file it has read. It lies in the user's cache folder under a name made of the file's, and goes with the gateway. Whoever
 * finds one that a killed gateway left finds the folder all the same, and that nobody answers there.
 */
import { createHash } from "node:crypto"
import { homedir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { FileSystem } from "@effect/platform"
import { Effect, Layer, Option, Schema, Stream } from "effect"
import type { GatewayConfig } from "../../schemas/Config.ts"
import { ConfigService } from "../../services/ConfigService.ts"

const Note = Schema.Struct({
  stateDir: Schema.String,
  text: Schema.String,
  pid: Schema.Int,
  /** Whether its store is one that several hosts share, and not in the folder. */
  isShared: Schema.optionalWith(Schema.Boolean, { exact: true })
})
type Note = typeof Note.Type

const json = Schema.parseJson(Note)
const decodeNote = Schema.decodeOption(json)
const encodeNote = Schema.encodeSync(json)

const hashed = (text: string): string => createHash("sha256").update(text).digest("hex")

const noteFile = (configFile: string, env: NodeJS.ProcessEnv): string => {
  const caches =
    process.platform === "darwin"
      ? join(homedir(), "Library", "Caches")
      : env.XDG_CACHE_HOME || join(homedir(), ".cache")
  return join(caches, "imsg-gateway", "running", `${hashed(resolve(configFile)).slice(0, 32)}.json`)
}

const read = (file: string): Effect.Effect<Option.Option<Note>, never, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => fs.readFileString(file)).pipe(
    Effect.map(decodeNote),
    Effect.orElseSucceed(Option.none)
  )

/**
 * What the gateway of a config file left; `isRead` says whether it has read the file as it is now, and `isShared` whether
 * its store is one that several hosts share, and not in the folder.
 */
export const noteOf = (
  configFile: string
): Effect.Effect<
  Option.Option<{ readonly stateDir: string; readonly isRead: boolean; readonly isShared: boolean }>,
  never,
  FileSystem.FileSystem
> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const note = yield* read(noteFile(configFile, process.env))
    if (Option.isNone(note)) return Option.none()
    const text = yield* Effect.option(fs.readFileString(configFile))
    return Option.some({
      stateDir: note.value.stateDir,
      isShared: note.value.isShared ?? false,
      isRead: Option.exists(text, (now) => hashed(now) === note.value.text)
    })
  })

/** Leaves the note while the gateway runs, anew after each reload. Where it cannot be written nothing else is lost. */
export const layer: Layer.Layer<never, never, ConfigService | FileSystem.FileSystem> = Layer.scopedDiscard(
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { changes } = yield* ConfigService
    const leave = (configFile: string, { cluster, stateDir }: GatewayConfig) =>
      Effect.gen(function* () {
        const file = noteFile(configFile, process.env)
        const text = hashed(yield* fs.readFileString(configFile))
        yield* fs.makeDirectory(dirname(file), { recursive: true, mode: 0o700 })
        yield* fs.writeFileString(
          `${file}.${process.pid}`,
          encodeNote({
            ...{ stateDir, text, pid: process.pid },
            ...(cluster === undefined ? {} : { isShared: true })
          }),
          { mode: 0o600 }
        )
        yield* fs.rename(`${file}.${process.pid}`, file)
      }).pipe(Effect.ignore)
    const forget = (configFile: string) => {
      const file = noteFile(configFile, process.env)
      return read(file).pipe(
        Effect.flatMap((note) =>
          Option.exists(note, ({ pid }) => pid === process.pid) ? fs.remove(file) : Effect.void
        ),
        Effect.ignore
      )
    }
    const { current } = yield* ConfigService
    const { file } = yield* current
    if (file === undefined) return
    yield* Effect.addFinalizer(() => forget(file))
    yield* Effect.forkScoped(Stream.runForEach(changes, (config) => leave(file, config)))
  })
)
