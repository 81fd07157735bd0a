/** The files of a database as they change, on a real disk. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Ref } from "effect"
import { databaseFile, watchDatabase } from "../../../../src/programs/account/inbox/databaseFiles.ts"
import { makeAccount } from "../../../support/configs.ts"
import { makeChild } from "../../../support/fakeImsg.ts"
import { eventually } from "../../../support/simulator.ts"

/** A database that is watched. `said` runs a change, and answers whether it was told within half a second. */
const watched = (isThere: boolean) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const dir = yield* fs.makeTempDirectoryScoped()
    const folder = `${dir}/Messages`
    const file = `${folder}/chat.db`
    if (isThere) {
      yield* fs.makeDirectory(folder)
      yield* fs.writeFileString(file, "a")
      yield* fs.writeFileString(`${file}-wal`, "a")
    }
    const count = yield* Ref.make(0)
    yield* Effect.forkScoped(
      watchDatabase(
        file,
        Ref.update(count, (before) => before + 1)
      )
    )
    yield* Effect.sleep("400 millis")
    const isTold = <E>(change: Effect.Effect<void, E>) =>
      Effect.gen(function* () {
        const before = yield* Ref.get(count)
        yield* change
        return yield* eventually("told", Ref.get(count), (now) => now > before, "500 millis").pipe(
          Effect.isSuccess
        )
      })
    return { fs, folder, file, isTold }
  })

describe("the files of a database", () => {
  it.scopedLive("tell of what is written to them, and of those that are made anew; others of nothing", () =>
    Effect.gen(function* () {
      const { file, folder, fs, isTold } = yield* watched(true)
      expect(yield* isTold(fs.writeFileString(`${file}-wal`, "ab"))).toBe(true)
      expect(yield* isTold(fs.writeFileString(file, "ab"))).toBe(true)
      yield* Effect.sleep("400 millis")
      expect(yield* isTold(fs.writeFileString(`${file}-shm`, "ab"))).toBe(false)
      expect(yield* isTold(fs.writeFileString(`${folder}/prewarm.db`, "ab"))).toBe(false)
      yield* isTold(fs.remove(`${file}-wal`))
      expect(yield* isTold(fs.writeFileString(`${file}-wal`, "anew"))).toBe(true)
      expect(yield* isTold(fs.writeFileString(`${file}-wal`, "anew, and more"))).toBe(true)
      yield* fs.writeFileString(`${folder}/other.db`, "another database")
      expect(yield* isTold(fs.rename(`${folder}/other.db`, file))).toBe(true)
      expect(yield* isTold(fs.writeFileString(file, "another one, and more"))).toBe(true)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("tell of their beginning where their folder is made later", () =>
    Effect.gen(function* () {
      const { file, folder, fs, isTold } = yield* watched(false)
      yield* fs.makeDirectory(folder)
      expect(yield* isTold(fs.writeFileString(file, "a"))).toBe(true)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.effect(
    "are where the child says, else where the config does, and nowhere where the child is elsewhere",
    () =>
      Effect.gen(function* () {
        const { session } = yield* makeChild()
        const there = { ...session, build: { ...session.build, database: "/there/chat.db" } }
        const account = makeAccount({ dbPath: "/here/chat.db" })
        expect(databaseFile(account, there)).toEqual(Option.some("/there/chat.db"))
        expect(databaseFile(account, session)).toEqual(Option.some("/here/chat.db"))
        expect(Option.getOrThrow(databaseFile(makeAccount(), session))).toMatch(
          /\/Library\/Messages\/chat\.db$/u
        )
        expect(databaseFile(account, { ...there, isRemote: true })).toEqual(Option.none())
      })
  )
})
