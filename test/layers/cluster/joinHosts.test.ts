/** Who joins a cluster is there for the others with its own config, and whoever is refused is not there. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Layer, Scope } from "effect"
import * as joinHosts from "../../../src/layers/cluster/joinHosts.ts"
import { makeOwnRow, type Self } from "../../../src/layers/cluster/ownRow.ts"
import { Database } from "../../../src/layers/database/Database.ts"
import type { GatewayConfig } from "../../../src/schemas/Config.ts"
import { makeConfig } from "../../support/configs.ts"
import { migratedDatabase } from "../../support/postgres.ts"
import { openFor } from "../../support/postgresHosts.ts"

/** A config by which desk runs on these hosts. */
const deskOn = (...runsOn: ReadonlyArray<string>): GatewayConfig =>
  makeConfig({
    cluster: {
      postgres: { url: "postgres://nobody@127.0.0.1:1/none" },
      name: "here",
      address: "here.local:7300",
      secret: "0123456789abcdef0123456789abcdef"
    },
    imessage: { accounts: { desk: { runsOn } } }
  })

const BEFORE = deskOn("studio", "server")
const NOW = deskOn("server", "studio")

interface HostRow {
  readonly name: string
  readonly state: string
}

const makeWorld = Effect.gen(function* () {
  const { query, url } = yield* migratedDatabase
  const store = Layer.succeed(Database, yield* openFor(url))
  let count = 0
  /** Starts a host: how it is stopped, or what refused it. */
  const start = (name: string, config: GatewayConfig, address = `${name}.local:7300`) =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const self = { name, address, incarnation: `${name} ${count++}` }
      const host = joinHosts.layer(self, config).pipe(Layer.provide(store))
      const started = yield* Effect.exit(Layer.buildWithScope(host, scope))
      const stop = Scope.close(scope, started)
      if (Exit.isFailure(started)) yield* stop
      yield* started
      return stop
    })
  return {
    start,
    query,
    store,
    /** Starts hosts at once, and stops them once all of them are up. */
    startAndStop: (config: GatewayConfig, ...names: ReadonlyArray<string>) =>
      Effect.flatMap(
        Effect.forEach(names, (name) => start(name, config), { concurrency: "unbounded" }),
        Effect.all
      ),
    refusal: (name: string, config: GatewayConfig) =>
      Effect.map(Effect.flip(start(name, config)), ({ message }) => message),
    /** The hosts, and whether they are up for the others. */
    hosts: Effect.map(
      query<HostRow>(
        "SELECT name, CASE WHEN stopped_at IS NULL THEN 'up' ELSE 'stopped' END AS state FROM hosts ORDER BY name"
      ),
      (rows) => rows.map(({ name, state }) => `${name} ${state}`)
    )
  }
})

describe("a host that is refused, for it has an account elsewhere", () => {
  it.scopedLive("keeps nobody else from starting, whatever it ran by before", () =>
    Effect.gen(function* () {
      const { refusal, startAndStop, start } = yield* makeWorld
      yield* startAndStop(BEFORE, "server", "studio")
      yield* start("server", NOW)
      expect(yield* refusal("studio", BEFORE)).toContain("account desk runs on")
      yield* start("mini", NOW)
    })
  )

  it.scopedLive("does not go on refusing one that was refused for it", () =>
    Effect.gen(function* () {
      const { refusal, startAndStop, start } = yield* makeWorld
      yield* startAndStop(BEFORE, "server", "studio")
      const server = yield* start("server", NOW)
      yield* refusal("studio", BEFORE)
      yield* server
      const studio = yield* start("studio", BEFORE)
      yield* refusal("server", NOW)
      yield* studio
      yield* start("studio", NOW)
      yield* start("server", NOW)
    })
  )

  it.scopedLive("leaves nothing behind where it never joined", () =>
    Effect.gen(function* () {
      const { hosts, refusal, start } = yield* makeWorld
      yield* start("server", NOW)
      yield* refusal("studoi", BEFORE)
      expect(yield* hosts).toEqual(["server up"])
    })
  )

  it.scopedLive("is what it was before: stopped", () =>
    Effect.gen(function* () {
      const { hosts, refusal, startAndStop, start } = yield* makeWorld
      yield* startAndStop(BEFORE, "studio")
      yield* start("server", NOW)
      yield* refusal("studio", BEFORE)
      expect(yield* hosts).toEqual(["server up", "studio stopped"])
    })
  )
})

