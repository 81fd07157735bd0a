/** Two hosts of a cluster, in one process, on one database. */
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Option, Schedule, type Scope, Stream } from "effect"
import * as AccountsCluster from "../../../src/layers/cluster/AccountsCluster.ts"
import { holderOf } from "../../../src/layers/cluster/holder.ts"
import * as joinHosts from "../../../src/layers/cluster/joinHosts.ts"
import type { Self } from "../../../src/layers/cluster/ownRow.ts"
import * as DatabasePostgres from "../../../src/layers/postgres/DatabasePostgres.ts"
import { Accounts } from "../../../src/services/Accounts.ts"
import { onBehalfOfShard } from "../../../src/services/ActsFor.ts"
import { type Cluster, Hosts } from "../../../src/services/Hosts.ts"
import { events } from "../../support/accounts.ts"
import { configLayer, makeConfig } from "../../support/configs.ts"
import { migratedDatabase } from "../../support/postgres.ts"

const CONFIG = {
  cluster: {
    postgres: { url: "postgres://nobody@127.0.0.1:1/none" },
    name: "here",
    address: "here.local:7300",
    secret: "0123456789abcdef0123456789abcdef"
  },
  imessage: {
    accounts: {
      one: { name: "One", runsOn: ["studio", "spare"] },
      two: { runsOn: ["studio"], dbPath: "/two" }
    }
  }
}

type Server = Effect.Effect.Success<typeof migratedDatabase>

interface Running {
  readonly accounts: Accounts["Type"]
  readonly cluster: Cluster
}

const selfOf = (name: string): Self => ({ name, address: `${name}.local:7300`, incarnation: name })

const hostOn = (server: Server, name: string): Effect.Effect<Running, never, Scope.Scope> =>
  Effect.map(
    Layer.build(
      AccountsCluster.layer(selfOf(name), () => () => Effect.never).pipe(
        Layer.provide([
          configLayer(CONFIG),
          events,
          joinHosts
            .layer(selfOf(name), makeConfig(CONFIG))
            .pipe(
              Layer.provideMerge(
                DatabasePostgres.layer({ url: server.url, name, holder: holderOf(selfOf(name)) })
              ),
              Layer.orDie
            )
        ])
      )
    ),
    (context) => ({
      accounts: Context.get(context, Accounts),
      cluster: Option.getOrThrow(Context.get(context, Hosts))
    })
  )

/** Waits until what is looked at is so. */
const until = <A, E>(look: Effect.Effect<A, E>, isSo: (found: A) => boolean) =>
  Effect.repeat(look, { until: isSo, schedule: Schedule.spaced("50 millis") }).pipe(
    Effect.zipRight(look),
    Effect.timeout("10 seconds")
  )

const states = (cluster: Cluster) =>
  Effect.map(Effect.orDie(cluster.all), (hosts) =>
    Object.fromEntries(hosts.map(({ name, state }) => [name, state]))
  )

const statusOf = ({ accounts }: Running, id: string) => Effect.map(accounts.get(id), Option.getOrThrow)

const running = { state: "running", reason: "subscribed", pid: 4711, cursor: 12 } as const

