/** Files of a Mac, fetched over the ssh that its `imsg` is reached by. */
import { createHash } from "node:crypto"
import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Clock, Effect, Layer, Option, Stream } from "effect"
import { failureWords } from "../../schemas/errors/platformWords.ts"
import type { SshFailed } from "../../schemas/errors/ssh.ts"
import type { ConfigService } from "../../services/ConfigService.ts"
import { ProcessGroup } from "../../services/ProcessGroup.ts"
import {
  type FetchedFile,
  type FetchFailure,
  type FetchRequest,
  RemoteFiles,
  type RemoteHost
} from "../../services/RemoteFiles.ts"
import { asJpeg } from "../media/pictures/kinds.ts"
import * as fileCache from "./fileCache.ts"
import * as KeyedLocks from "./KeyedLocks.ts"
import { runRemote } from "./remoteShell.ts"
import { FETCH, FETCH_PICTURE, octal, rootLine } from "./scripts.ts"

/** How much is kept of all hosts together, in bytes. */
const CACHE_BYTES = 1024 * 1024 * 1024
/** Files of one host that are fetched at a time; sshd refuses more than ten that begin together. */
const AT_A_TIME = 3
/** After a host did not answer its other files are not waited for this long. */
const PAUSE_MS = 30_000

const ANSWERS: { readonly [word: string]: FetchFailure } = {
  missing: "missing",
  outside: "outside the allowed folders",
  other: "not a file",
  large: "too large"
}

const wayOf = ({ destination, options, program }: RemoteHost): string =>
  JSON.stringify([program, options, destination])

/** What a copy is known by: another host, path or set of allowed folders is another copy. */
const keyOf = ({ asPicture = false, host, path, roots }: FetchRequest): string =>
  createHash("sha256")
    .update(JSON.stringify([wayOf(host), path, roots, ...(asPicture ? ["picture"] : [])]))
    .digest("hex")
    .slice(0, 32)

const make = (stateDir: string, cacheBytes: number) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const groups = yield* ProcessGroup
    const cache = yield* fileCache.make(path.join(stateDir, "remote-files"))
    const files = KeyedLocks.make(1)
    const hosts = KeyedLocks.make(AT_A_TIME)
    const silentUntil = new Map<string, number>()
    const config = yield* Effect.context<ConfigService>()

    const prune = Effect.provide(fileCache.pruning(cache, cacheBytes), config)

    /** Copies what a host says that it has, and no more of it. Answers whether it made a JPEG of it. */
    const copy = (request: FetchRequest, file: string) =>
      Effect.gen(function* () {
        const answer = yield* runRemote(request.host, request.asPicture === true ? FETCH_PICTURE : FETCH, [
          String(request.maxBytes),
          octal(request.path),
          ...request.roots.map(rootLine)
        ])
        if (answer.word !== "ok" && answer.word !== "jpeg") {
          return yield* Effect.fail<FetchFailure>(ANSWERS[answer.word] ?? "could not be fetched")
        }
        const expected = Number(answer.rest)
        const out = yield* fs.open(file, { flag: "wx", mode: 0o600 })
        const size = yield* Stream.runFoldEffect(
          answer.bytes,
          0,
          Effect.fnUntraced(function* (size, chunk) {
            if (size + chunk.length > request.maxBytes) return yield* Effect.fail<FetchFailure>("too large")
            yield* out.writeAll(chunk)
            return size + chunk.length
          })
        )
        if (size !== expected) return yield* Effect.fail<FetchFailure>("could not be fetched")
        yield* out.sync
        return answer.word === "jpeg"
      }).pipe(Effect.scoped, Effect.provideService(ProcessGroup, groups))

    /** A host that does not answer is not asked again at once: others would wait for it in turn. */
    const couldNot = (host: RemoteHost, error: SshFailed | PlatformError | undefined) =>
      Effect.gen(function* () {
        if (error?._tag === "SshFailed") {
          silentUntil.set(wayOf(host), (yield* Clock.currentTimeMillis) + PAUSE_MS)
        }
        yield* Effect.logWarning(
          `a file could not be fetched: ${error === undefined ? `${host.destination} took too long` : failureWords(error)}`
        ).pipe(Effect.annotateLogs(error?._tag === "SshFailed" ? { code: error.code, hint: error.hint } : {}))
        return yield* Effect.fail<FetchFailure>("could not be fetched")
      })

    const isSilent = (host: RemoteHost) =>
      Effect.map(Clock.currentTimeMillis, (now) => now < (silentUntil.get(wayOf(host)) ?? 0))

    const fetchNow = (request: FetchRequest, key: string) =>
      Effect.gen(function* () {
        const gathered = yield* cache.gather
        const isJpeg = yield* copy(request, gathered)
        const name = path.basename(request.path)
        const kept = yield* cache.keep(key, gathered, isJpeg ? asJpeg(name) : name)
        yield* prune
        return kept
      }).pipe(
        Effect.scoped,
        Effect.catchAll((error) =>
          typeof error === "string" ? Effect.fail<FetchFailure>(error) : couldNot(request.host, error)
        )
      )

    const fetch = (request: FetchRequest): Effect.Effect<FetchedFile, FetchFailure> => {
      const { host, maxBytes, withinMs } = request
      const key = keyOf(request)
      return Effect.gen(function* () {
        const copy = yield* cache.find(key)
        if (Option.isSome(copy)) {
          return copy.value.bytes > maxBytes ? yield* Effect.fail<FetchFailure>("too large") : copy.value
        }
        // Others of the host may have found it silent while this one waited for its turn.
        return yield* Effect.flatMap(isSilent(host), (silent) =>
          silent ? Effect.fail<FetchFailure>("could not be fetched") : fetchNow(request, key)
        ).pipe(hosts.withLock(wayOf(host)))
      }).pipe(
        files.withLock(key),
        Effect.timeoutOption(withinMs),
        Effect.flatMap(Option.match({ onNone: () => couldNot(host, undefined), onSome: Effect.succeed }))
      )
    }

    yield* fileCache.prunedHourly(prune)
    return RemoteFiles.of({ fetch })
  })

/**
 * Fetches into `stateDir`. To be built by the one gateway that holds the folder's lock. What was not asked for within
 * `retention.days` is removed, and what is more than `cacheBytes`.
 */
export const layer = (
  stateDir: string,
  cacheBytes: number = CACHE_BYTES
): Layer.Layer<RemoteFiles, never, ProcessGroup | ConfigService | FileSystem.FileSystem | Path.Path> =>
  Layer.scoped(RemoteFiles, make(stateDir, cacheBytes))
