/** Files of replies between hosts that share a store, on real disks. */
import { createHash, randomBytes } from "node:crypto"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Option, Schedule, type Scope } from "effect"
import { MOST_BYTES } from "../../../src/layers/cluster/OutboundFilesShared.ts"
import type { Database } from "../../../src/layers/database/Database.ts"
import { store } from "../../support/postgres.ts"
import { change, type Host, makeHost, rows } from "./hosts.ts"

const MEBIBYTE = 1024 * 1024
const ID = "turn:1"

const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

describe("files of replies", () => {
  /** A test of two hosts, of which one runs the turn and the other the account. */
  const live = <A, E>(
    body: (turn: Host, account: Host) => Effect.Effect<A, E, Database | NodeContext.NodeContext | Scope.Scope>
  ) =>
    Effect.flatMap(Effect.all([makeHost, makeHost]), (hosts) => body(...hosts)).pipe(
      Effect.provide(Layer.merge(store, NodeContext.layer))
    )

  it.scopedLive("are at the host that sends, under the same name and for its user only", () =>
    live((turn, account) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const staged = yield* turn.stageNew("words", { index: 3 })
        const here = Option.getOrThrow(yield* account.here(ID, staged))
        expect(here).not.toBe(staged)
        expect(here.endsWith("/3/note.txt")).toBe(true)
        expect(yield* fs.readFileString(here)).toBe("words")
        expect((yield* fs.stat(here)).mode & 0o777).toBe(0o600)
        // Where it was staged it is as it was.
        expect(yield* turn.here(ID, staged)).toEqual(Option.some(staged))
      })
    )
  )

  it.scopedLive.each([0, 1, MEBIBYTE, 5 * MEBIBYTE + 17])("are whole, of %i bytes", (size) =>
    live((turn, account) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const content = randomBytes(size)
        const staged = yield* turn.stageNew(content, { name: "film.bin" })
        const here = Option.getOrThrow(yield* account.here(ID, staged))
        expect(digest(yield* fs.readFile(here))).toBe(digest(content))
        expect((yield* rows).pieces).toBe(Math.ceil(size / MEBIBYTE))
      })
    )
  )

  it.scopedLive("are taken from the store once, and again where the copy is not what it was", () =>
    live((turn, account) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const staged = yield* turn.stageNew("words")
        const here = Option.getOrThrow(yield* account.here(ID, staged))
        yield* change("UPDATE staged_pieces SET copy = 'away'")
        expect(yield* account.here(ID, staged)).toEqual(Option.some(here))
        yield* change("UPDATE staged_pieces SET copy = (SELECT copy FROM staged_files)")
        yield* fs.writeFileString(here, "wordy")
        expect(yield* account.here(ID, staged)).toEqual(Option.some(here))
        expect(yield* fs.readFileString(here)).toBe("words")
      })
    )
  )

  it.scopedLive("are those of the turn that was redelivered to another host, not what is left here", () =>
    live((first, second) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        yield* first.stageNew("one")
        const staged = yield* second.stageNew("two")
        expect(yield* rows).toEqual({ files: 1, pieces: 1 })
        const here = Option.getOrThrow(yield* first.here(ID, staged))
        expect(yield* fs.readFileString(here)).toBe("two")
      })
    )
  )

  it.scopedLive("that are not in the store are those here, else on no host", () =>
    live((turn, account) =>
      Effect.gen(function* () {
        const staged = yield* turn.stageNew("words")
        yield* change("DELETE FROM staged_files")
        expect(yield* turn.here(ID, staged)).toEqual(Option.some(staged))
        expect(yield* account.here(ID, staged)).toEqual(Option.none())
        const elsewhere = "/elsewhere/photo.jpg"
        expect(yield* account.here("turn:2", elsewhere)).toEqual(Option.some(elsewhere))
      })
    )
  )

  it.scopedLive("are never half of what they were", () =>
    live((turn, account) =>
      Effect.gen(function* () {
        const staged = yield* turn.stageNew(randomBytes(3 * MEBIBYTE), { name: "film.bin" })
        yield* change("DELETE FROM staged_pieces WHERE number = 1")
        expect(yield* account.here(ID, staged)).toEqual(Option.none())
        expect(yield* account.files).toEqual([])
        yield* change("UPDATE staged_pieces SET number = 1 WHERE number = 2")
        expect(yield* account.here(ID, staged)).toEqual(Option.none())
        expect(yield* account.files).toEqual([])
      })
    )
  )

  it.scopedLive("are not taken where they came to be others on the way", () =>
    live((turn, account) =>
      Effect.gen(function* () {
        const staged = yield* turn.stageNew("words")
        yield* change("UPDATE staged_files SET sha256 = 'of others'")
        expect(yield* account.here(ID, staged)).toEqual(Option.none())
        expect(yield* account.files).toEqual([])
      })
    )
  )

  it.scopedLive("are refused where they are too large to share, whatever the account allows", () =>
    live((turn) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const source = `${turn.root}/large.bin`
        yield* fs.writeFile(source, new Uint8Array())
        yield* fs.truncate(source, MOST_BYTES + 1)
        const agent = { mediaRoots: [turn.root], mediaHosts: [] }
        const refusal = (maxBytes: number) =>
          Effect.flip(turn.stage({ deliveryId: ID, index: 0, source, agent, maxBytes }))
        expect(yield* refusal(2 * MOST_BYTES)).toMatchObject({ reason: "too-large-to-share" })
        // The account's own limit is named by its own words.
        expect(yield* refusal(1000)).toMatchObject({ reason: "too-large" })
        expect(yield* turn.files).toEqual([])
        expect(yield* rows).toEqual({ files: 0, pieces: 0 })
      })
    )
  )

  it.scopedLive("that were cut off while they were staged leave nothing for long", () =>
    live((turn) =>
      Effect.gen(function* () {
        const staging = yield* Effect.fork(turn.stageNew(randomBytes(60 * MEBIBYTE), { name: "film.bin" }))
        yield* Effect.repeat(rows, {
          until: ({ pieces }) => pieces > 2,
          schedule: Schedule.spaced("1 millis")
        })
        yield* Fiber.interrupt(staging)
        expect(yield* rows).toEqual({ files: 0, pieces: 0 })
        // Of a host that was killed in the middle of it, and of one that is in the middle of it.
        yield* turn.stageNew("words")
        for (const [copy, at] of [
          ["killed", 1000],
          ["under way", Date.now()]
        ]) {
          yield* change(`
            INSERT INTO staged_pieces (copy, number, kept_at, bytes)
            SELECT '${copy}', number, ${at}, bytes FROM staged_pieces WHERE copy <> 'killed'`)
        }
        expect(yield* rows).toEqual({ files: 1, pieces: 3 })
        yield* turn.releaseOthers(new Set(), 0)
        expect(yield* rows).toEqual({ files: 1, pieces: 2 })
      })
    )
  )

  it.scopedLive(
    "go with their delivery from the store and the host that ended it, from the others later",
    () =>
      live((turn, account) =>
        Effect.gen(function* () {
          const staged = yield* turn.stageNew("words")
          yield* turn.stageNew("other words", { deliveryId: "turn:2" })
          yield* account.here(ID, staged)
          yield* account.release(ID)
          expect(yield* account.files).toEqual([])
          expect(yield* rows).toEqual({ files: 1, pieces: 1 })
          // What is being staged now is not in the store yet.
          yield* turn.releaseOthers(new Set(), 0)
          expect(yield* turn.files).toHaveLength(2)
          yield* turn.age(1000)
          yield* turn.releaseOthers(new Set(), 0)
          expect(yield* turn.files).toHaveLength(1)
          expect(yield* rows).toEqual({ files: 1, pieces: 1 })
        })
      )
  )

  it.scopedLive("of which nobody made a delivery go when they are old, and those of dead letters stay", () =>
    live((turn, account) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        for (let number = 0; number < 25; number++) {
          yield* turn.stageNew("left", { deliveryId: `turn:left:${number}` })
        }
        const dead = yield* turn.stageNew("dead", { deliveryId: "turn:dead" })
        yield* change("UPDATE staged_files SET kept_at = 1000")
        yield* turn.stageNew("new", { deliveryId: "turn:new" })
        expect(yield* account.releaseOthers(new Set(["turn:dead"]), 2000)).toBe(25)
        expect(yield* rows).toEqual({ files: 2, pieces: 2 })
        const here = Option.getOrThrow(yield* account.here("turn:dead", dead))
        expect(yield* fs.readFileString(here)).toBe("dead")
      })
    )
  )
})