describe("hosts that start at once", () => {
  it.scopedLive("all do where their configs agree by now, whatever they were before", () =>
    Effect.gen(function* () {
      const { startAndStop } = yield* makeWorld
      for (const config of [BEFORE, NOW, BEFORE, NOW]) yield* startAndStop(config, "server", "studio", "mini")
    })
  )

  it.scopedLive("are all that agree with the first of them where they do not", () =>
    Effect.gen(function* () {
      const { hosts, start } = yield* makeWorld
      const configs = { server: BEFORE, studio: NOW, mini: deskOn("mini", "server") }
      for (let round = 0; round < 5; round++) {
        const exits = yield* Effect.forEach(
          Object.entries(configs),
          ([name, config]) => Effect.exit(start(name, config)),
          { concurrency: "unbounded" }
        )
        const started = exits.filter(Exit.isSuccess)
        expect(started).toHaveLength(1)
        expect((yield* hosts).filter((host) => host.endsWith("up"))).toHaveLength(1)
        yield* Effect.forEach(started, ({ value }) => value)
      }
    })
  )
})

describe("a host that has joined", () => {
  it.scopedLive("says that it has ended where its start fails further on", () =>
    Effect.gen(function* () {
      const { hosts, query, start } = yield* makeWorld
      const failed = Effect.gen(function* () {
        yield* Effect.acquireRelease(start("studio", BEFORE), (stop) => stop)
        return yield* Effect.fail("further on")
      })
      expect(yield* Effect.flip(Effect.scoped(failed))).toBe("further on")
      expect(yield* hosts).toEqual(["studio stopped"])
      // The version before this one takes the row with what is in it, and may then be refused.
      expect(yield* query("SELECT places FROM hosts")).toEqual([{ places: null }])
    })
  )

  it.scopedLive("is not refused for what it was itself, under another name at its address", () =>
    Effect.gen(function* () {
      const { hosts, query, start } = yield* makeWorld
      yield* start("studio", BEFORE)
      // Its locks are over, and it is not silent yet.
      yield* query("UPDATE hosts SET seen_at = seen_at - 12000")
      yield* start("den", NOW, "studio.local:7300")
      expect(yield* hosts).toEqual(["den up", "studio stopped"])
    })
  )
})

describe("a host that is not heard of while another one joins", () => {
  const LONG_AGO = "UPDATE hosts SET seen_at = seen_at - 16000 WHERE name = 'studio'"
  const addLocks = `
    INSERT INTO cluster_locks (shard_id, address, acquired_at)
    VALUES ('runs:studio:1', 'studio 0@studio.local:7300', now()), ('runs:server:1', 'mini 7@mini.local:7300', now())`
  const beatOf = (self: Self) =>
    Effect.flatMap(Effect.all([Database, makeOwnRow(self)]), ([database, row]) =>
      database.write(() => row.beat({ startedAt: 0, behindMs: 0 }))
    )
  const self = { name: "studio", address: "studio.local:7300", incarnation: "studio 0" }

  it.scopedLive("is put out where it has something elsewhere, and notices", () =>
    Effect.gen(function* () {
      const { hosts, query, start, store } = yield* makeWorld
      yield* start("studio", BEFORE)
      yield* query(addLocks)
      yield* query(LONG_AGO)
      yield* start("server", NOW)
      expect(yield* hosts).toEqual(["server up", "studio stopped"])
      expect(yield* query("SELECT shard_id FROM cluster_locks")).toEqual([{ shard_id: "runs:server:1" }])
      expect(yield* Effect.provide(beatOf(self), store)).toMatchObject({ _tag: "HostPutOut", name: "studio" })
    })
  )

  it.scopedLive("is left alone where it has everything in the same place", () =>
    Effect.gen(function* () {
      const { hosts, query, start, store } = yield* makeWorld
      yield* start("studio", NOW)
      yield* query(addLocks)
      yield* query(LONG_AGO)
      yield* start("server", NOW)
      expect(yield* hosts).toEqual(["server up", "studio up"])
      expect(yield* query("SELECT shard_id FROM cluster_locks ORDER BY 1")).toHaveLength(2)
      expect(yield* Effect.provide(beatOf(self), store)).toBeUndefined()
    })
  )
})
