/** A gateway that ran alone is carried over into a cluster: whoever was let in is, and what waited is said, once. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import { CARRIED } from "../../src/layers/cluster/carryOver/tables.ts"
import * as DatabasePostgres from "../../src/layers/postgres/DatabasePostgres.ts"
import { makeCluster } from "../support/cluster.ts"
import { run, start } from "../support/command.ts"
import { makeHome, PERSON, QUICK, startGateway } from "../support/gateway.ts"
import { leftStores } from "../support/leftStores.ts"
import { modelServer, saying } from "../support/modelServer.ts"
import type { emptyDatabase } from "../support/postgres.ts"
import { connect } from "../support/postgresHosts.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"
import { countIn, withSqlite } from "../support/sqliteFile.ts"
import { chatsOf, OWED, waitingConfig } from "../support/waiting.ts"

const CODE = /\b[ABCDEFGHJKLMNPQRSTUVWXYZ23456789]{8}\b/u

/** Decisions of a store that is large: to carry them over takes some seconds. */
const DECISIONS = 200_000

/** Makes a store of a gateway that is stopped a large one. */
const makeLarge = (store: string) =>
  withSqlite(store, (file) =>
    file.exec(`
      WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${DECISIONS})
      INSERT INTO decisions (account_id, row_id, guid, chat_id, at, fate)
      SELECT 'default', 1000000 + n, 'guid ' || n, 1, CAST(unixepoch('subsec') * 1000 AS INTEGER), 'dm-unknown' FROM numbers`)
  )

/** How many rows are committed to a table of a database. */
const countOn = (database: Pick<Effect.Effect.Success<typeof emptyDatabase>, "query">, table: string) =>
  Effect.map(
    database.query<{ readonly n: number }>(`SELECT count(*)::int AS n FROM ${table}`),
    ([row]) => row?.n ?? 0
  )

const imported = (...args: ReadonlyArray<string>) => run("cluster", "import", ...args)

