/** The store as a file: what can be wrong with it, and what becomes of one that is corrupt. */
import { FileSystem } from "@effect/platform"
import Sqlite from "better-sqlite3"
import { Clock, Effect, Predicate, type Scope } from "effect"
import { StoreUnavailable } from "../../schemas/errors/store.ts"

/** How long an open waits, in milliseconds, for another process that writes: a command line beside the gateway. */
const BUSY_TIMEOUT_MS = 5000
/** How long a statement waits for it, in milliseconds, once the file is open: everything else waits with it. */
const BLOCKED_AT_MOST_MS = 20

const detailOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** What SQLite's codes, whose names have these beginnings, say about the file or its disk. */
const TROUBLES: ReadonlyArray<readonly [beginning: string, trouble: StoreUnavailable["trouble"]]> = [
  ["SQLITE_CORRUPT", "corrupt"],
  ["SQLITE_NOTADB", "corrupt"],
  ["SQLITE_BUSY", "busy"],
  ["SQLITE_FULL", "disk"],
  ["SQLITE_IOERR", "disk"],
  ["SQLITE_READONLY", "disk"],
  ["SQLITE_CANTOPEN", "disk"]
]

/** Node's code for a native module that is of another Node, or no such module. */
const UNLOADABLE = "ERR_DLOPEN_FAILED"
/** What the loader of native modules says where there is none. */
const MISSING = "Could not locate the bindings file"

/** In one line, and without the places that were looked through. */
const moduleDetailOf = (error: unknown): string =>
  `SQLite's module does not load: ${detailOf(error)
    .replace(/\s*Tried:.*$/su, "")
    .replaceAll(/\s+/gu, " ")}`

/** What is known of the failure of something that was done with a file. */
export const troubleOf = (error: unknown): StoreUnavailable["trouble"] => {
  if (error instanceof Sqlite.SqliteError) {
    return TROUBLES.find(([beginning]) => error.code.startsWith(beginning))?.[1]
  }
  if (!(error instanceof Error)) return undefined
  const isUnloadable = Predicate.hasProperty(error, "code") && error.code === UNLOADABLE
  return isUnloadable || error.message.startsWith(MISSING) ? "module" : undefined
}

/** The failure of something that was done with the file. */
export const unavailable =
  (file: string) =>
  (error: unknown): StoreUnavailable => {
    const trouble = troubleOf(error)
    return new StoreUnavailable({
      file,
      detail: trouble === "module" ? moduleDetailOf(error) : detailOf(error),
      ...(trouble === undefined ? {} : { trouble })
    })
  }

/** A connection until the scope closes. */
const open = (
  file: string,
  options: { readonly readonly: boolean }
): Effect.Effect<Sqlite.Database, StoreUnavailable, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.try({
      try: () => new Sqlite(file, { timeout: BUSY_TIMEOUT_MS, ...options }),
      catch: unavailable(file)
    }),
    (connection) => Effect.sync(() => connection.close())
  )

/** Whether SQLite's module fits this Node. */
export const probe: Effect.Effect<void, StoreUnavailable> = Effect.scoped(
  Effect.asVoid(open(":memory:", { readonly: false }))
)

/** A connection to the file, as the gateway works with it, until the scope closes. */
export const connect = (file: string): Effect.Effect<Sqlite.Database, StoreUnavailable, Scope.Scope> =>
  Effect.tap(open(file, { readonly: false }), (connection) =>
    Effect.try({
      try: () => {
        connection.pragma("journal_mode = WAL")
        // Safe against the end of the process at any moment, which is what is promised. A power failure may undo
        // the last moments, as a whole; what was sent in them cannot be undone, and the next start looks for it in
        // vain among what it wrote down. That is the price of not waiting for the disk at every step.
        connection.pragma("synchronous = NORMAL")
        // In kibibytes. More makes nothing quicker: what is read again is in the system's own cache.
        connection.pragma("cache_size = -4000")
      },
      catch: unavailable(file)
    })
  )

/** From here on waiting for another process that writes is up to whoever writes. */
export const waitBriefly = (connection: Sqlite.Database): Effect.Effect<void> =>
  Effect.sync(() => {
    connection.pragma(`busy_timeout = ${BLOCKED_AT_MOST_MS}`)
  })

/** Creates the file where there is none. It is for its owner only, and there is no moment in which others can read it. */
export const create = (file: string): Effect.Effect<void, StoreUnavailable, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    fs.open(file, { flag: "a", mode: 0o600 }).pipe(
      Effect.zipRight(fs.chmod(file, 0o600)),
      Effect.scoped,
      Effect.mapError((error) => new StoreUnavailable({ file, detail: error.message, trouble: "disk" }))
    )
  )

/**
 * Looks through the whole file, its indexes included, and fails where it is no database or a corrupt one. It takes
 * about 0.3 s for 100 MB, once at a start; without it a damaged page is found when a message needs it.
 */
const examine = (file: string): Effect.Effect<void, StoreUnavailable> =>
  // Without writing: the end of a connection that can would fold the log into the file, and then remove it.
  Effect.flatMap(open(file, { readonly: true }), (connection) =>
    Effect.flatMap(
      Effect.try({
        try: () => String(connection.pragma("integrity_check(1)", { simple: true })),
        catch: unavailable(file)
      }),
      (found) =>
        found === "ok" ? Effect.void : new StoreUnavailable({ file, detail: found, trouble: "corrupt" })
    )
  ).pipe(Effect.scoped)

/** What SQLite keeps beside a file, and the file itself: last, for a new one must not find the log of the old one. */
const FILES = ["-shm", "-wal", ""]

const setAside = (
  file: string,
  { detail }: StoreUnavailable
): Effect.Effect<void, StoreUnavailable, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const at = new Date(yield* Clock.currentTimeMillis).toISOString().replaceAll(":", "-")
    const aside = `${file}.corrupt-${at}`
    for (const suffix of FILES) {
      if (yield* fs.exists(file + suffix)) yield* fs.rename(file + suffix, aside + suffix)
    }
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
      BadArgument: (error) => new StoreUnavailable({ file, detail: error.message }),
      SystemError: (error) =>
        new StoreUnavailable({
          file,
          detail: `${detail}; and it cannot be set aside: ${error.message}`,
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
