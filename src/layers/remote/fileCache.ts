/**
 * Files that were fetched or made, and can be again, in `<folder>/<key>/<name>`. The inner folder's time is when it was last
 * asked for. A copy is gathered in a folder of its own and moved there whole.
 */
import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Clock, Duration, Effect, Option, Schedule, type Scope } from "effect"
import { type ConfigService, currentConfig } from "../../services/ConfigService.ts"
import type { FetchedFile } from "../../services/RemoteFiles.ts"
import { Content, fileName } from "../media/fileName.ts"

const FOLDER = { recursive: true, mode: 0o700 } as const
const GATHERING = "incoming-"

/** How much is kept. `before` is in Unix ms. */
interface Bounds {
  readonly before: number
  readonly maxBytes: number
}

export interface FileCache {
  /** The copy of a key, if there is one. */
  readonly find: (key: string) => Effect.Effect<Option.Option<FetchedFile>>
  /** A new file to write into; it goes with the scope unless it was kept. */
  readonly gather: Effect.Effect<string, PlatformError, Scope.Scope>
  /** Makes what was gathered the copy of a key, by a harmless form of its name. */
  readonly keep: (key: string, gathered: string, name: string) => Effect.Effect<FetchedFile, PlatformError>
  /** Removes what was not asked for since a time, then the least recently asked for until the rest is small enough. */
  readonly prune: (bounds: Bounds) => Effect.Effect<number>
}

const EXTENSION = /\.([a-z0-9]{1,16})$/iu

/** What a file is called is the sender's choice, and so is its extension; only what does harm is taken out. */
const harmless = (name: string): string => {
  const extension = EXTENSION.exec(name)?.[1]?.toLowerCase()
  return fileName(name, extension === undefined ? Content.Binary() : Content.Known({ extension }), new Set())
}

export const make = (folder: string): Effect.Effect<FileCache, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const remove = (file: string) => fs.remove(file, { recursive: true, force: true })
    const names = (place: string) => Effect.orElseSucceed(fs.readDirectory(place), () => [])

    // What a gateway that was killed had begun.
    for (const name of (yield* names(folder)).filter((name) => name.startsWith(GATHERING))) {
      yield* Effect.ignore(remove(path.join(folder, name)))
    }

    const copyIn = (key: string) =>
      Effect.gen(function* () {
        const place = path.join(folder, key)
        const [name] = yield* names(place)
        if (name === undefined) return Option.none<FetchedFile>()
        const file = path.join(place, name)
        const { size } = yield* fs.stat(file)
        return Option.some({ path: file, bytes: Number(size) })
      }).pipe(Effect.orElseSucceed(() => Option.none<FetchedFile>()))

    const touch = (key: string) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        Effect.ignore(fs.utimes(path.join(folder, key), new Date(now), new Date(now)))
      )

    const gather = fs.makeDirectory(folder, FOLDER).pipe(
      Effect.zipRight(
        Effect.acquireRelease(fs.makeTempDirectory({ directory: folder, prefix: GATHERING }), (place) =>
          Effect.ignore(remove(place))
        )
      ),
      Effect.map((place) => path.join(place, "content"))
    )

    const keep = (key: string, gathered: string, name: string) =>
      Effect.gen(function* () {
        const fresh = path.join(path.dirname(gathered), "new")
        const called = harmless(name)
        yield* fs.makeDirectory(fresh, FOLDER)
        yield* fs.rename(gathered, path.join(fresh, called))
        const place = path.join(folder, key)
        yield* Effect.uninterruptible(Effect.zipRight(remove(place), fs.rename(fresh, place)))
        const file = path.join(place, called)
        const { size } = yield* fs.stat(file)
        return { path: file, bytes: Number(size) }
      })

    const entry = (key: string) =>
      Effect.gen(function* () {
        const { mtime } = yield* fs.stat(path.join(folder, key))
        const { bytes } = Option.getOrElse(yield* copyIn(key), () => ({ bytes: 0 }))
        return [
          { key, bytes, usedAt: Option.match(mtime, { onNone: () => 0, onSome: (time) => time.getTime() }) }
        ]
      }).pipe(Effect.orElseSucceed(() => []))

    const prune = ({ before, maxBytes }: Bounds) =>
      Effect.gen(function* () {
        const keys = (yield* names(folder)).filter((name) => !name.startsWith(GATHERING))
        const entries = (yield* Effect.forEach(keys, entry)).flat().sort((a, b) => b.usedAt - a.usedAt)
        let kept = 0
        let removed = 0
        for (const { bytes, key, usedAt } of entries) {
          if (usedAt >= before && kept + bytes <= maxBytes) {
            kept += bytes
            continue
          }
          yield* Effect.ignore(remove(path.join(folder, key)))
          removed++
        }
        return removed
      })

    return {
      find: (key) => Effect.tap(copyIn(key), (copy) => (Option.isSome(copy) ? touch(key) : Effect.void)),
      gather,
      keep,
      prune
    }
  })

const PRUNE_EVERY = "1 hour"

/** Removes what was not asked for within `retention.days`, and what is more than `maxBytes`. */
export const pruning = (cache: FileCache, maxBytes: number): Effect.Effect<void, never, ConfigService> =>
  Effect.gen(function* () {
    const { retention } = yield* currentConfig
    const now = yield* Clock.currentTimeMillis
    const before = now - Duration.toMillis(Duration.days(retention.days))
    const removed = yield* cache.prune({ before, maxBytes })
    if (removed > 0) yield* Effect.logDebug("kept files are removed").pipe(Effect.annotateLogs({ removed }))
  })

/** Prunes now and every hour, until the scope closes. */
export const prunedHourly = <R>(prune: Effect.Effect<void, never, R>) =>
  prune.pipe(Effect.repeat(Schedule.spaced(PRUNE_EVERY)), Effect.interruptible, Effect.forkScoped)
