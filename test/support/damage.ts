/** Damage to the file of a store, as a failing disk does it. */
import { FileSystem } from "@effect/platform"
import Sqlite from "better-sqlite3"
import { Effect } from "effect"

/** Where the pages of tables and indexes begin, and how long a page is; none of a name that is not there. */
const pagesOf = (file: string, names: ReadonlyArray<string> | "all") =>
  Effect.acquireUseRelease(
    Effect.sync(() => new Sqlite(file)),
    (store) =>
      Effect.sync(() => {
        const size = Number(store.pragma("page_size", { simple: true }))
        const count = Number(store.pragma("page_count", { simple: true }))
        const roots = store
          .prepare<[string], number>(
            "SELECT rootpage FROM sqlite_master WHERE name IN (SELECT value FROM json_each(?))"
          )
          .pluck()
        const pages =
          names === "all"
            ? Array.from({ length: count - 1 }, (_, index) => index + 2)
            : roots.all(JSON.stringify(names))
        // A gateway that runs forgets what it has in memory when another writes, and finds nothing in the log.
        store.pragma(`user_version = ${Number(store.pragma("user_version", { simple: true }))}`)
        store.pragma("wal_checkpoint(TRUNCATE)")
        return { size, pages }
      }),
    (store) => Effect.sync(() => store.close())
  )

/** Overwrites the first page of each of some tables and indexes, or every page but the file's first. */
export const damagePages = (file: string, names: ReadonlyArray<string> | "all") =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { pages, size } = yield* pagesOf(file, names)
    const bytes = yield* fs.readFile(file)
    for (const page of pages) bytes.fill(0xa5, (page - 1) * size, page * size)
    // In place: a file that is cut off for a moment is another damage to who reads it just then.
    yield* fs.writeFile(file, bytes, { flag: "r+" })
  })
