/** A store whose file is corrupt, and one whose disk is full. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Either, Fiber, SubscriptionRef } from "effect"
import { Database } from "../../../src/layers/database/Database.ts"
import * as Step from "../../../src/layers/database/Step.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import { damagePages } from "../../support/damage.ts"

type Store = Database["Type"]

/** Opens the store as the gateway does, or as a command that only looks, and uses it. */
const withStore = <A, E, R>(
  file: string,
  use: (store: Store) => Effect.Effect<A, E, R>,
  options: { readonly replacesCorrupt: boolean } = { replacesCorrupt: true }
) => Effect.provide(Effect.flatMap(Database, use), DatabaseSqlite.layer(file, options))

const insert = ({ prepare, write }: Store, account: string) =>
  write(() =>
    prepare("INSERT INTO cursors (account_id, row_id, baseline_at) VALUES (?, 1, NULL)").run(account)
  )
const accounts = ({ prepare, read }: Store) =>
  read(() =>
    Step.map(prepare<{ account_id: string }>("SELECT account_id FROM cursors").all(), (rows) =>
      rows.map((row) => row.account_id)
    )
  )

/** The path of a store in which one account has a cursor; it is closed. */
const oneAccount = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const { join } = yield* Path.Path
  const file = join(yield* fs.makeTempDirectoryScoped(), "gateway.db")
  yield* withStore(file, (store) => insert(store, "before"))
  return file
})

const namesBeside = (file: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { dirname } = yield* Path.Path
    return (yield* fs.readDirectory(dirname(file))).sort()
  })

const ASIDE = /^gateway\.db\.corrupt-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z$/u

const damages: ReadonlyArray<{
  readonly what: string
  readonly damage: (file: string) => Effect.Effect<void, unknown, FileSystem.FileSystem>
}> = [
  {
    what: "no database",
    damage: (file) =>
      Effect.flatMap(FileSystem.FileSystem, (fs) =>
        fs.writeFileString(file, "no table is in here ".repeat(999))
      )
  },
  {
    what: "cut off",
    damage: (file) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.truncate(file, 9000))
  },
  {
    what: "damaged in a table that is read at a message only",
    damage: (file) => damagePages(file, ["cursors"])
  },
  { what: "damaged in an index", damage: (file) => damagePages(file, ["mailbox_by_request"]) },
  { what: "damaged everywhere but on its first page", damage: (file) => damagePages(file, "all") }
]

/** How many bytes at the beginning of a file tell SQLite how it is kept, and not what is in it. */
const HEADER = 100

