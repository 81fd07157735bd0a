/** The store as a file: what can be wrong with it, and what becomes of one that is corrupt. */
import { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Clock, Effect, type Scope } from "effect"
import { messageOf } from "../../schemas/errors/messageOf.ts"
import { platformWords } from "../../schemas/errors/platformWords.ts"
import { StoreUnavailable } from "../../schemas/errors/store.ts"
import * as Sqlite from "./Sqlite.ts"

/** How long an open waits, in milliseconds, for another process that writes: a command line beside the gateway. */
const BUSY_TIMEOUT_MS = 5000
/** How long a statement waits for it, in milliseconds, once the file is open: everything else waits with it. */
const BLOCKED_AT_MOST_MS = 20

/** What SQLite's primary result codes say about the file or its disk. */
const TROUBLES: ReadonlyMap<number, NonNullable<StoreUnavailable["trouble"]>> = new Map([
  [5, "busy"], // SQLITE_BUSY
  [8, "disk"], // SQLITE_READONLY
  [10, "disk"], // SQLITE_IOERR
  [11, "corrupt"], // SQLITE_CORRUPT
  [13, "disk"], // SQLITE_FULL
  [14, "disk"], // SQLITE_CANTOPEN
  [26, "corrupt"] // SQLITE_NOTADB
])

/** What is known of the failure of something that was done with a file. */
export const troubleOf = (error: unknown): StoreUnavailable["trouble"] => {
  const code = Sqlite.resultCode(error)
  return code === undefined ? undefined : TROUBLES.get(code)
}

/** The failure of something that was done with the file. */
export const unavailable =
  (file: string) =>
  (error: unknown): StoreUnavailable => {
    const trouble = troubleOf(error)
    return new StoreUnavailable({
      file,
      detail: messageOf(error),
      ...(trouble === undefined ? {} : { trouble })
    })
  }

/** A connection until the scope closes. */
const open = (
  file: string,
  options: { readonly readOnly: boolean }
): Effect.Effect<Sqlite.Connection, StoreUnavailable, Scope.Scope> =>
  Effect.mapError(Sqlite.connect(file, { busyTimeoutMs: BUSY_TIMEOUT_MS, ...options }), unavailable(file))

/** A connection to the file, as the gateway works with it, until the scope closes. */
export const connect = (file: string): Effect.Effect<Sqlite.Connection, StoreUnavailable, Scope.Scope> =>
  Effect.tap(open(file, { readOnly: false }), (connection) =>
    Effect.try({
      try: () => {
        connection.exec("PRAGMA journal_mode = WAL")
        // Safe against the end of the process at any moment, which is what is promised. A power failure may undo
        // the last moments, as a whole; what was sent in them cannot be undone, and the next start looks for it in
        // vain among what it wrote down. That is the price of not waiting for the disk at every step.
        connection.exec("PRAGMA synchronous = NORMAL")
        // What is deleted is overwritten with zeros, and what is sorted does not come to lie in a file elsewhere.
        connection.exec("PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY")
        // In kibibytes. More makes nothing quicker: what is read again is in the system's own cache.
        connection.exec("PRAGMA cache_size = -4000")
      },
      catch: unavailable(file)
    })
  )

/** From here on waiting for another process that writes is up to whoever writes. */
export const waitBriefly = (connection: Sqlite.Connection): Effect.Effect<void> =>
  Effect.sync(() => {
    connection.exec(`PRAGMA busy_timeout = ${BLOCKED_AT_MOST_MS}`)
  })

/** Creates the file where there is none. It is for its owner only, and there is no moment in which others can read it. */
export const create = (file: string): Effect.Effect<void, StoreUnavailable, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    fs.open(file, { flag: "a", mode: 0o600 }).pipe(
      Effect.zipRight(fs.chmod(file, 0o600)),
      Effect.scoped,
      Effect.mapError(
        (error) => new StoreUnavailable({ file, detail: platformWords(error), trouble: "disk" })
      )
    )
  )

/**
 * Looks through the whole file, its indexes included, and fails where it is no database or a corrupt one. It takes
 * about 0.3 s for 100 MB, once at a start; without it a damaged page is found when a message needs it.
 */
export const examine = (file: string): Effect.Effect<void, StoreUnavailable> =>
  // Without writing: the end of a connection that can would fold the log into the file, and then remove it.
  Effect.flatMap(open(file, { readOnly: true }), (connection) =>
    Effect.flatMap(
      Effect.try({
        try: () =>
          connection.prepare<{ readonly integrity_check: string }>("PRAGMA integrity_check(1)").get()
            ?.integrity_check ?? "nothing",
        catch: unavailable(file)
      }),
      (found) =>
        found === "ok" ? Effect.void : new StoreUnavailable({ file, detail: found, trouble: "corrupt" })
    )
  ).pipe(Effect.scoped)

/** What SQLite keeps beside a file, and the file itself: last, for a new one must not find the log of the old one. */
const FILES = ["-shm", "-wal", ""]

/** Renames a file that nobody has open to one that says why and when (`gateway.db.corrupt-TIME`), which is answered. */
export const renameAside = (
  file: string,
  why: string
): Effect.Effect<string, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const at = new Date(yield* Clock.currentTimeMillis).toISOString().replaceAll(":", "-")
    const aside = `${file}.${why}-${at}`
    for (const suffix of FILES) {
      if (yield* fs.exists(file + suffix)) yield* fs.rename(file + suffix, aside + suffix)
    }
    return aside
  })

const setAside = (
  file: string,
  { detail }: StoreUnavailable
): Effect.Effect<void, StoreUnavailable, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const aside = yield* renameAside(file, "corrupt")
    yield* Effect.logError("the store is corrupt: it was set aside, and a new and empty one is begun").pipe(
      Effect.annotateLogs({
        file,
        setAside: aside,
        detail,
        meaning:
          "approvals by pairing, messages that waited for an answer or to be sent, dead letters and group histories " +
          "are in the file that was set aside; what was written while the gateway was down is not answered",
        hint: `\`sqlite3 '${aside}' .recover | sqlite3 recovered.db\` saves what can be read; nothing was deleted.`
      })
    )
  }).pipe(
    Effect.catchTags({
      BadArgument: (error) => new StoreUnavailable({ file, detail: platformWords(error) }),
      SystemError: (error) =>
        new StoreUnavailable({
          file,
          detail: `${detail}; and it cannot be set aside: ${platformWords(error)}`,
          trouble: "disk"
        })
    })
  )

/** Examines the file; one that is corrupt is renamed, with a loud error that names it, and a new one takes its place. */
export const replaceCorrupt = (file: string): Effect.Effect<void, StoreUnavailable, FileSystem.FileSystem> =>
  examine(file).pipe(
    Effect.catchIf(
      ({ trouble }) => trouble === "corrupt",
      (error) => Effect.zipRight(setAside(file, error), create(file))
    )
  )
