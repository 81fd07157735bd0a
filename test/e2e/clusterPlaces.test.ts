/** What runs where is the same on every host: whoever has it otherwise does not start, for both would run it. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeCluster } from "../support/cluster.ts"
import { openAccount, PERSON, QUICK } from "../support/gateway.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"

const makeWorld = Effect.gen(function* () {
  const imsg = yield* makeSimulator({ holdMs: 0 })
  const other = yield* makeSimulator({ holdMs: 0 })
  const accounts = { first: { ...openAccount(imsg), runsOn: ["studio", "spare"] } }
  const cluster = yield* makeCluster(["studio", "spare"] as const, {
    imessage: { ...QUICK, accounts },
    // So that there is a group of that host alone.
    agents: { list: [{ id: "main", runtime: { type: "echo" }, runsOn: ["spare"] }] }
  })
  const fs = yield* FileSystem.FileSystem
  /** Changes the accounts of one host's file. */
  const rewrite = (name: "studio" | "spare", changed: Readonly<Record<string, unknown>>) =>
    Effect.gen(function* () {
      const { configFile } = cluster.homeOf(name)
      const written = JSON.parse(yield* fs.readFileString(configFile))
      const imessage = { ...QUICK, accounts: { ...accounts, ...changed } }
      yield* fs.writeFileString(configFile, JSON.stringify({ ...written, imessage }))
    })
  return { imsg, other, cluster, rewrite }
})

describe("a host whose config has an account elsewhere", () => {
  it.scopedLive("does not start beside another, and does after that one was stopped", () =>
    Effect.gen(function* () {
      const { cluster, imsg, rewrite } = yield* makeWorld
      yield* rewrite("spare", { first: { ...openAccount(imsg), runsOn: ["spare", "studio"] } })
      const studio = yield* cluster.start("studio")
      yield* studio.awaitRunning("first")
      const refused = yield* cluster.start("spare")
      expect(yield* refused.exitCode).toBe(1)
      const output = yield* refused.output
      expect(output).toContain(
        "account first runs on spare, then studio by this host's config, and on studio, then spare by that of host studio"
      )
      expect(output).toContain("Stop all hosts, give runsOn the same value in the config of each")
      yield* studio.signal("SIGTERM")
      yield* studio.exitCode
      const spare = yield* cluster.start("spare")
      yield* spare.awaitRunning("first")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("is not up for the others, neither by what it has now nor by what it had before", () =>
    Effect.gen(function* () {
      const { cluster, imsg, rewrite } = yield* makeWorld
      const before = yield* cluster.start("spare")
      yield* before.awaitRunning("first")
      yield* before.signal("SIGTERM")
      expect(yield* before.exitCode).toBe(0)
      yield* rewrite("studio", { first: { ...openAccount(imsg), runsOn: ["spare", "studio"] } })
      const studio = yield* cluster.start("studio")
      yield* studio.awaitRunning("first")
      expect(yield* (yield* cluster.start("spare")).exitCode).toBe(1)
      const { hosts = [] } = yield* cluster.status("studio")
      expect(hosts.map(({ name, state }) => `${name} ${state}`)).toEqual(["spare stopped", "studio here"])
      yield* studio.signal("SIGTERM")
      yield* studio.exitCode
      const again = yield* cluster.start("studio")
      yield* again.awaitRunning("first")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("leaves nothing in the database where it never joined", () =>
    Effect.gen(function* () {
      const { cluster, imsg, rewrite } = yield* makeWorld
      yield* rewrite("spare", { first: { ...openAccount(imsg), runsOn: ["spare"] } })
      const studio = yield* cluster.start("studio")
      yield* studio.awaitRunning("first")
      expect(yield* (yield* cluster.start("spare")).exitCode).toBe(1)
      expect(yield* cluster.database.query("SELECT name FROM hosts")).toEqual([{ name: "studio" }])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("is told so of an account that a reload brought, which runs where it is to run", () =>
    Effect.gen(function* () {
      const { cluster, other, rewrite } = yield* makeWorld
      const second = { ...openAccount(other), runsOn: ["spare"] }
      const studio = yield* cluster.start("studio")
      yield* studio.awaitRunning("first")
      yield* rewrite("studio", { second })
      yield* studio.signal("SIGHUP")
      yield* eventually(
        "the places",
        cluster.database.query<{ readonly places: string }>("SELECT places FROM hosts"),
        ([row]) => row?.places.includes("account second") === true
      )
      yield* rewrite("spare", { second: { ...second, runsOn: ["spare", "studio"] } })
      const refused = yield* cluster.start("spare")
      expect(yield* refused.exitCode).toBe(1)
      expect(yield* refused.output).toContain(
        "account second runs on spare, then studio by this host's config, and on spare by that of host studio"
      )
      yield* rewrite("spare", { second })
      const spare = yield* cluster.start("spare")
      yield* spare.awaitRunning("second")
      expect(yield* studio.output).not.toMatch(/running.*account=second|account=second.*running/u)
      yield* eventually(
        "the host of the account",
        cluster.status("studio"),
        ({ accounts }) => accounts.find(({ id }) => id === "second")?.host === "spare"
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("a host that stood still while its account was given to others", () => {
  it.scopedLive(
    "does not answer beside them when it wakes up, and ends",
    () =>
      Effect.gen(function* () {
        const { cluster, imsg, rewrite } = yield* makeWorld
        const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
        const studio = yield* cluster.start("studio")
        yield* studio.awaitRunning("first")
        yield* studio.signal("SIGSTOP")
        yield* eventually(
          "studio is not heard of",
          cluster.database.query<{ readonly ago: number }>(
            "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 - seen_at AS INT) AS ago FROM hosts"
          ),
          ([row]) => (row?.ago ?? 0) > 15_500,
          "30 seconds"
        )
        yield* rewrite("spare", { first: { ...openAccount(imsg), runsOn: ["spare"] } })
        const spare = yield* cluster.start("spare")
        yield* spare.awaitRunning("first")
        const texts = Array.from({ length: 20 }, (_, n) => `${n + 1}`)
        const saying = Effect.forEach(texts, (text) =>
          Effect.delay(imsg.chats.receive({ chatId: chat.id, sender: PERSON, text }), "150 millis")
        )
        const [exitCode] = yield* Effect.all(
          [Effect.zipRight(studio.signal("SIGCONT"), studio.exitCode), saying],
          { concurrency: 2 }
        )
        expect(exitCode).toBe(1)
        expect(yield* studio.output).toContain("host studio was not heard of for a while")
        yield* imsg.awaitSent(texts.length, "60 seconds")
        expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(
          texts.map((text) => `echo: ${text}`)
        )
        // Its service starts it again.
        const again = yield* cluster.start("studio")
        expect(yield* again.exitCode).toBe(1)
        expect(yield* again.output).toContain(
          "account first runs on studio, then spare by this host's config"
        )
      }).pipe(Effect.provide(NodeContext.layer)),
    { timeout: 180_000 }
  )
})
