/** Whose turn it is to write: how long it lasts, whom it holds up, and how it is taken from who keeps it. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Redacted } from "effect"
import pg from "pg"
import { onBehalfOfShard } from "../../../src/services/ActsFor.ts"
import { migratedDatabase } from "../../support/postgres.ts"
import { accounts, insert, openFor } from "../../support/postgresHosts.ts"

const TAKE_TURN = "BEGIN; SELECT pg_advisory_xact_lock(1768780647)"

/** A connection beside the stores. */
const connection = (url: Redacted.Redacted<string>) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const client = new pg.Client({ connectionString: Redacted.value(url) })
      client.on("error", () => {})
      await client.connect()
      return client
    }),
    (client) => Effect.promise(() => client.end())
  )

describe("the writes of a host", () => {
  it.scopedLive("fail by themselves where a statement of theirs takes too long", () =>
    Effect.gen(function* () {
      const { url } = yield* migratedDatabase
      const here = yield* openFor(url)
      const bound = here.prepare("SELECT set_config('statement_timeout', '50', true)")
      const sleep = here.prepare("SELECT pg_sleep(0.3)")
      const first = yield* Effect.fork(here.write(() => sleep.get()))
      yield* Effect.sleep("100 millis")
      const slow = here.write(function* () {
        yield* bound.get()
        yield* sleep.get()
      })
      const done: Array<string> = []
      const outcomes = yield* Effect.all(
        [
          here.write(() => insert(here, "before")),
          Effect.ensuring(
            slow,
            Effect.sync(() => done.push("slow"))
          ),
          Effect.ensuring(
            here.write(() => insert(here, "after")),
            Effect.sync(() => done.push("after"))
          )
        ],
        { concurrency: "unbounded", mode: "either" }
      )
      yield* Fiber.join(first)
      expect(outcomes.map(({ _tag }) => _tag)).toEqual(["Right", "Left", "Right"])
      expect(done).toEqual(["after", "slow"])
      expect(yield* accounts(here)).toEqual(["after", "before"])
    })
  )

  it.scopedLive("let others have their turn before all of them are written", () =>
    Effect.gen(function* () {
      const { url } = yield* migratedDatabase
      const [here, there] = [yield* openFor(url), yield* openFor(url, { name: "there" })]
      const sleep = here.prepare("SELECT pg_sleep(0.1)")
      const done: Array<string> = []
      const noting = (who: string) => Effect.sync(() => done.push(who))
      const slow = (who: string) =>
        Effect.zipRight(
          here.write(function* () {
            yield* sleep.get()
            yield* insert(here, who)
          }),
          noting(who)
        )
      const names = Array.from({ length: 12 }, (_, at) => `account-${at}`)
      const writing = yield* Effect.fork(Effect.forEach(names, slow, { concurrency: "unbounded" }))
      yield* Effect.sleep("250 millis")
      yield* Effect.zipRight(
        there.write(() => insert(there, "there")),
        noting("there")
      )
      yield* Fiber.join(writing)
      expect(done).toHaveLength(13)
      expect(done.indexOf("there")).toBeLessThan(10)
      // In the order in which they were asked for, all the same.
      expect(done.filter((who) => who !== "there")).toEqual(names)
    })
  )

  it.scopedLive("see what was written before their turn, whatever a server begins otherwise", () =>
    Effect.gen(function* () {
      const { query, url } = yield* migratedDatabase
      const name = new URL(Redacted.value(url)).pathname.slice(1)
      yield* query(`
        ALTER DATABASE ${name} SET default_transaction_isolation = 'repeatable read';
        ALTER DATABASE ${name} SET default_transaction_read_only = on`)
      const hosts = [yield* openFor(url), yield* openFor(url, { name: "there" })]
      const before = yield* connection(url)
      yield* Effect.promise(() => before.query(`BEGIN READ WRITE; ${TAKE_TURN}`))
      const counting = yield* Effect.forEach(hosts, (host) => {
        const count = host.prepare<{ readonly n: number }>("SELECT count(*) AS n FROM cursors")
        return Effect.fork(
          host.write(function* () {
            yield* insert(host, `account-${(yield* count.get())?.n}`)
          })
        )
      })
      yield* Effect.sleep("300 millis")
      yield* Effect.promise(() => before.query("COMMIT"))
      yield* Fiber.joinAll(counting)
      expect(yield* Effect.flatMap(openFor(url), accounts)).toEqual(["account-0", "account-1"])
    })
  )

  it.scopedLive("hold up nobody who renews what he holds", () =>
    Effect.gen(function* () {
      const { query, url } = yield* migratedDatabase
      yield* query("INSERT INTO cluster_locks VALUES ('accounts:1', 'here:1', now() - INTERVAL '5 seconds')")
      const here = yield* openFor(url, { holder: "here:1" })
      const sleep = here.prepare("SELECT pg_sleep(1)")
      const writing = yield* here
        .write(() => sleep.get())
        .pipe(onBehalfOfShard("accounts:1"), Effect.as("written"), Effect.fork)
      yield* Effect.sleep("300 millis")
      const renewing = query("UPDATE cluster_locks SET acquired_at = now() WHERE address = 'here:1'")
      expect(yield* Effect.raceFirst(Effect.as(renewing, "renewed"), Fiber.join(writing))).toBe("renewed")
      yield* Fiber.join(writing)
    })
  )
})

describe("a process that stands still while it is sent an answer in its turn", () => {
  it.scopedLive(
    "loses it, and the others write",
    () =>
      Effect.gen(function* () {
        const { url } = yield* migratedDatabase
        const here = yield* openFor(url)
        const still = yield* connection(url)
        yield* Effect.promise(() => still.query(TAKE_TURN))
        const reading = still.query("SELECT repeat('x', 25000) FROM generate_series(1, 800)")
        still.connection.stream.pause()
        const lost = yield* Effect.fork(
          Effect.promise(() =>
            reading.then(
              () => "answered",
              () => "lost"
            )
          )
        )
        yield* here.write(() => insert(here, "a"))
        expect(yield* accounts(here)).toEqual(["a"])
        still.connection.stream.resume()
        expect(yield* Fiber.join(lost)).toBe("lost")
      }),
    30_000
  )
})