describe("a gateway that ran alone", () => {
  /** Somebody was let in by pairing and has talked with an agent that remembers. */
  const makeWorld = Effect.gen(function* () {
    const imsg = yield* makeSimulator({ holdMs: 0 })
    const model = yield* modelServer(saying("I see."))
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    const account = { ...QUICK, cliPath: imsg.cliPath, dbPath: imsg.dbPath }
    const agents = {
      list: [{ id: "main", runtime: { type: "openai", baseUrl: model.url, model: "any" } }]
    }
    const alone = yield* makeHome({ imessage: account, agents })
    const gateway = yield* startGateway(alone)
    yield* gateway.awaitRunning()
    const say = (text: string) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text })
    yield* say("hello")
    const [met] = yield* imsg.awaitSent(1)
    const [code = ""] = CODE.exec(met?.text ?? "") ?? []
    expect(yield* run("pairing", "approve", "imessage", code, "--config", alone.configFile)).toMatchObject({
      code: 0
    })
    yield* imsg.awaitSent(2)
    yield* say("my cat is called Ada")
    yield* imsg.awaitSent(3)
    const cluster = yield* makeCluster(["studio"], {
      imessage: { accounts: { default: { ...account, runsOn: ["studio"] } } },
      agents
    })
    const { configFile } = cluster.homeOf("studio")
    return { imsg, model, say, alone, gateway, cluster, configFile }
  })

  it.scopedLive("goes on as a host of a cluster: nobody pairs again, nothing is lost or said twice", () =>
    Effect.gen(function* () {
      const { alone, cluster, configFile, gateway, imsg, model, say } = yield* makeWorld
      const from = ["--from", alone.stateDir, "--config", configFile]

      const early = yield* imported(...from)
      expect(early.code).toBe(1)
      expect(early.stderr).toContain(`another gateway (pid ${gateway.pid}) is running on ${alone.stateDir}`)
      yield* gateway.signal("SIGTERM")
      expect(yield* gateway.exitCode).toBe(0)
      yield* say("what is my cat called?")

      const looked = yield* imported(...from, "--dry-run")
      expect(looked).toMatchObject({ code: 0, stderr: "" })
      expect(looked.stdout).toMatch(/can be carried over into 127\.0\.0\.1:\d+\/\w+; nothing was\./u)
      const done = yield* imported(...from)
      expect(done).toMatchObject({ code: 0, stderr: "" })
      expect(done.stdout).toMatch(/^people approved by pairing +1$/mu)
      expect(done.stdout).toMatch(/^exchanges that agents remember +1$/mu)
      expect(done.stdout).toContain("Nothing waits.")
      expect(done.stdout).toMatch(/gateway\.db\.carried-\S+: it is out of use/u)

      const again = yield* imported(...from)
      expect(again).toMatchObject({ code: 1, stdout: "" })
      expect(again.stderr).toContain(`there is no store of a gateway in ${alone.stateDir}`)

      const studio = yield* cluster.start("studio")
      yield* studio.awaitRunning()
      yield* imsg.awaitSent(4)
      yield* say("and what does she eat?")
      const sent = yield* imsg.awaitSent(5)
      expect(sent.slice(2).map(({ text }) => text)).toEqual(["I see.", "I see.", "I see."])
      const asked = yield* model.asked
      expect(asked).toHaveLength(3)
      expect(JSON.stringify(asked[2])).toContain("my cat is called Ada")
      const approved = yield* run("pairing", "list", "--approved", "--json", "--config", configFile)
      expect(approved.stdout).toContain(PERSON)
    })
  )

  it.scopedLive("is refused in words where it cannot be carried over, and stays as it is", () =>
    Effect.gen(function* () {
      const { alone, cluster, configFile, gateway } = yield* makeWorld
      const fs = yield* FileSystem.FileSystem
      yield* gateway.signal("SIGTERM")
      yield* gateway.exitCode
      const from = ["--from", alone.stateDir]
      const refused = (code: number, words: string, ...args: ReadonlyArray<string>) =>
        Effect.gen(function* () {
          const { stderr, ...rest } = yield* imported(...from, ...args)
          expect(rest).toEqual({ code, stdout: "" })
          expect(stderr).toContain(words)
          expect(yield* fs.exists(`${alone.stateDir}/gateway.db`)).toBe(true)
        })

      yield* refused(2, "cluster: is not there", "--config", alone.configFile)
      const content = yield* fs.readFileString(configFile)
      const changed = (change: (text: string) => string) =>
        Effect.gen(function* () {
          const file = `${configFile}.changed`
          yield* fs.writeFileString(file, change(content), { mode: 0o600 })
          return ["--config", file]
        })
      yield* refused(
        1,
        "the config has not the accounts that the store is of: default",
        ...(yield* changed((text) => text.replace('"default":', '"home":')))
      )
      yield* refused(
        1,
        "cannot be used: connect ECONNREFUSED",
        ...(yield* changed((text) => text.replace(/(@127\.0\.0\.1:)\d+/u, "$11")))
      )

      const studio = yield* cluster.start("studio")
      yield* studio.awaitRunning()
      yield* refused(1, "hosts of the cluster run, or were not stopped: studio", "--config", configFile)
      yield* studio.signal("SIGTERM")
      yield* studio.exitCode
      yield* refused(
        1,
        "the cluster's database has something already: positions of accounts",
        "--config",
        configFile
      )
      yield* withSqlite(`${alone.stateDir}/gateway.db`, (file) => file.exec("PRAGMA user_version = 1000"))
      yield* refused(1, "it was written by a newer version (schema 1000", "--config", configFile)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("is whole where it was, and can be carried over, once the command was killed over it", () =>
    Effect.gen(function* () {
      const { alone, cluster, configFile, gateway } = yield* makeWorld
      const { url } = cluster.database
      yield* gateway.signal("SIGTERM")
      yield* gateway.exitCode
      // The last of the tables cannot be written.
      yield* Effect.scoped(Layer.build(DatabasePostgres.layer({ url, name: "first" })))
      const blocking = yield* connect(url)
      yield* blocking("BEGIN; LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE")
      const importing = ["cluster", "import", "--from", alone.stateDir, "--config", configFile]
      const killed = yield* start(...importing)
      yield* eventually(
        "the import at the last table",
        cluster.database.query<{ readonly n: number }>(
          "SELECT count(*)::int AS n FROM pg_locks WHERE relation = 'audit'::regclass AND NOT granted"
        ),
        ([row]) => row?.n === 1
      )
      yield* killed.signal("SIGKILL")
      yield* Effect.ignore(killed.ended)
      yield* blocking("ROLLBACK")
      yield* eventually("nothing carried over", run(...importing, "--dry-run"), ({ code }) => code === 0)
      const done = yield* run(...importing)
      expect(done).toMatchObject({ code: 0, stderr: "" })
      expect(done.stdout).toMatch(/^people approved by pairing +1$/mu)
    })
  )

  for (const [stop, code] of [
    ["SIGTERM", 143],
    ["SIGINT", 130]
  ] as const) {
    it.scopedLive(
      `is whole where it was, and can be carried over, once the command was stopped over it (${stop})`,
      () =>
        Effect.gen(function* () {
          const { alone, cluster, configFile, gateway } = yield* makeWorld
          const fs = yield* FileSystem.FileSystem
          const { database } = cluster
          yield* gateway.signal("SIGTERM")
          yield* gateway.exitCode
          const store = `${alone.stateDir}/gateway.db`
          yield* makeLarge(store)
          yield* Effect.scoped(Layer.build(DatabasePostgres.layer({ url: database.url, name: "first" })))
          const importing = ["cluster", "import", "--from", alone.stateDir, "--config", configFile]
          const stopped = yield* start(...importing)
          // It is at a table that takes its time.
          yield* eventually(
            "the import in its middle",
            database.query<{ readonly n: number }>(
              "SELECT count(*)::int AS n FROM pg_locks WHERE relation = 'decisions'::regclass AND mode = 'RowExclusiveLock'"
            ),
            ([row]) => row?.n === 1
          )
          expect(yield* countOn(database, "decisions")).toBe(0)
          yield* stopped.signal(stop)
          const ended = yield* stopped.ended
          expect(ended).toMatchObject({ code, stdout: "" })
          expect(ended.stderr).toContain("Nothing was carried over")

          expect(yield* run(...importing, "--dry-run")).toMatchObject({ code: 0, stderr: "" })
          expect(yield* countOn(database, "decisions")).toBe(0)
          expect(yield* run(...importing)).toMatchObject({ code: 0, stderr: "" })
          expect(yield* fs.exists(store)).toBe(false)
          const names = yield* fs.readDirectory(alone.stateDir)
          const [aside, ...others] = names.filter((name) => name.startsWith("gateway.db"))
          expect(others).toEqual([])
          for (const { table } of CARRIED) {
            const there = yield* countIn(`${alone.stateDir}/${aside}`, `SELECT count(*) AS n FROM ${table}`)
            expect([table, yield* countOn(database, table)]).toEqual([table, there])
          }
          const studio = yield* cluster.start("studio")
          yield* studio.awaitRunning()
          const approved = yield* run("pairing", "list", "--approved", "--json", "--config", configFile)
          expect(approved).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining(PERSON) })
        }).pipe(Effect.provide(NodeContext.layer))
    )
  }
})