describe("the hosts of a cluster", () => {
  it.scopedLive("know of each other, and are as each of them sees them", () =>
    Effect.gen(function* () {
      const server = yield* migratedDatabase
      const studio = yield* hostOn(server, "studio")
      const spare = yield* hostOn(server, "spare")
      yield* until(states(studio.cluster), ({ spare }) => spare === "up")
      expect(yield* states(studio.cluster)).toEqual({ spare: "up", studio: "here" })
      expect(yield* states(spare.cluster)).toEqual({ spare: "here", studio: "up" })
      const [first] = yield* studio.cluster.all
      expect(first).toMatchObject({ name: "spare", address: "spare.local:7300", pid: process.pid })
      expect(Math.abs(first?.clockBehindMs ?? Number.NaN)).toBeLessThan(500)
      expect(Math.abs(Date.now() - (first?.seenAt ?? 0))).toBeLessThan(5000)
    })
  )

  it.scopedLive("are silent once they say nothing any more", () =>
    Effect.gen(function* () {
      const server = yield* migratedDatabase
      const studio = yield* hostOn(server, "studio")
      yield* server.query(
        `INSERT INTO hosts VALUES ('lost', 'lost:1', '1.0.0', 7, 0, (EXTRACT(EPOCH FROM now()) * 1000)::bigint - 15500, 0, NULL)`
      )
      const seen = (yield* studio.cluster.all).find(({ name }) => name === "lost")
      expect(seen?.state).toBe("silent")
      expect(Math.abs(Date.now() - 15_500 - (seen?.seenAt ?? 0))).toBeLessThan(2000)
    })
  )

  it.scopedLive("show each other how the accounts are that they run", () =>
    Effect.gen(function* () {
      const server = yield* migratedDatabase
      const studio = yield* hostOn(server, "studio")
      const spare = yield* hostOn(server, "spare")
      yield* until(states(spare.cluster), (found) => Object.keys(found).length === 2)
      expect(yield* statusOf(spare, "one")).toMatchObject({ reason: "spare or studio is to run it" })

      const runs = yield* Effect.fork(studio.cluster.hosting("one")(Effect.never))
      yield* studio.accounts.update("one", () => running)
      const there = yield* until(statusOf(spare, "one"), ({ state }) => state === "running")
      expect(there).toMatchObject({ ...running, name: "One", host: "studio" })
      expect(yield* statusOf(studio, "one")).toMatchObject({ ...running, host: "studio" })
      expect(yield* Stream.runHead(studio.cluster.hosted)).toEqual(Option.some(["one"]))

      yield* Fiber.interrupt(runs)
      const between = yield* until(statusOf(studio, "one"), ({ state }) => state === "backoff")
      expect(between.reason).toBe("its host studio does not run it any more; another host takes it over")

      yield* Effect.forkScoped(spare.cluster.hosting("one")(Effect.never))
      yield* spare.accounts.update("one", () => ({ ...running, pid: 42 }))
      const moved = yield* until(statusOf(studio, "one"), ({ host }) => host === "spare")
      expect(moved).toMatchObject({ state: "running", pid: 42 })
    })
  )

  it.scopedLive("do not overwrite what another host says of what it took over", () =>
    Effect.gen(function* () {
      const server = yield* migratedDatabase
      const lock = (name: string) =>
        server.query(
          `INSERT INTO cluster_locks VALUES ('accounts:1', '${holderOf(selfOf(name))}', now()) ON CONFLICT (shard_id) DO UPDATE SET address = excluded.address`
        )
      const hosting = ({ cluster }: Running) =>
        Effect.forkScoped(onBehalfOfShard("accounts:1")(cluster.hosting("one")(Effect.never)))
      yield* lock("studio")
      const stale = yield* hostOn(server, "studio")
      yield* hosting(stale)
      yield* stale.accounts.update("one", () => running)
      const spare = yield* hostOn(server, "spare")
      yield* until(statusOf(spare, "one"), ({ host }) => host === "studio")

      yield* lock("spare")
      yield* hosting(spare)
      yield* spare.accounts.update("one", () => ({ ...running, cursor: 14 }))
      yield* until(Effect.orDie(spare.cluster.accounts), (all) => all.get("one")?.host === "spare")
      yield* stale.accounts.update("one", () => ({ cursor: 13 }))
      // It has looks of its own to write in, and to write again.
      yield* Effect.sleep("2500 millis")
      const one = (yield* stale.cluster.accounts).get("one")
      expect(one).toMatchObject({ host: "spare", status: { cursor: 14 } })
    })
  )

  it.scopedLive("write nothing of how their accounts are once another process has their name", () =>
    Effect.gen(function* () {
      const server = yield* migratedDatabase
      const lock = `INSERT INTO cluster_locks VALUES ('accounts:1', '${holderOf(selfOf("studio"))}', now())`
      yield* server.query(lock)
      const studio = yield* hostOn(server, "studio")
      const hosting = studio.cluster.hosting("one")(Effect.never)
      yield* Effect.forkScoped(onBehalfOfShard("accounts:1")(hosting))
      yield* studio.accounts.update("one", () => running)
      const cursor = Effect.map(studio.cluster.accounts, (all) => all.get("one")?.status.cursor)
      yield* until(cursor, (written) => written === 12)
      const seenAt = server.query<{ readonly seen_at: string }>("SELECT seen_at FROM hosts")
      const [before] = yield* seenAt
      // It looks at its row only as it says again that it is there.
      yield* until(seenAt, ([now]) => now?.seen_at !== before?.seen_at)
      const taking = "UPDATE hosts SET incarnation = 'another'; UPDATE cluster_locks SET address = 'another'"
      yield* server.query(taking)
      yield* studio.accounts.update("one", () => ({ cursor: 13 }))
      yield* Effect.flip(studio.cluster.taken)
      expect(yield* cursor).toBe(12)
    })
  )

  it.scopedLive("say that they stop, and whose accounts wait for them", () =>
    Effect.gen(function* () {
      const server = yield* migratedDatabase
      const spare = yield* hostOn(server, "spare")
      yield* Effect.gen(function* () {
        const studio = yield* hostOn(server, "studio")
        yield* Effect.forkScoped(studio.cluster.hosting("two")(Effect.never))
        yield* studio.accounts.update("two", () => running)
        yield* until(statusOf(spare, "two"), ({ state }) => state === "running")
      }).pipe(Effect.scoped)
      expect(yield* states(spare.cluster)).toEqual({ spare: "here", studio: "stopped" })
      const two = yield* until(statusOf(spare, "two"), ({ state }) => state !== "running")
      expect(two).toMatchObject({ state: "stopped", host: "studio", pid: undefined })
      expect(two.reason).toMatch(/^its host studio was stopped at \d\d:\d\d UTC; it waits for studio$/u)
    })
  )
})
