import { describe, expect, it } from "@effect/vitest"
import { Effect, Either, Layer, Redacted } from "effect"
import * as AccountsCluster from "../../../../src/layers/cluster/AccountsCluster.ts"
import * as DatabasePostgres from "../../../../src/layers/postgres/DatabasePostgres.ts"
import type { ServerLook } from "../../../../src/layers/postgres/look.ts"
import {
  clusterChecks,
  databaseChecks,
  hostCheck,
  mayWorkTogether
} from "../../../../src/programs/commands/doctor/cluster.ts"
import { VERSION } from "../../../../src/version.ts"
import { events } from "../../../support/accounts.ts"
import { configLayer, makeConfig } from "../../../support/configs.ts"
import { emptyDatabase, migratedDatabase } from "../../../support/postgres.ts"

const SERVER: ServerLook = {
  file: "db:5432/gateway",
  version: "15.4",
  major: 15,
  schema: { steps: 2, oldestProgram: 1 },
  known: 2,
  role: "imsg",
  mayCreate: true,
  clockBehindMs: 0,
  tookMs: 1
}

describe("the database of a cluster", () => {
  it.each([
    { what: "in order", over: {}, status: "ok", says: "schema 2 of 2" },
    { what: "too old", over: { major: 12, version: "12.9" }, status: "failed", says: "13 or later" },
    {
      what: "for newer programs",
      over: { schema: { steps: 4, oldestProgram: 3 } },
      status: "failed",
      says: "asks for a newer program"
    },
    {
      what: "newer, and can be worked on",
      over: { schema: { steps: 3, oldestProgram: 2 } },
      status: "warning",
      says: "is newer than this program's"
    },
    { what: "slow", over: { tookMs: 80 }, status: "warning", says: "80 ms" },
    {
      what: "empty",
      over: { schema: { steps: 0, oldestProgram: 0 } },
      status: "ok",
      says: "no gateway has worked on it yet"
    },
    {
      what: "empty, and another's",
      over: { schema: { steps: 0, oldestProgram: 0 }, mayCreate: false },
      status: "failed",
      says: "the role imsg may not make tables in it"
    },
    {
      what: "another's, and has what this program needs",
      over: { mayCreate: false },
      status: "ok",
      says: "schema 2 of 2"
    }
  ])("is $what", ({ over, says, status }) => {
    const [found, clock] = databaseChecks({ ...SERVER, ...over })
    expect(found).toMatchObject({ status })
    expect(found?.detail).toContain(says)
    expect(clock?.status).toBe("ok")
  })

  it("has a clock, by which all hosts go", () => {
    const [, clock] = databaseChecks({ ...SERVER, clockBehindMs: -3000 })
    expect(clock).toMatchObject({
      status: "warning",
      detail: "this host's clock is 3s ahead of the database's"
    })
  })
})

describe("another host", () => {
  const up = { address: "studio:7300", name: "studio", state: "up" } as const
  const answer = { name: "studio", version: VERSION, behindMs: 10 }
  it.each([
    { what: "in order", host: up, found: Either.right(answer), status: "ok", says: "studio:7300" },
    { what: "cut off", host: up, found: Either.left("ECONNREFUSED"), status: "failed", says: "ECONNREFUSED" },
    {
      what: "silent",
      host: { ...up, state: "silent" } as const,
      found: Either.left("ETIMEDOUT"),
      status: "warning",
      says: "it is silent"
    },
    {
      what: "another one",
      host: up,
      found: Either.right({ ...answer, name: "spare" }),
      status: "failed",
      says: "is the host spare"
    },
    {
      what: "of another time",
      host: up,
      found: Either.right({ ...answer, version: "9.0.0" }),
      status: "warning",
      says: "9.0.0"
    },
    {
      what: "by another clock",
      host: up,
      found: Either.right({ ...answer, behindMs: 5000 }),
      status: "warning",
      says: "5s behind"
    }
  ])("is $what", ({ found, host, says, status }) => {
    const check = hostCheck(host, found)
    expect(check).toMatchObject({ status })
    expect(check.detail).toContain(says)
  })

  it.each([
    ["0.1.0", "0.1.7", true],
    ["0.1.0", "0.2.0", true],
    ["0.1.0", "0.3.0", false],
    ["0.9.0", "1.0.0", false]
  ])("of %s beside %s: %s", (one, other, may) => {
    expect(mayWorkTogether(one, other)).toBe(may)
    expect(mayWorkTogether(other, one)).toBe(may)
  })
})

