/** Hosts are upgraded one after the other: those of two versions work side by side, and one that is too old says so. */
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Ref } from "effect"
import { STEPS } from "../../src/layers/postgres/schema/steps.ts"
import { VERSION } from "../../src/version.ts"
import { makeCluster } from "../support/cluster.ts"
import { runWith } from "../support/command.ts"
import { openAccount, PERSON, QUICK, startGatewayWith } from "../support/gateway.ts"
import { otherVersion } from "../support/otherVersion.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"

const HOSTS = ["studio", "spare"] as const
type Host = (typeof HOSTS)[number]

const NEXT = "0.2.0"
/** Tables that every message goes through get a column more, while the host before works on them. */
const ADDED = ["mailbox", "outbox", "cursors", "hosts"]
  .map((table) => `ALTER TABLE ${table} ADD COLUMN of_the_next BIGINT NOT NULL DEFAULT 7;`)
  .join("\n")

/** Messages that wait for an answer at most: a machine that is slow has them answered in time all the same. */
const MOST_WAITING = 30

/** Somebody writes to an account of its own all the time. */
const makeChatter = (runsOn: ReadonlyArray<Host>) =>
  Effect.gen(function* () {
    const imsg = yield* makeSimulator({ holdMs: 0 })
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    const count = yield* Ref.make(0)
    const say = Effect.flatMap(
      Ref.updateAndGet(count, (n) => n + 1),
      (n) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: `${n}` })
    )
    const isBehind = Effect.zipWith(
      Ref.get(count),
      imsg.chats.sent(),
      (said, sent) => said - sent.length >= MOST_WAITING
    )
    return {
      account: { ...openAccount(imsg), runsOn },
      say,
      sayMore: Effect.asVoid(Effect.unlessEffect(say, isBehind)),
      /** Waits until everything is answered: once, and in order. */
      answered: Effect.gen(function* () {
        const said = yield* Ref.get(count)
        yield* imsg.awaitSent(said, "60 seconds")
        const texts = (yield* imsg.chats.sent()).map(({ text }) => text)
        expect(texts).toEqual(Array.from({ length: said }, (_, n) => `echo: ${n + 1}`))
        return said
      })
    }
  })

const makeWorld = Effect.gen(function* () {
  const first = yield* makeChatter(["studio", "spare"])
  const second = yield* makeChatter(["spare", "studio"])
  const cluster = yield* makeCluster(HOSTS, {
    imessage: { ...QUICK, accounts: { first: first.account, second: second.account } }
  })
  return { first, second, cluster }
})

describe("an upgrade of a cluster", () => {
  it.scopedLive(
    "goes host by host under load: nothing is lost, said twice or out of order",
    () =>
      Effect.gen(function* () {
        const { cluster, first, second } = yield* makeWorld
        const main = yield* otherVersion(NEXT, { sql: ADDED, oldestProgram: STEPS.length })
        const studio = yield* cluster.start("studio")
        const spare = yield* cluster.start("spare")
        yield* studio.awaitRunning("first")
        yield* spare.awaitRunning("second")
        const load = yield* Effect.forkScoped(
          Effect.forever(
            Effect.zip(first.sayMore, second.sayMore).pipe(Effect.zipRight(Effect.sleep("100 millis")))
          )
        )
        const versions = Effect.map(cluster.status("studio"), ({ hosts = [] }) =>
          hosts.map(({ name, state, version }) => [name, state === "here" ? "up" : state, version])
        )
        const upgraded = (old: typeof studio, name: Host, account: string) =>
          Effect.gen(function* () {
            yield* old.signal("SIGTERM")
            expect(yield* old.exitCode).toBe(0)
            const next = yield* startGatewayWith({}, { ...cluster.homeOf(name), main })
            yield* next.awaitLog(
              `${account} back on ${name}`,
              ({ annotations, message }) => message === "running" && annotations.account === account,
              { deadline: "40 seconds" }
            )
            // Both versions work for a while.
            yield* Effect.sleep("2 seconds")
            return next
          })
        yield* upgraded(studio, "studio", "first")
        expect(yield* versions).toEqual([
          ["spare", "up", VERSION],
          ["studio", "up", NEXT]
        ])
        yield* upgraded(spare, "spare", "second")
        yield* eventually(
          "both upgraded",
          versions,
          (seen) =>
            seen.length === 2 && seen.every(([, state, version]) => state === "up" && version === NEXT)
        )
        yield* Fiber.interrupt(load)
        expect(yield* first.answered).toBeGreaterThan(50)
        yield* second.answered
        expect(yield* cluster.database.query("SELECT max(version) AS version FROM schema_version")).toEqual([
          { version: String(STEPS.length + 1) }
        ])
      }).pipe(Effect.provide(NodeContext.layer)),
    { timeout: 180_000 }
  )

  it.scopedLive("leaves a program that is too old where it is, and says why", () =>
    Effect.gen(function* () {
      const { cluster, first, second } = yield* makeWorld
      const main = yield* otherVersion(NEXT, { sql: ADDED, oldestProgram: STEPS.length + 1 })
      const next = yield* startGatewayWith({}, { ...cluster.homeOf("studio"), main })
      yield* next.awaitRunning("first")
      const old = yield* cluster.start("spare")
      expect(yield* old.exitCode).toBe(1)
      const words = `it belongs to a newer version (schema ${STEPS.length + 1}, which asks for ${STEPS.length + 1}; this one knows ${STEPS.length})`
      expect(yield* old.output).toContain(words)
      const { configFile, dir } = cluster.homeOf("spare")
      const doctor = yield* runWith(
        { HOME: dir, NO_COLOR: "1" },
        ...["node", "dist/main.js", "doctor", "--config", configFile]
      )
      expect(doctor.stdout).toMatch(/^✗ Cluster database: .*its schema \(\d+\) asks for a newer program$/mu)
      for (const { say } of [first, second]) yield* say
      for (const { answered } of [first, second]) expect(yield* answered).toBe(1)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
