/** Files of people that lie on the host of their account, fetched from there. Copies are kept in `<stateDir>/host-files`. */
import { createHash } from "node:crypto"
import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Clock, Effect, Either, Option, Stream } from "effect"
import { bytesOfMb } from "../../schemas/bytes.ts"
import type { EnvelopeAttachment } from "../../schemas/Envelope.ts"
import { failureWords } from "../../schemas/errors/platformWords.ts"
import type { GivenFile, WithheldFile } from "../../schemas/Turn.ts"
import { AccountHosts } from "../../services/AccountHosts.ts"
import type { ConfigService } from "../../services/ConfigService.ts"
import type { AccountFiles, FileReader } from "../../services/InboundFiles.ts"
import * as fileCache from "../remote/fileCache.ts"
import * as KeyedLocks from "../remote/KeyedLocks.ts"

/** How much is kept of all hosts together, in bytes. */
const CACHE_BYTES = 1024 * 1024 * 1024
/** Files of one account that are fetched at a time. */
const AT_A_TIME = 3
/** How long the host of an account may take to say that it is there, in ms: its files would be waited for longer. */
const ANSWERS_WITHIN_MS = 3000
/** After a host did not answer, the files of its account are not waited for this long, in ms. */
const PAUSE_MS = 30_000
/** Of so many copies it is known what they are; of the others it is asked again. */
const MOST_KNOWN = 5000

type Reason = WithheldFile["reason"]
const couldNotBeFetched: Reason = "could not be fetched"

/** What an account says of its files, where it is known which account it is. */
export type FilesOfAccount = AccountFiles & { readonly id: string }

export interface Wanted {
  readonly account: FilesOfAccount
  readonly file: EnvelopeAttachment
  readonly reader: FileReader
  /** How long it may take, in ms. */
  readonly withinMs: number
}

/** What a copy is known by: of other folders, or for another reader, it is another one. */
const keyOf = ({ account, file, reader }: Wanted): string =>
  createHash("sha256")
    .update(
      JSON.stringify([
        ...[account.id, account.attachmentRoots, account.remoteAttachmentRoots ?? []],
        ...[file.path, file.converted?.path ?? "", reader]
      ])
    )
    .digest("hex")
    .slice(0, 32)

type What = Pick<GivenFile, "mimeType" | "name">

/** The copies, and what they are beside their bytes: in memory, since they can be fetched again. */
const makeCopies = (cache: fileCache.FileCache) => {
  const known = new Map<string, What>()
  return {
    find: (key: string) =>
      Effect.gen(function* () {
        const what = known.get(key)
        if (what === undefined) return Option.none<GivenFile>()
        return Option.map(yield* cache.find(key), (kept): GivenFile => ({ ...kept, ...what }))
      }),
    keep: (key: string, gathered: string, what: What) =>
      Effect.map(cache.keep(key, gathered, what.name), (kept): GivenFile => {
        const [oldest] = known.keys()
        if (oldest !== undefined && known.size >= MOST_KNOWN) known.delete(oldest)
        known.set(key, what)
        return { ...kept, ...what }
      })
  }
}

/**
 * Fails where the host of an account is not there. It says soon that it is, and a file may take long; one that was silent
 * a moment ago is not asked again.
 */
const makeIsThere = Effect.map(AccountHosts, (hosts) => {
  const silentUntil = new Map<string, number>()
  return ({ id }: FilesOfAccount): Effect.Effect<void, Reason> =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      if (now < (silentUntil.get(id) ?? 0)) return yield* Effect.fail(couldNotBeFetched)
      const answer = yield* Effect.either(hosts.ask(id, (host) => host.Child(), ANSWERS_WITHIN_MS))
      if (Either.isRight(answer)) return
      silentUntil.set(id, (yield* Clock.currentTimeMillis) + PAUSE_MS)
      yield* Effect.logWarning(
        `the host of an account does not answer: its files are not waited for, for ${PAUSE_MS} ms`
      ).pipe(Effect.annotateLogs({ account: id }))
      return yield* Effect.fail(couldNotBeFetched)
    })
})

/** The function that copies what the host of an account gives into a new file, and says what it is. */
const makeCopy = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const hosts = yield* AccountHosts
  return ({ account, file, reader }: Wanted, gathered: string) =>
    Effect.gen(function* () {
      const { bytes, contents, mimeType, name } = yield* hosts.file({ accountId: account.id, file, reader })
      if (bytes > bytesOfMb(account.mediaMaxMb)) return yield* Effect.fail<Reason>("too large")
      const out = yield* fs.open(gathered, { flag: "wx", mode: 0o600 })
      yield* Stream.runForEach(contents, (chunk) => out.writeAll(chunk))
      yield* out.sync
      return { mimeType, name } satisfies What
    }).pipe(Effect.scoped)
})

/** Why there is no copy, and where that is nobody's own word, with what is said of it. */
const saidOf =
  ({ id }: FilesOfAccount) =>
  (error: Reason | PlatformError): Effect.Effect<never, Reason> =>
    Effect.gen(function* () {
      if (typeof error === "string" && error !== couldNotBeFetched) return yield* Effect.fail(error)
      yield* Effect.logWarning(
        typeof error === "string"
          ? "a file of an account could not be fetched from its host"
          : `a file of another host could not be kept here: ${failureWords(error)}`
      ).pipe(Effect.annotateLogs({ account: id }))
      return yield* Effect.fail(couldNotBeFetched)
    })

/** The function that gives a file of an account that another host runs. */
export const makeHostFiles = (stateDir: string, cacheBytes: number = CACHE_BYTES) =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    const config = yield* Effect.context<ConfigService>()
    const cache = yield* fileCache.make(path.join(stateDir, "host-files"))
    const prune = Effect.provide(fileCache.pruning(cache, cacheBytes), config)
    const copies = makeCopies(cache)
    const copy = yield* makeCopy
    const isThere = yield* makeIsThere
    const files = KeyedLocks.make(1)
    const accounts = KeyedLocks.make(AT_A_TIME)

    const fetchNow = (wanted: Wanted, key: string) =>
      Effect.gen(function* () {
        const gathered = yield* cache.gather
        const kept = yield* copies.keep(key, gathered, yield* copy(wanted, gathered))
        yield* prune
        return kept
      }).pipe(Effect.scoped)

    yield* fileCache.prunedHourly(prune)
    return (wanted: Wanted): Effect.Effect<GivenFile, Reason> => {
      const { account, withinMs } = wanted
      const key = keyOf(wanted)
      return Effect.gen(function* () {
        const copied = yield* copies.find(key)
        if (Option.isNone(copied)) {
          return yield* Effect.zipRight(
            isThere(account),
            Effect.catchAll(fetchNow(wanted, key), saidOf(account))
          ).pipe(accounts.withLock(account.id))
        }
        return copied.value.bytes > bytesOfMb(account.mediaMaxMb)
          ? yield* Effect.fail<Reason>("too large")
          : copied.value
      }).pipe(
        files.withLock(key),
        Effect.timeoutFail({ duration: withinMs, onTimeout: () => couldNotBeFetched })
      )
    }
  })
