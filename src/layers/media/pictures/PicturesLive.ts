/**
 * Pictures that models cannot read become JPEG, by whatever can do it here. What was made is kept in
 * `<stateDir>/pictures`, by where the original lies, when it was changed and how large it is.
 */
import { createHash } from "node:crypto"
import { type FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Clock, Effect, Layer, Option } from "effect"
import { PictureNotConverted } from "../../../schemas/errors/media.ts"
import { platformWords } from "../../../schemas/errors/platformWords.ts"
import type { GivenFile } from "../../../schemas/Turn.ts"
import type { ConfigService } from "../../../services/ConfigService.ts"
import { Pictures } from "../../../services/Pictures.ts"
import type { ProcessGroup } from "../../../services/ProcessGroup.ts"
import type { FetchedFile } from "../../../services/RemoteFiles.ts"
import { searchedFolders } from "../../config/environment.ts"
import * as fileCache from "../../remote/fileCache.ts"
import * as KeyedLocks from "../../remote/KeyedLocks.ts"
import { fileVersion } from "../fileVersion.ts"
import { convert } from "./convert.ts"
import { convertersIn } from "./converters.ts"
import { asJpeg, treatmentOf } from "./kinds.ts"
import { look } from "./look.ts"

/** How long one picture may take, by all converters together, in ms. */
const WITHIN_MS = 20_000
/** A picture can take all that a processor has. */
const AT_A_TIME = 2
/** How much is kept, in bytes. */
const CACHE_BYTES = 256 * 1024 * 1024
/** What failed is not tried again at once: a group shows a picture to its agent turn after turn. */
const AGAIN_AFTER_MS = 600_000
const MOST_FAILURES = 200

const cannot: Effect.Effect<never, "cannot be converted"> = Effect.fail("cannot be converted")

export interface Options {
  /** Where converters are looked for; else in the folders of `PATH`. */
  readonly folders?: ReadonlyArray<string>
  readonly withinMs?: number
  readonly cacheBytes?: number
}

/** What is sent as a picture, or is called like one that phones make. */
const isPicture = ({ mimeType, name }: GivenFile): boolean =>
  /^image\//iu.test(mimeType) || /\.hei[cf]$/iu.test(name)

const asConverted = (file: GivenFile, made: FetchedFile): GivenFile => ({
  ...made,
  mimeType: "image/jpeg",
  name: asJpeg(file.name)
})

/** What could not be converted of late, the oldest first, with the time (Unix ms) until which it is left alone. */
const makeFailures = () => {
  const until = new Map<string, number>()
  return {
    isFresh: (key: string) => Effect.map(Clock.currentTimeMillis, (now) => now < (until.get(key) ?? 0)),
    add: (key: string) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const [oldest] = until.keys()
        if (oldest !== undefined && until.size >= MOST_FAILURES) until.delete(oldest)
        until.set(key, now + AGAIN_AFTER_MS)
      })
  }
}

const make = (stateDir: string, { cacheBytes = CACHE_BYTES, folders, withinMs = WITHIN_MS }: Options) =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    const context = yield* Effect.context<FileSystem.FileSystem | Path.Path | ProcessGroup | ConfigService>()
    const cache = yield* fileCache.make(path.join(stateDir, "pictures"))
    const prune = fileCache.pruning(cache, cacheBytes)
    const files = KeyedLocks.make(1)
    const places = yield* Effect.makeSemaphore(AT_A_TIME)
    const converters = yield* Effect.cached(
      Effect.suspend(() => convertersIn(folders ?? searchedFolders({}, process.env)))
    )
    const failures = makeFailures()

    const convertNow = (file: GivenFile, key: string) =>
      Effect.gen(function* () {
        const seen = yield* look(file.path)
        const treatment = treatmentOf(seen)
        if (treatment._tag === "Keep") return { ...file, mimeType: treatment.mimeType }
        if (treatment._tag === "Refuse") return yield* Effect.fail(treatment.detail)
        const gathered = yield* cache.gather
        const folder = path.dirname(gathered)
        const { source } = treatment
        const result = yield* convert(
          { file: file.path, folder, size: seen.size, source },
          yield* converters
        ).pipe(
          Effect.timeoutFail({ duration: withinMs, onTimeout: () => `it took more than ${withinMs} ms` }),
          places.withPermits(1)
        )
        const kept = yield* cache.keep(key, result, asJpeg(file.name))
        yield* prune
        return asConverted(file, kept)
      }).pipe(Effect.scoped)

    /** Said once, and remembered for a while. */
    const couldNot = (key: string, error: string | PlatformError) =>
      Effect.gen(function* () {
        const detail = typeof error === "string" ? error : platformWords(error)
        const { code, hint, message } = new PictureNotConverted({ detail })
        yield* failures.add(key)
        yield* Effect.annotateLogs(Effect.logWarning(message), { code, hint })
        return yield* cannot
      })

    const readable = (file: GivenFile, key: string) =>
      Effect.gen(function* () {
        const made = yield* cache.find(key)
        if (Option.isSome(made)) return asConverted(file, made.value)
        if (yield* failures.isFresh(key)) return yield* cannot
        return yield* Effect.catchAll(convertNow(file, key), (error) => couldNot(key, error))
      }).pipe(files.withLock(key))

    /** Its name in the cache. */
    const keyOf = (file: GivenFile) =>
      Effect.map(fileVersion(file), (version) =>
        createHash("sha256").update(version).digest("hex").slice(0, 32)
      )

    yield* fileCache.prunedHourly(prune)
    return Pictures.of({
      readable: (file) =>
        isPicture(file)
          ? Effect.provide(
              Effect.flatMap(keyOf(file), (key) => readable(file, key)),
              context
            )
          : Effect.succeed(file)
    })
  })

/**
 * Converts below `stateDir`. To be built by the one gateway that holds the folder's lock. What was not asked for within
 * `retention.days` is removed.
 */
export const layer = (
  stateDir: string,
  options: Options = {}
): Layer.Layer<Pictures, never, ProcessGroup | ConfigService | FileSystem.FileSystem | Path.Path> =>
  Layer.scoped(Pictures, make(stateDir, options))
