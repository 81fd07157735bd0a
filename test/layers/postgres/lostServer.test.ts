/** A server that comes and goes, a connection that is lost at the worst moment, a server that lets nobody in. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Option, Redacted, Stream, SubscriptionRef, TestClock } from "effect"
import * as DatabasePostgres from "../../../src/layers/postgres/DatabasePostgres.ts"
import { link } from "../../support/link.ts"
import { migratedDatabase, ownServer } from "../../support/postgres.ts"
import { accounts, insert, openFor } from "../../support/postgresHosts.ts"
import { eventually } from "../../support/simulator.ts"
import { tcpProxy } from "../../support/tcpProxy.ts"

/** The same database through another port. */
const through = (url: Redacted.Redacted<string>, port: number) => {
  const there = new URL(Redacted.value(url))
  there.port = String(port)
  return Redacted.make(there.href)
}

describe("a server that is started again", () => {
  it.scopedLive("is written to and read from afterwards, and who listens is told of everything", () =>
    Effect.gen(function* () {
      const server = yield* ownServer
      const here = yield* openFor(server.url("postgres"))
      yield* here.write(() => insert(here, "a"))
      const hearing = yield* Effect.fork(Stream.runDrain(Stream.take(here.told, 8)))
      // What it begins with is over.
      yield* Effect.sleep("300 millis")
      yield* server.stop("immediate")
      const waiting = yield* Effect.fork(here.write(() => insert(here, "b")))
      yield* server.start
      yield* Fiber.join(waiting)
      expect(yield* accounts(here)).toEqual(["a", "b"])
      yield* Fiber.join(hearing)
    })
  )

  it.scopedLive("is missed meanwhile, in words that help, until something is committed", () =>
    Effect.gen(function* () {
      const server = yield* ownServer
      const here = yield* openFor(server.url("postgres"))
      yield* server.stop("fast")
      expect(yield* Effect.flip(here.write(() => insert(here, "a")))).toMatchObject({
        trouble: "unreachable",
        file: `127.0.0.1:${server.port}/postgres`,
        hint: expect.stringContaining("Check that PostgreSQL runs there")
      })
      expect(yield* Effect.flip(accounts(here))).toMatchObject({ trouble: "unreachable" })
      expect(yield* SubscriptionRef.get(here.refusal)).toMatchObject({ trouble: "unreachable" })
      yield* server.start
      yield* here.write(() => insert(here, "a"))
      expect(yield* SubscriptionRef.get(here.refusal)).toBeUndefined()
      expect(yield* accounts(here)).toEqual(["a"])
    })
  )
})

describe("a way that swallows everything", () => {
  it.scopedLive("keeps nobody from closing the store", () =>
    Effect.gen(function* () {
      const { url } = yield* migratedDatabase
      const way = yield* link(Number(new URL(Redacted.value(url)).port))
      yield* Effect.gen(function* () {
        const here = yield* openFor(through(url, way.port))
        yield* here.write(() => insert(here, "a"))
        yield* accounts(here)
        // Until it listens as well.
        yield* Effect.sleep("500 millis")
        yield* way.set("forgotten")
        yield* Effect.sleep("100 millis")
      }).pipe(Effect.scoped, Effect.disconnect, Effect.timeout("10 seconds"))
    })
  )
})

describe("a connection that is lost at the end of a write", () => {
  for (const [at, what] of [
    ["before", "what the server never heard of is written again"],
    ["after", "what the server has done is not done again"]
  ] as const) {
    it.scopedLive(`once: ${what}`, () =>
      Effect.gen(function* () {
        const { url } = yield* migratedDatabase
        const proxy = yield* tcpProxy(Number(new URL(Redacted.value(url)).port))
        const here = yield* openFor(through(url, proxy.port))
        yield* accounts(here)
        let isWriting = false
        let [cuts, questions] = [0, 0]
        proxy.cutAt((sent) => {
          if (sent.includes("INSERT INTO cursors")) isWriting = true
          if (sent.includes("FROM writers")) questions++
          if (!isWriting || cuts > 0 || !sent.includes("COMMIT\0")) return undefined
          cuts++
          return at
        })
        const get = here.prepare<{ readonly n: number }>("SELECT count(*) AS n FROM cursors")
        yield* here.write(function* () {
          const found = yield* get.get()
          yield* insert(here, `account-${found?.n ?? 0}`)
        })
        expect({ cuts, accounts: yield* accounts(here) }).toEqual({ cuts: 1, accounts: ["account-0"] })
        expect(questions).toBeGreaterThan(0)
      })
    )
  }
})

