/** Two that carry over at once, and stores that are not as usual. */
import { createHash } from "node:crypto"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as DatabasePostgres from "../../src/layers/postgres/DatabasePostgres.ts"
import * as DatabaseSqlite from "../../src/layers/sqlite/DatabaseSqlite.ts"
import { makeCluster } from "../support/cluster.ts"
import { run, start } from "../support/command.ts"
import { makeSimulator } from "../support/simulator.ts"
import { withSqlite } from "../support/sqliteFile.ts"

/** The folder of a delivery's files: `layers/media/mediaFolder.ts`. */
const folderName = (id: string) => createHash("sha256").update(id).digest("hex").slice(0, 32)

const makeWorld = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const imsg = yield* makeSimulator({ holdMs: 0 })
  const { cliPath, dbPath } = imsg
  const cluster = yield* makeCluster(["studio"], {
    imessage: { accounts: { default: { cliPath, dbPath, runsOn: ["studio"] } } },
    agents: { list: [{ id: "main", runtime: { type: "echo" } }] }
  })
  const { database } = cluster
  const { configFile, dir } = cluster.homeOf("studio")
  const alone = `${dir}/alone`
  yield* fs.makeDirectory(alone, { mode: 0o700 })
  yield* Effect.scoped(Layer.build(DatabaseSqlite.layer(`${alone}/gateway.db`)))
  yield* Effect.scoped(Layer.build(DatabasePostgres.layer({ url: database.url, name: "first" })))
  const importing = (from: string) => ["cluster", "import", "--from", from, "--config", configFile] as const
  const fill = (sql: string) => withSqlite(`${alone}/gateway.db`, (file) => file.exec(sql))
  return { fs, database, dir, alone, importing, fill }
})

describe("what a gateway that ran alone knows", () => {
  it.scopedLive(
    "has its files, though a copy of it is carried over at the same time and comes too late",
    () =>
      Effect.gen(function* () {
        const { alone, database, dir, fill, fs, importing } = yield* makeWorld
        const ids = ["turn:1", "turn:2", "turn:3"]
        for (const id of ids) {
          yield* fill(
            `INSERT INTO outbox (account_id, delivery_id, chat, delivery, accepted_at, place)
           VALUES ('default', '${id}', 'chat of ${id}', '{}', 1, 'first')`
          )
          const place = `${alone}/media/${folderName(id)}/0`
          yield* fs.makeDirectory(place, { recursive: true })
          // To share them takes a moment, in which the other one passes its look whether it may.
          yield* fs.writeFile(`${place}/film.mov`, new Uint8Array(20_000_000).fill(7))
        }
        const copy = `${dir}/copy`
        yield* fs.copy(alone, copy)
        const one = yield* start(...importing(alone))
        const other = yield* start(...importing(copy))
        const ended = yield* Effect.all([one.ended, other.ended], { concurrency: 2 })
        expect(ended.map(({ code }) => code).sort()).toEqual([0, 1])
        expect(ended.find(({ code }) => code === 0)?.stdout).toContain("With 3 files of replies.")
        const files = yield* database.query("SELECT delivery_id AS id FROM staged_files ORDER BY 1")
        expect(files).toEqual(ids.map((id) => ({ id })))
      }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("can be carried over also where conversations are as long as they may be", () =>
    Effect.gen(function* () {
      const { alone, fill, importing } = yield* makeWorld
      // 64 KiB asked and 256 KiB answered, which is what an exchange may have.
      yield* fill(`
        WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 400)
        INSERT INTO exchanges (conversation, turn_id, asked, answered, at, bytes)
        SELECT n, 'turn ' || n, hex(randomblob(32768)), hex(randomblob(131072)), 1, 327680 FROM numbers`)
      expect(yield* run(...importing(alone))).toMatchObject({ code: 0, stderr: "" })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("is not said to be mended by a start, where its store is damaged", () =>
    Effect.gen(function* () {
      const { alone, fill, fs, importing } = yield* makeWorld
      yield* fill("INSERT INTO cursors (account_id, row_id) VALUES ('default', 1)")
      const bytes = yield* fs.readFile(`${alone}/gateway.db`)
      yield* fs.writeFile(`${alone}/gateway.db`, bytes.fill(7, 4096, 12_288))
      const refused = yield* run(...importing(alone))
      expect(refused.code).toBe(1)
      expect(refused.stderr).toContain("the store is damaged")
      // No gateway of a cluster ever opens that file.
      expect(refused.stderr).not.toContain("Start the gateway (again)")
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