const Result = Schema.parseJson(
  Schema.Struct({ waiting: Schema.Struct({ messages: Schema.Int, replies: Schema.Int }) })
)

describe("a store with something of each kind in it, left by a gateway that was killed", () => {
  for (const { files, name } of leftStores) {
    it.scopedLive(`is carried over, and the hosts say all of it once and in order (${name})`, () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { chatDb, store } = yield* files
        const imsg = yield* makeSimulator({ database: chatDb })
        // The account on one host, its agent on the other: what waits lies in no group that is either's.
        const cluster = yield* makeCluster(
          ["studio", "server"],
          waitingConfig(
            imsg,
            { type: "echo" },
            { account: { runsOn: ["studio"] }, agent: { runsOn: ["server"] } }
          )
        )
        const { configFile, stateDir } = cluster.homeOf("studio")
        yield* fs.makeDirectory(stateDir, { mode: 0o700 })
        yield* fs.copyFile(store, `${stateDir}/gateway.db`)
        const done = yield* imported("--json", "--config", configFile)
        expect(done).toMatchObject({ code: 0, stderr: "" })
        const { waiting } = yield* Schema.decode(Result)(done.stdout)
        expect(waiting.messages).toBeGreaterThan(0)
        expect(waiting.replies).toBeGreaterThan(0)

        yield* cluster.start("server")
        const studio = yield* cluster.start("studio")
        yield* studio.awaitRunning()
        const { fromAlex, said } = yield* chatsOf(imsg)
        yield* eventually(
          "what is owed",
          said,
          (chats) =>
            Object.entries(OWED).every(([chat, texts]) => (chats[chat] ?? []).length >= texts.length),
          "60 seconds"
        )
        yield* fromAlex("again")
        const later = yield* eventually("the answer", said, (chats) =>
          Object.values(chats).some((texts) => texts.includes("echo: again"))
        )
        expect(later.failed).toBeUndefined()
        const tried = yield* run("deadletters", "retry", "--all", "--config", configFile)
        expect(tried.code).toBe(0)
        const last = yield* eventually("what had failed", said, (chats) => chats.failed !== undefined)
        expect(last.failed).toEqual(["echo: fail now"])
        for (const [chat, texts] of Object.entries(OWED)) expect(last[chat]).toEqual(texts)
      }).pipe(Effect.provide(NodeContext.layer))
    )
  }
})