describe("a store that is corrupt", () => {
  for (const { damage, what } of damages) {
    it.scoped(`because it is ${what}, is set aside byte for byte at a start, and begun anew`, () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { dirname, join } = yield* Path.Path
        const file = yield* oneAccount
        yield* damage(file)
        const corrupt = yield* fs.readFile(file)
        expect(yield* withStore(file, accounts)).toEqual([])
        const aside = (yield* namesBeside(file)).filter((name) => ASIDE.test(name))
        expect(aside.length).toBe(1)
        expect(yield* fs.readFile(join(dirname(file), aside[0] ?? ""))).toEqual(corrupt)
      }).pipe(Effect.provide(NodeContext.layer))
    )

    it.scoped(`because it is ${what}, is left as it is by who only looks`, () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const file = yield* oneAccount
        yield* damage(file)
        const corrupt = yield* fs.readFile(file)
        yield* Effect.either(withStore(file, accounts, { replacesCorrupt: false }))
        expect((yield* fs.readFile(file)).subarray(HEADER)).toEqual(corrupt.subarray(HEADER))
        expect((yield* namesBeside(file)).filter((name) => ASIDE.test(name))).toEqual([])
      }).pipe(Effect.provide(NodeContext.layer))
    )
  }

  it.scoped("is refused with what to do by who only looks", () =>
    Effect.gen(function* () {
      const file = yield* oneAccount
      yield* damagePages(file, "all")
      const refused = yield* Effect.flip(withStore(file, accounts, { replacesCorrupt: false }))
      expect(refused).toMatchObject({ _tag: "StoreUnavailable", file, trouble: "corrupt" })
      expect(refused.hint).toContain("sets a corrupt store aside")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is set aside with the log that SQLite keeps beside it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const file = yield* oneAccount
      yield* damagePages(file, "all")
      yield* fs.writeFileString(`${file}-wal`, "the rest of a log")
      yield* withStore(file, (store) => insert(store, "after"))
      expect(
        (yield* namesBeside(file)).filter((name) => name.endsWith("-wal") && ASIDE.test(name.slice(0, -4)))
          .length
      ).toBe(1)
      expect(yield* withStore(file, accounts)).toEqual(["after"])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is told from one that is whole, and from one of a newer version", () =>
    Effect.gen(function* () {
      const file = yield* oneAccount
      expect(yield* withStore(file, accounts)).toEqual(["before"])
      yield* withStore(file, ({ prepare, read }) => read(() => prepare("PRAGMA user_version = 999").run()))
      expect(Either.isLeft(yield* Effect.either(withStore(file, accounts)))).toBe(true)
      expect(yield* namesBeside(file)).toEqual(["gateway.db"])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("while it is in use fails who uses it, and says so to who watches", () =>
    Effect.gen(function* () {
      const file = yield* oneAccount
      yield* damagePages(file, ["cursors"])
      yield* withStore(
        file,
        (store) =>
          Effect.gen(function* () {
            const watching = yield* Effect.fork(Effect.flip(store.corrupted))
            expect(yield* Effect.flip(accounts(store))).toMatchObject({ trouble: "corrupt" })
            expect(yield* Fiber.join(watching)).toMatchObject({
              _tag: "StoreUnavailable",
              file,
              trouble: "corrupt"
            })
          }),
        { replacesCorrupt: false }
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("a store without room", () => {
  /** Lets the file grow no more, or as it likes. */
  const limit = ({ prepare, read }: Store, pages: number) =>
    read(() => prepare(`PRAGMA max_page_count = ${pages}`).get())
  const fill = ({ prepare, write }: Store, account: string) =>
    write(function* () {
      yield* prepare("INSERT INTO cursors (account_id, row_id, baseline_at) VALUES (?, 1, NULL)").run(account)
      yield* prepare("INSERT INTO turn_members (envelope_key, turn_id) VALUES (?, ?)").run(
        account,
        "x".repeat(100_000)
      )
    })

  it.scoped("refuses what is written, whole, and takes it once there is room again", () =>
    Effect.gen(function* () {
      const file = yield* oneAccount
      yield* withStore(file, (store) =>
        Effect.gen(function* () {
          yield* limit(store, 1)
          expect(yield* Effect.flip(fill(store, "full"))).toMatchObject({
            _tag: "StoreUnavailable",
            file,
            detail: "database or disk is full",
            trouble: "disk"
          })
          expect(yield* accounts(store)).toEqual(["before"])
          yield* limit(store, 1_000_000)
          yield* fill(store, "full")
          expect(yield* accounts(store)).toEqual(["before", "full"])
        })
      )
      expect((yield* namesBeside(file)).filter((name) => ASIDE.test(name))).toEqual([])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("says so until it has room", () =>
    Effect.gen(function* () {
      const file = yield* oneAccount
      yield* withStore(file, (store) =>
        Effect.gen(function* () {
          const refusal = SubscriptionRef.get(store.refusal)
          expect(yield* refusal).toBeUndefined()
          yield* limit(store, 1)
          yield* Effect.flip(fill(store, "full"))
          expect(yield* refusal).toMatchObject({ trouble: "disk", detail: "database or disk is full" })
          // What is wrong with a write itself says nothing of the disk.
          yield* Effect.flip(insert(store, "before"))
          expect(yield* refusal).toMatchObject({ trouble: "disk" })
          yield* limit(store, 1_000_000)
          yield* fill(store, "full")
          expect(yield* refusal).toBeUndefined()
          yield* Effect.flip(insert(store, "before"))
          expect(yield* refusal).toBeUndefined()
        })
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
