import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Either, Fiber, TestClock } from "effect"
import { Database } from "../../../src/layers/database/Database.ts"
import * as Step from "../../../src/layers/database/Step.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import { MIGRATIONS } from "../../../src/layers/sqlite/migrations.ts"
import * as Sqlite from "../../../src/layers/sqlite/Sqlite.ts"

const tempFolder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

/** Opens the store, uses it, closes it. */
const withStore = <A, E, R>(file: string, use: Effect.Effect<A, E, R | Database>) =>
  Effect.provide(use, DatabaseSqlite.layer(file))

/** Runs statements on the store that is open, each by itself. */
const onStore = <A>(use: (database: Database["Type"]) => Step.Step<A>) =>
  Effect.flatMap(Database, (database) => database.read(() => use(database)))

const tables = onStore(({ prepare }) =>
  Step.map(
    prepare<{ readonly name: string }>(
      "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    ).all(),
    (rows) => rows.map(({ name }) => name)
  )
)

const version = onStore(({ prepare }) =>
  Step.map(
    prepare<{ readonly user_version: number }>("PRAGMA user_version").get(),
    (row) => row?.user_version
  )
)

describe("the store in a file", () => {
  it.scoped("is for its owner only, with what SQLite puts beside it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      const dir = yield* tempFolder
      const modes = yield* withStore(
        join(dir, "gateway.db"),
        Effect.flatMap(fs.readDirectory(dir), (names) =>
          Effect.forEach(names.sort(), (name) =>
            Effect.map(fs.stat(join(dir, name)), ({ mode }) => `${name} ${(mode & 0o777).toString(8)}`)
          )
        )
      )
      expect(modes).toEqual(["gateway.db 600", "gateway.db-shm 600", "gateway.db-wal 600"])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is made its owner's only, where it was others' too", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      const file = join(yield* tempFolder, "gateway.db")
      yield* withStore(file, Effect.void)
      yield* fs.chmod(file, 0o644)
      yield* withStore(file, Effect.void)
      expect((yield* fs.stat(file)).mode & 0o777).toBe(0o600)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("has what was written when it is opened again", () =>
    Effect.gen(function* () {
      const { join } = yield* Path.Path
      const file = join(yield* tempFolder, "gateway.db")
      yield* withStore(
        file,
        onStore(({ prepare }) =>
          prepare("INSERT INTO cursors (account_id, row_id, baseline_at) VALUES ('default', 5, NULL)").run()
        )
      )
      const rows = yield* withStore(
        file,
        onStore(({ prepare }) => prepare("SELECT row_id FROM cursors").all())
      )
      expect(rows).toEqual([{ row_id: 5 }])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("has the tables of the store in memory", () =>
    Effect.gen(function* () {
      const { join } = yield* Path.Path
      const inFile = yield* withStore(join(yield* tempFolder, "gateway.db"), tables)
      expect(inFile).toEqual(yield* Effect.provide(tables, DatabaseSqlite.memory))
    }).pipe(Effect.provide(NodeContext.layer))
  )

  const impossible: ReadonlyArray<{
    readonly what: string
    readonly arrange: (dir: string) => Effect.Effect<string, unknown, FileSystem.FileSystem | Path.Path>
    readonly detail: RegExp
  }> = [
    {
      what: "in a folder that does not exist",
      arrange: (dir) => Effect.map(Path.Path, ({ join }) => join(dir, "nowhere", "gateway.db")),
      detail: /no such file|ENOENT/i
    },
    {
      what: "in a file that is taken for a folder",
      arrange: (dir) =>
        Effect.gen(function* () {
          const { join } = yield* Path.Path
          const fs = yield* FileSystem.FileSystem
          yield* fs.writeFileString(join(dir, "file"), "")
          return join(dir, "file", "gateway.db")
        }),
      detail: /what should be a folder on the way to it is a file/u
    },
    {
      what: "that is a folder",
      arrange: (dir) => Effect.succeed(dir),
      detail: /folder|directory/iu
    },
    {
      what: "that is no database",
      arrange: (dir) =>
        Effect.gen(function* () {
          const { join } = yield* Path.Path
          const fs = yield* FileSystem.FileSystem
          yield* fs.writeFileString(join(dir, "gateway.db"), "these are not the tables".repeat(100))
          return join(dir, "gateway.db")
        }),
      detail: /not a database/
    }
  ]
  for (const { arrange, detail, what } of impossible) {
    it.scoped(`${what} is refused with its name and the reason`, () =>
      Effect.gen(function* () {
        const file = yield* arrange(yield* tempFolder)
        const refused = yield* Effect.either(withStore(file, Effect.void))
        expect(Either.isLeft(refused) && refused.left).toMatchObject({
          _tag: "StoreUnavailable",
          file,
          detail: expect.stringMatching(detail)
        })
      }).pipe(Effect.provide(NodeContext.layer))
    )
  }
})

describe("the schema of a file", () => {
  const setVersion = (value: number) =>
    onStore(({ prepare }) => prepare(`PRAGMA user_version = ${value}`).run())

  it.scoped("that is empty is brought up to date", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      const file = join(yield* tempFolder, "gateway.db")
      yield* fs.writeFileString(file, "")
      expect(yield* withStore(file, version)).toBe(MIGRATIONS.length)
      expect(yield* withStore(file, tables)).toContain("mailbox")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("that is up to date is left as it is", () =>
    Effect.gen(function* () {
      const { join } = yield* Path.Path
      const file = join(yield* tempFolder, "gateway.db")
      const first = yield* withStore(file, tables)
      expect(yield* withStore(file, tables)).toEqual(first)
      expect(yield* withStore(file, version)).toBe(MIGRATIONS.length)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("from a newer version is refused, with both versions, and not touched", () =>
    Effect.gen(function* () {
      const { join } = yield* Path.Path
      const file = join(yield* tempFolder, "gateway.db")
      const newer = MIGRATIONS.length + 1
      yield* withStore(file, setVersion(newer))
      for (const _ of ["at the first start", "and at the next"]) {
        expect(yield* Effect.flip(withStore(file, Effect.void))).toMatchObject({
          _tag: "StoreUnavailable",
          file,
          detail: `it was written by a newer version (schema ${newer}, this one knows ${MIGRATIONS.length})`
        })
      }
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("what is written", () => {
  type Store = Database["Type"]
  const insert = ({ prepare }: Store, account: string) =>
    prepare("INSERT INTO cursors (account_id, row_id, baseline_at) VALUES (?, 1, NULL)").run(account)
  const accounts = onStore(({ prepare }) =>
    Step.map(
      prepare<{ readonly account_id: string }>("SELECT account_id FROM cursors ORDER BY account_id").all(),
      (rows) => rows.map(({ account_id }) => account_id)
    )
  )
  const twice = "UNIQUE constraint failed: cursors.account_id"

  it.effect("is there when it is done, with what it answers", () =>
    Effect.gen(function* () {
      const database = yield* Database
      expect((yield* database.write(() => insert(database, "a"))).changes).toBe(1)
      expect(yield* accounts).toEqual(["a"])
    }).pipe(Effect.provide(DatabaseSqlite.memory))
  )

  it.effect("is all undone where a part of it fails", () =>
    Effect.gen(function* () {
      const database = yield* Database
      const failed = database.write(function* () {
        yield* insert(database, "a")
        yield* insert(database, "a")
      })
      expect(yield* Effect.flip(failed)).toMatchObject({
        _tag: "StoreUnavailable",
        file: ":memory:",
        detail: twice
      })
      expect(yield* accounts).toEqual([])
    }).pipe(Effect.provide(DatabaseSqlite.memory))
  )

  it.effect("is written when its effect runs, and as often", () =>
    Effect.gen(function* () {
      const database = yield* Database
      const add = database.write(() => insert(database, "a"))
      expect(yield* accounts).toEqual([])
      yield* add
      expect(yield* Effect.flip(add)).toMatchObject({ detail: twice })
      expect(yield* accounts).toEqual(["a"])
    }).pipe(Effect.provide(DatabaseSqlite.memory))
  )

  it.effect("in the same moment is written in order, and each gets its own answer", () =>
    Effect.gen(function* () {
      const database = yield* Database
      const add = database.prepare<{ readonly row_id: number }>(
        "INSERT INTO cursors (account_id, row_id) SELECT ?, count(*) FROM cursors RETURNING row_id"
      )
      const names = Array.from({ length: 20 }, (_, at) => `account-${at}`)
      const places = yield* Effect.forEach(names, (name) => database.write(() => add.get(name)), {
        concurrency: "unbounded"
      })
      expect(places.map((row) => row?.row_id)).toEqual(names.map((_, at) => at))
    }).pipe(Effect.provide(DatabaseSqlite.memory))
  )

  it.effect("in the same moment as something that fails is written all the same", () =>
    Effect.gen(function* () {
      const database = yield* Database
      const outcomes = yield* Effect.forEach(
        ["a", "b", "a", "c"],
        (account) => Effect.either(database.write(() => insert(database, account))),
        { concurrency: "unbounded" }
      )
      expect(outcomes.map(Either.isRight)).toEqual([true, true, false, true])
      expect(yield* accounts).toEqual(["a", "b", "c"])
    }).pipe(Effect.provide(DatabaseSqlite.memory))
  )

  it.scoped("is not lost where the store is closed in that moment", () =>
    Effect.gen(function* () {
      const { join } = yield* Path.Path
      const file = join(yield* tempFolder, "gateway.db")
      const writing = yield* withStore(
        file,
        Effect.gen(function* () {
          const database = yield* Database
          const fiber = yield* Effect.forkDaemon(database.write(() => insert(database, "a")))
          yield* Effect.yieldNow()
          return fiber
        })
      )
      const written = yield* Effect.either(Fiber.join(writing))
      expect(yield* withStore(file, accounts)).toEqual(Either.isRight(written) ? ["a"] : [])
      expect(Either.isRight(written)).toBe(true)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is refused once the store is closed", () =>
    Effect.gen(function* () {
      const { join } = yield* Path.Path
      const file = join(yield* tempFolder, "gateway.db")
      const database = yield* withStore(file, Database)
      expect(yield* Effect.flip(database.write(() => insert(database, "a")))).toMatchObject({
        _tag: "StoreUnavailable",
        file,
        detail: "the store is closed"
      })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  /** Another program that writes, until its scope ends or it is told to end. */
  const holding = (file: string) =>
    Effect.map(Sqlite.connect(file), (other) => {
      other.exec("BEGIN IMMEDIATE")
      return { release: Effect.sync(() => other.exec("ROLLBACK")) }
    })
  const three = ["a", "b", "c"]

  it.scopedLive("while another program writes waits for that, and nothing else waits with it", () =>
    Effect.gen(function* () {
      const { join } = yield* Path.Path
      const file = join(yield* tempFolder, "gateway.db")
      const written = yield* withStore(
        file,
        Effect.gen(function* () {
          const database = yield* Database
          const { release } = yield* holding(file)
          const writing = yield* Effect.fork(
            Effect.forEach(three, (account) => database.write(() => insert(database, account)), {
              concurrency: "unbounded"
            })
          )
          yield* Effect.sleep("300 millis")
          yield* release
          yield* Fiber.join(writing)
          return yield* accounts
        })
      )
      expect(written).toEqual(three)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped(
    "while another program goes on writing fails after a while, all at once, and can be tried again",
    () =>
      Effect.gen(function* () {
        const { join } = yield* Path.Path
        const file = join(yield* tempFolder, "gateway.db")
        yield* withStore(
          file,
          Effect.gen(function* () {
            const database = yield* Database
            const { release } = yield* holding(file)
            const write = Effect.forEach(
              three,
              (account) => Effect.either(database.write(() => insert(database, account))),
              { concurrency: "unbounded" }
            )
            const writing = yield* Effect.fork(write)
            for (let tenths = 0; tenths < 55; tenths++) yield* TestClock.adjust("100 millis")
            expect(yield* Fiber.poll(writing)).toMatchObject({ _tag: "Some" })
            const outcomes = yield* Fiber.join(writing)
            expect(outcomes.map((outcome) => Either.isLeft(outcome) && outcome.left.trouble)).toEqual(
              three.map(() => "busy")
            )
            expect((yield* database.refusal.get)?.trouble).toBe("busy")
            yield* release
            expect((yield* write).map(Either.isRight)).toEqual(three.map(() => true))
            expect(yield* database.refusal.get).toBeUndefined()
          })
        )
      }).pipe(Effect.provide(NodeContext.layer))
  )
})
