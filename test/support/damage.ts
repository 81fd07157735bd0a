/** Damage to the file of a store, as a failing disk does it. */
import { FileSystem } from "@effect/platform"
import { Effect } from "effect"
import type * as Sqlite from "../../src/layers/sqlite/Sqlite.ts"
import { withSqlite } from "./sqliteFile.ts"

/** Where the pages of tables and indexes begin, and how long a page is; none of a name that is not there. */
const pagesOf = (file: string, names: ReadonlyArray<string> | "all") => {
  const look = (store: Sqlite.Connection) => {
    const pragma = (name: string) =>
      store.prepare<{ readonly n: number }>(`SELECT ${name} AS n FROM pragma_${name}`).get()?.n ?? 0
    const roots = store.prepare<{ readonly rootpage: number }>(
      "SELECT rootpage FROM sqlite_master WHERE name IN (SELECT value FROM json_each(?))"
    )
    const pages =
      names === "all"
        ? Array.from({ length: pragma("page_count") - 1 }, (_, index) => index + 2)
        : roots.all(JSON.stringify(names)).map(({ rootpage }) => rootpage)
    // A gateway that runs forgets what it has in memory when another writes, and finds nothing in the log.
    store.exec(`PRAGMA user_version = ${pragma("user_version")}`)
    store.exec("PRAGMA wal_checkpoint(TRUNCATE)")
    return { size: pragma("page_size"), pages }
  }
  // A gateway that runs may be at a commit.
  return withSqlite(file, look, { busyTimeoutMs: 5000 })
}

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
