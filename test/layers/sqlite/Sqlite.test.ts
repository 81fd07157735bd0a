import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Either, Exit } from "effect"
import type { Value } from "../../../src/layers/database/Step.ts"
import * as Sqlite from "../../../src/layers/sqlite/Sqlite.ts"

const withTable = Effect.tap(Sqlite.connect(":memory:"), (connection) =>
  Effect.sync(() => connection.exec("CREATE TABLE words (word TEXT UNIQUE)"))
)

const wordsIn = (connection: Sqlite.Connection) =>
  connection
    .prepare<{ readonly word: string }>("SELECT word FROM words ORDER BY word")
    .all()
    .map(({ word }) => word)

const attempt = <A>(statements: () => A) => Effect.either(Effect.try({ try: statements, catch: (e) => e }))

describe("a transaction", () => {
  it.scoped("keeps all that it wrote, and answers what it read", () =>
    Effect.gen(function* () {
      const connection = yield* withTable
      const count = Sqlite.transaction(connection, () => {
        for (const word of ["one", "two"]) connection.prepare("INSERT INTO words VALUES (?)").run(word)
        return wordsIn(connection).length
      })
      expect(count).toBe(2)
      expect(wordsIn(connection)).toEqual(["one", "two"])
    })
  )

  it.scoped("keeps nothing where one statement fails, and the next one begins as if it had not been", () =>
    Effect.gen(function* () {
      const connection = yield* withTable
      const insert = connection.prepare("INSERT INTO words VALUES (?)")
      const failed = yield* attempt(() =>
        Sqlite.transaction(connection, () => {
          insert.run("one")
          insert.run("one")
        })
      )
      // SQLITE_CONSTRAINT, of whose kinds the extended code tells.
      expect(Either.mapLeft(failed, Sqlite.resultCode)).toEqual(Either.left(19))
      Sqlite.transaction(connection, () => insert.run("two"))
      expect(wordsIn(connection)).toEqual(["two"])
    })
  )
})

describe("a failure", () => {
  it("that is not SQLite's has no code of its", () => {
    expect([new Error("no"), "no", undefined, { errcode: "5" }].map(Sqlite.resultCode)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined
    ])
  })

  it.scoped("to open a file says that it cannot be opened", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      const file = join(yield* fs.makeTempDirectoryScoped(), "nowhere", "gateway.db")
      const error = yield* Effect.flip(Sqlite.connect(file))
      expect(Sqlite.resultCode(error)).toBe(14)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("to write while another process has the file says that it is busy", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      const file = join(yield* fs.makeTempDirectoryScoped(), "gateway.db")
      const one = yield* Sqlite.connect(file)
      const other = yield* Sqlite.connect(file)
      one.exec("BEGIN IMMEDIATE")
      const failed = yield* attempt(() => Sqlite.transaction(other, () => undefined))
      expect(Either.mapLeft(failed, Sqlite.resultCode)).toEqual(Either.left(5))
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("a connection", () => {
  it.scoped("that is closed leaves the file alone, with the log folded in, whatever was prepared", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      const folder = yield* fs.makeTempDirectoryScoped()
      yield* Sqlite.connect(join(folder, "gateway.db")).pipe(
        Effect.map((connection) => {
          connection.exec("PRAGMA journal_mode = WAL; CREATE TABLE words (word TEXT)")
          connection.prepare("INSERT INTO words VALUES (?)").run("one")
          return wordsIn(connection)
        }),
        Effect.scoped
      )
      expect(yield* fs.readDirectory(folder)).toEqual(["gateway.db"])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("values", () => {
  it.scoped("go in by place or by name, and come out as they were", () =>
    Effect.gen(function* () {
      const connection = yield* Sqlite.connect(":memory:")
      const bytes = new Uint8Array([0, 255])
      const byPlace = connection
        .prepare<Record<"a" | "b" | "c" | "d", Value>>("SELECT ? AS a, ? AS b, ? AS c, ? AS d")
        .get(null, 2 ** 40, "ü", bytes)
      expect(byPlace).toMatchObject({ a: null, b: 2 ** 40, c: "ü" })
      expect(byPlace?.d instanceof Uint8Array && [...byPlace.d]).toEqual([0, 255])
      const byName = connection
        .prepare<Record<"a" | "b", Value>>("SELECT $word AS a, $word AS b")
        .get({ word: "twice" })
      expect(byName).toMatchObject({ a: "twice", b: "twice" })
    })
  )

  it.scoped("that no number can be are bigints where they are asked for, and a failure where not", () =>
    Effect.gen(function* () {
      const connection = yield* Sqlite.connect(":memory:")
      const statement = connection.prepare<{ readonly n: unknown }>("SELECT 9007199254740993 AS n")
      expect(yield* attempt(() => statement.get())).toMatchObject({ _tag: "Left" })
      statement.setReadBigInts(true)
      expect(statement.get()?.n).toBe(9007199254740993n)
    })
  )
})

it.scoped("is there, on every Node that the gateway runs on", () =>
  Effect.map(Effect.exit(Sqlite.available), (exit) => expect(exit).toEqual(Exit.void))
)