const configOf = (url: string) => {
  const config = makeConfig({
    imessage: {
      accounts: { one: { runsOn: ["studio", "spare"] }, two: { runsOn: ["server"], dbPath: "/two" } }
    },
    cluster: {
      postgres: { url },
      name: "server",
      address: "127.0.0.1:7300",
      secret: "0123456789abcdef0123456789abcdef"
    }
  })
  const { cluster } = config
  if (cluster === undefined) throw new Error("it has one")
  return { ...config, cluster }
}

const shown = (config: ReturnType<typeof configOf>) =>
  Effect.map(clusterChecks(config), (checks) =>
    checks.map(({ account, detail, id, status }) => `${status} ${account ?? ""} ${id}: ${detail}`)
  )

describe("doctor in a cluster", () => {
  it.scopedLive("says of what hosts wrote what is not as it should be, and changes nothing", () =>
    Effect.gen(function* () {
      const server = yield* migratedDatabase
      // Nobody listens where it says that it does.
      yield* Layer.build(
        AccountsCluster.layer(
          { name: "studio", address: "127.0.0.1:9", incarnation: "1" },
          () => () => Effect.never
        ).pipe(
          Layer.provide([
            configLayer({}),
            events,
            Layer.orDie(DatabasePostgres.layer({ url: server.url, name: "studio" }))
          ])
        )
      )
      const rows = Effect.repeat(server.query("SELECT name FROM hosts"), {
        until: ({ length }) => length === 1
      })
      yield* Effect.timeout(rows, "5 seconds")
      const found = yield* shown(configOf(Redacted.value(server.url)))
      expect(found[0]).toMatch(/^ok {2}cluster-database: .*PostgreSQL \d+.*schema \d of \d$/u)
      expect(found[1]).toMatch(/^ok {2}cluster-clock/u)
      expect(found.slice(2)).toEqual([
        "warning  cluster-hosts: runsOn names hosts that have never joined: spare (account one)",
        "failed  host-studio: it is up, but 127.0.0.1:9 is not reached: ECONNREFUSED",
        "warning one runs: no host runs it: studio is to run it",
        "warning two runs: no host runs it: no host that may run it is up; it waits for server"
      ])
    })
  )

  it.scopedLive("says what a host that is up has elsewhere, and nothing of one that was stopped", () =>
    Effect.gen(function* () {
      const server = yield* migratedDatabase
      const places = JSON.stringify({
        "account one": ["spare", "studio"],
        "account two": ["server"],
        "agent main": ["studio"],
        "agent theirs": ["studio"]
      })
      const now = "(EXTRACT(EPOCH FROM now()) * 1000)::bigint"
      yield* server.query(`INSERT INTO hosts VALUES
        ('studio', '127.0.0.1:9', '0.1.0', 7, 0, ${now}, 0, NULL, '${places}'),
        ('spare', '127.0.0.1:9', '0.1.0', 7, 0, ${now}, 0, ${now}, '${places}'),
        ('lost', '127.0.0.1:9', '0.1.0', 7, 0, ${now} - 20000, 0, NULL, '${places}')`)
      const found = yield* shown(configOf(Redacted.value(server.url)))
      expect(found.filter((line) => line.startsWith("failed  cluster-hosts"))).toEqual([
        "failed  cluster-hosts: account one runs on studio, then spare by this host's config, and on spare, then studio by that of host studio, which is up: both would run it at once",
        "failed  cluster-hosts: agent main runs on any host by this host's config, and on studio by that of host studio, which is up: both would run it at once"
      ])
    })
  )

  it.scopedLive("leaves an empty database empty, and says that one is not reached", () =>
    Effect.gen(function* () {
      const server = yield* emptyDatabase
      const [first] = yield* shown(configOf(Redacted.value(server.url)))
      expect(first).toMatch(/no gateway has worked on it yet$/u)
      expect(yield* server.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).toEqual([])
      const [away] = yield* shown(configOf("postgres://nobody@127.0.0.1:9/none"))
      expect(away).toMatch(/^failed {2}cluster-database: the store 127\.0\.0\.1:9\/none cannot be used/u)
    })
  )
})
