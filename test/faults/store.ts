/** What the checks read of the store of a round, whichever it is. */
import { FileSystem } from "@effect/platform"
import { Effect } from "effect"
import * as Sqlite from "../../src/layers/sqlite/Sqlite.ts"

export interface Store {
  /** What a statement selects, also while a gateway runs; none before there is a store. */
  readonly rows: (sql: string) => Effect.Effect<ReadonlyArray<unknown>, unknown, FileSystem.FileSystem>
  /** Where it holds these words. */
  readonly holding: (words: string) => Effect.Effect<ReadonlyArray<string>, unknown, FileSystem.FileSystem>
}

/** Those of files that hold these words; one that cannot be read holds nothing. */
export const filesHolding = (files: ReadonlyArray<string>, words: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.filter(files, (file) =>
      fs.readFile(file).pipe(
        Effect.map((bytes) => Buffer.from(bytes).includes(words)),
        Effect.orElseSucceed(() => false)
      )
    )
  )

/** The store of one process: a file. */
export const storeOnFile = (file: string): Store => ({
  rows: (sql) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      if (!(yield* fs.exists(file))) return []
      return yield* Sqlite.connect(file, { readOnly: true, busyTimeoutMs: 5000 }).pipe(
        Effect.flatMap((store) => Effect.try(() => store.prepare(sql).all())),
        Effect.scoped
      )
    }),
  holding: (words) => filesHolding([file, `${file}-wal`], words)
})