/** The way is lost with the next commit, which the server has by then, until the function is called. */
const loseAtCommit = (proxy: Effect.Effect.Success<ReturnType<typeof tcpProxy>>) => {
  let isAway = false
  proxy.cutAt((sent) => {
    if (isAway) return "before"
    if (!sent.includes("COMMIT\0")) return undefined
    isAway = true
    return "after"
  })
  return () => proxy.cutAt(() => undefined)
}

/** To commit takes its time for one account, as with a slow disk or a standby that is waited for. */
const SLOW = `
  CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_sleep(CASE WHEN NEW.account_id = 'here' THEN 20 ELSE 0 END); RETURN NEW; END $$;
  CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON cursors DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION slow()`

describe("a server that crashes at the end of a write", () => {
  it.scopedLive("takes nothing for it that another host has written since under its number", () =>
    Effect.gen(function* () {
      const server = yield* ownServer
      const url = server.url("postgres")
      const proxy = yield* tcpProxy(server.port)
      const here = yield* openFor(through(url, proxy.port))
      const there = yield* openFor(url, { name: "there" })
      yield* here.write(() => insert(here, "before"))
      yield* server.query("postgres", SLOW)
      const comeBack = loseAtCommit(proxy)
      const writing = yield* Effect.fork(here.write(() => insert(here, "here")))
      yield* eventually(
        "the commit under way",
        server.query<{ readonly n: number }>(
          "postgres",
          "SELECT count(*)::int AS n FROM pg_stat_activity WHERE query = 'COMMIT' AND state = 'active'"
        ),
        ([row]) => row?.n === 1
      )
      yield* server.stop("immediate")
      yield* server.start
      yield* server.query("postgres", "DROP TRIGGER slow ON cursors")
      // That host finds its way back first.
      yield* there.write(() => insert(there, "there"))
      comeBack()
      yield* Fiber.join(writing)
      expect(yield* accounts(there)).toEqual(["before", "here", "there"])
    })
  )
})

describe("a write of which nobody knows whether it is there", () => {
  it.scoped("is asked about for as long as it takes, and what waits behind it is refused meanwhile", () =>
    Effect.gen(function* () {
      const { query, url } = yield* migratedDatabase
      const proxy = yield* tcpProxy(Number(new URL(Redacted.value(url)).port))
      const here = yield* openFor(through(url, proxy.port))
      const comeBack = loseAtCommit(proxy)
      const passing = (seconds: number) =>
        Effect.repeatN(
          Effect.zipRight(
            Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 20))),
            TestClock.adjust("1 second")
          ),
          seconds
        )
      const isOver = (fiber: Fiber.RuntimeFiber<unknown, unknown>) =>
        Effect.repeat(Effect.zipRight(passing(1), Fiber.poll(fiber)), { until: Option.isSome })
      const get = here.prepare<{ readonly n: number }>("SELECT count(*) AS n FROM cursors")
      const writing = yield* Effect.fork(
        here.write(function* () {
          const found = yield* get.get()
          yield* insert(here, `account-${found?.n ?? 0}`)
        })
      )
      yield* passing(2)
      const waiting = yield* Effect.fork(Effect.flip(here.write(() => insert(here, "waits"))))
      yield* isOver(waiting)
      expect(yield* Fiber.join(waiting)).toMatchObject({
        trouble: "unreachable",
        detail: expect.stringContaining("not known")
      })
      yield* passing(90)
      expect(yield* Fiber.poll(writing)).toEqual(Option.none())
      comeBack()
      yield* isOver(writing)
      yield* Fiber.join(writing)
      expect(yield* query("SELECT account_id FROM cursors")).toEqual([{ account_id: "account-0" }])
    })
  )
})

describe("a server that cannot be opened", () => {
  const open = (url: string) =>
    Effect.flip(Effect.scoped(Layer.build(DatabasePostgres.layer({ url: Redacted.make(url), name: "here" }))))

  it.scopedLive("is named with what is wrong, and never with the password", () =>
    Effect.gen(function* () {
      const { url } = yield* migratedDatabase
      const right = new URL(Redacted.value(url))
      const wrong = new URL(right)
      wrong.password = "hidden-words"
      const nowhere = new URL(right)
      nowhere.pathname = "/no_such_database"
      const refused = yield* Effect.forEach(
        [
          wrong.href,
          nowhere.href,
          "postgresql://gateway:hidden-words@127.0.0.1:1/gateway",
          "postgresql://[::1"
        ],
        open
      )
      expect(refused.map(({ trouble }) => trouble)).toEqual(["denied", "denied", "unreachable", "address"])
      const words = JSON.stringify(refused.map(({ hint, message }) => [message, hint]))
      expect(words).toContain(`127.0.0.1:${right.port}/test_`)
      expect(words).not.toMatch(/hidden-words|of-the-tests/u)
    })
  )
})
