/** Several gateways on one database. */
import { describe, expect, it } from "@effect/vitest"
import { Chunk, Effect, Either, Fiber, Option, Stream, SubscriptionRef } from "effect"
import type { Told } from "../../../src/layers/database/Database.ts"
import * as Step from "../../../src/layers/database/Step.ts"
import { READERS } from "../../../src/layers/postgres/DatabasePostgres.ts"
import { ActsFor } from "../../../src/services/ActsFor.ts"
import { migratedDatabase } from "../../support/postgres.ts"
import { accounts, insert, openFor } from "../../support/postgresHosts.ts"

describe("two hosts on one database", () => {
  it.scopedLive("see what the other one has written", () =>
    Effect.gen(function* () {
      const { url } = yield* migratedDatabase
      const [here, there] = [yield* openFor(url), yield* openFor(url, { name: "there" })]
      yield* here.write(() => insert(here, "a"))
      expect(yield* accounts(there)).toEqual(["a"])
    })
  )

  it.scopedLive("never write at the same time: what is read in a write is so at its end", () =>
    Effect.gen(function* () {
      const { query, url } = yield* migratedDatabase
      yield* query("INSERT INTO cursors (account_id, row_id) VALUES ('counter', 0)")
      const hosts = [yield* openFor(url), yield* openFor(url, { name: "there" })]
      const increments = hosts.flatMap((host) => {
        const get = host.prepare<{ readonly row_id: number }>("SELECT row_id FROM cursors")
        const set = host.prepare("UPDATE cursors SET row_id = ?")
        const increment = host.write(function* () {
          const row = yield* get.get()
          yield* set.run((row?.row_id ?? 0) + 1)
        })
        return Array.from({ length: 50 }, (_, at) => Effect.delay(increment, at % 10))
      })
      yield* Effect.all(increments, { concurrency: "unbounded" })
      expect(yield* query("SELECT row_id FROM cursors")).toEqual([{ row_id: "100" }])
    })
  )

  it.scopedLive("read what was so at one moment, whatever is written meanwhile", () =>
    Effect.gen(function* () {
      const { query, url } = yield* migratedDatabase
      const [here, there] = [yield* openFor(url), yield* openFor(url, { name: "there" })]
      const count = here.prepare<{ readonly n: number }>("SELECT count(*) AS n FROM cursors")
      const wait = here.prepare("SELECT pg_sleep(1)")
      const waiting = query("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
      const reading = yield* Effect.fork(
        here.read(function* () {
          const before = yield* count.get()
          yield* wait.get()
          return [before?.n, (yield* count.get())?.n]
        })
      )
      yield* Effect.repeat(waiting, { until: (all) => all.length > 0 })
      yield* there.write(() => insert(there, "a"))
      expect(yield* Fiber.join(reading)).toEqual([0, 0])
      expect(yield* accounts(here)).toEqual(["a"])
    })
  )

  it.scopedLive(
    "wait for their connections while those are at work, for longer than one takes to be made",
    () =>
      Effect.gen(function* () {
        const { query, url } = yield* migratedDatabase
        const here = yield* openFor(url)
        const sleep = here.prepare("SELECT pg_sleep(12)")
        const asleep = query("SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
        yield* Effect.forkScoped(
          Effect.all(
            Array.from({ length: READERS }, () => here.read(() => sleep.get())),
            { concurrency: "unbounded" }
          )
        )
        yield* Effect.repeat(asleep, { until: (all) => all.length === READERS })
        expect(yield* accounts(here)).toEqual([])
        expect(yield* SubscriptionRef.get(here.refusal)).toBeUndefined()
      })
  )

  it.scopedLive("go on with what they have prepared when one of them changes a table", () =>
    Effect.gen(function* () {
      const { query, url } = yield* migratedDatabase
      const here = yield* openFor(url)
      yield* here.write(() => insert(here, "a"))
      const all = here.prepare("SELECT * FROM cursors WHERE account_id = ?")
      const read = here.read(() => all.all("a"))
      yield* Effect.all(
        Array.from({ length: 20 }, () => read),
        { concurrency: "unbounded" }
      )
      yield* query("ALTER TABLE cursors ADD COLUMN more BIGINT NOT NULL DEFAULT 5")
      const found = yield* Effect.all([read, here.write(() => all.all("a")), read, read], {
        concurrency: "unbounded"
      })
      expect(found.flat()).toEqual(Array.from({ length: 4 }, () => expect.objectContaining({ more: 5 })))
    })
  )

  it.scopedLive("end what is paused in the middle of a write, and wait for nothing without end", () =>
    Effect.gen(function* () {
      const { url } = yield* migratedDatabase
      const here = yield* openFor(url)
      const shown = yield* Effect.forEach(
        ["idle_in_transaction_session_timeout", "lock_timeout", "statement_timeout"],
        (name) => here.write(() => here.prepare(`SHOW ${name}`).get())
      )
      expect(shown).toEqual([
        { idle_in_transaction_session_timeout: "3s" },
        { lock_timeout: "10s" },
        { statement_timeout: "15s" }
      ])
    })
  )
})

describe("what is written for an actor", () => {
  const lock = (shard: string, address: string) =>
    `INSERT INTO cluster_locks VALUES ('${shard}', '${address}', now())`
  const actingFor = (shard: string) => Effect.provideService(ActsFor, Option.some(shard))

  it.scopedLive("is refused once another host has it, and the rest is written", () =>
    Effect.gen(function* () {
      const { query, url } = yield* migratedDatabase
      yield* query(`${lock("accounts:1", "here:1")}; ${lock("accounts:2", "there:1")}`)
      const here = yield* openFor(url, { holder: "here:1" })
      const write = (account: string) => here.write(() => insert(here, account))
      const outcomes = yield* Effect.all(
        [
          write("nobody's"),
          actingFor("accounts:1")(write("ours")),
          actingFor("accounts:2")(write("theirs")),
          actingFor("accounts:3")(write("no more ours"))
        ],
        { concurrency: "unbounded", mode: "either" }
      )
      expect(outcomes.map(Either.isRight)).toEqual([true, true, false, false])
      expect(Option.flatMap(Option.fromNullable(outcomes[2]), Either.getLeft)).toMatchObject({
        value: { trouble: "fenced", message: expect.stringContaining("another host has taken over") }
      })
      expect(yield* accounts(here)).toEqual(["nobody's", "ours"])
      expect(yield* SubscriptionRef.get(here.refusal)).toBeUndefined()
    })
  )

  it.scopedLive("is not refused for what is wrong with it otherwise, but for the actor first", () =>
    Effect.gen(function* () {
      const { query, url } = yield* migratedDatabase
      yield* query(lock("accounts:2", "there:1"))
      const here = yield* openFor(url, { holder: "here:1" })
      yield* here.write(() => insert(here, "a"))
      const again = here.write(() => insert(here, "a"))
      expect(yield* Effect.flip(actingFor("accounts:2")(again))).toMatchObject({ trouble: "fenced" })
      expect((yield* Effect.flip(again)).trouble).toBeUndefined()
    })
  )

  it.scopedLive("is there before another host can take the actor over", () =>
    Effect.gen(function* () {
      const { query, url } = yield* migratedDatabase
      yield* query(lock("accounts:1", "here:1"))
      const here = yield* openFor(url, { holder: "here:1" })
      const wait = here.prepare("SELECT pg_sleep(0.5)")
      const writing = yield* here
        .write(function* () {
          yield* insert(here, "a")
          yield* wait.get()
        })
        .pipe(actingFor("accounts:1"), Effect.fork)
      yield* Effect.sleep("200 millis")
      yield* query("UPDATE cluster_locks SET address = 'there:1'")
      expect(yield* query("SELECT account_id FROM cursors")).toEqual([{ account_id: "a" }])
      yield* Fiber.join(writing)
    })
  )

  it.scopedLive("is not asked about where no address is given, as beside a gateway", () =>
    Effect.gen(function* () {
      const { url } = yield* migratedDatabase
      const here = yield* openFor(url)
      yield* actingFor("accounts:1")(here.write(() => insert(here, "a")))
      expect(yield* accounts(here)).toEqual(["a"])
    })
  )
})

describe("a store that is closed", () => {
  // On the tests' clock, which stands still: nothing is waited for that does not come back.
  it.scoped(
    "refuses at once what is still asked of it",
    () =>
      Effect.gen(function* () {
        const { url } = yield* migratedDatabase
        const closed = yield* Effect.scoped(openFor(url))
        const writing = Effect.asVoid(closed.write(() => insert(closed, "a")))
        for (const asking of [Effect.asVoid(accounts(closed)), writing]) {
          const refused = yield* Effect.flip(asking)
          expect(refused).toMatchObject({ detail: "the store is closed" })
          expect(refused.trouble).toBeUndefined()
        }
      }),
    10_000
  )
})

describe("what is told", () => {
  const outbox = (of: string): Told => ({ topic: "outbox", of })

  it.scopedLive("is heard by every host once it is committed, and by nobody where it is not", () =>
    Effect.gen(function* () {
      const { url } = yield* migratedDatabase
      const [here, there] = [yield* openFor(url), yield* openFor(url, { name: "there" })]
      const heard = (of: string) => (stream: Stream.Stream<Told>) =>
        stream.pipe(
          Stream.filter((told) => told.of !== ""),
          Stream.takeUntil((told) => told.of === of),
          Stream.runCollect,
          Effect.map(Chunk.toReadonlyArray),
          Effect.fork
        )
      const hearing = yield* Effect.forEach([here, there], ({ told }) => heard("last")(told))
      // Who listens is told of everything first; then it is heard for certain.
      yield* Effect.forEach([here, there], ({ told }) => Stream.runHead(told))
      yield* Effect.sleep("300 millis")
      yield* here.write(() => here.tell(outbox("first")))
      yield* Effect.either(
        here.write(function* () {
          yield* here.tell(outbox("never"))
          yield* insert(here, "a")
          yield* insert(here, "a")
        })
      )
      yield* there.write(() => there.tell(outbox("last")))
      expect(yield* Fiber.joinAll(hearing)).toEqual([
        [outbox("first"), outbox("last")],
        [outbox("first"), outbox("last")]
      ])
    })
  )

  it.scopedLive("is told of everything to whoever begins to listen", () =>
    Effect.gen(function* () {
      const { url } = yield* migratedDatabase
      const here = yield* openFor(url)
      const first = yield* Stream.runCollect(Stream.take(here.told, 4))
      expect(Chunk.toReadonlyArray(first).map(({ of, topic }) => [topic, of])).toEqual([
        ["outbox", ""],
        ["mailbox", ""],
        ["stops", ""],
        ["permissions", ""]
      ])
    })
  )

  it.scopedLive("is of anything where it is too long to be told", () =>
    Effect.gen(function* () {
      const { url } = yield* migratedDatabase
      const here = yield* openFor(url)
      const hearing = yield* Effect.fork(Stream.runCollect(Stream.take(Stream.drop(here.told, 4), 1)))
      yield* Effect.sleep("300 millis")
      yield* here.write(() => Step.map(here.tell(outbox("x".repeat(9000))), () => undefined))
      expect(Chunk.toReadonlyArray(yield* Fiber.join(hearing))).toMatchObject([{ of: "" }])
    })
  )
})
