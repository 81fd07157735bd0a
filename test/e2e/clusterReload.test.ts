/** The minutes in which one host has a changed config and another has not yet: `config reload`, host by host. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeCluster } from "../support/cluster.ts"
import { openAccount, PERSON, QUICK } from "../support/gateway.ts"
import { makeSimulator } from "../support/simulator.ts"

const HOSTS = ["studio", "spare"] as const
const MAIN = { id: "main", runtime: { type: "echo" } }
/** So many that hardly ever all of them have their session on one host. */
const PEOPLE = Array.from({ length: 16 }, (_, n) => `+155555502${10 + n}`)

/** Two hosts that know one agent, and the function that gives one of them another list of agents. */
const makeWorld = Effect.gen(function* () {
  const imsg = yield* makeSimulator({ holdMs: 0 })
  const cluster = yield* makeCluster(HOSTS, {
    imessage: { ...QUICK, accounts: { first: { ...openAccount(imsg), runsOn: HOSTS } } },
    session: { dmScope: "per-channel-peer" },
    agents: { list: [MAIN] }
  })
  const fs = yield* FileSystem.FileSystem
  const rewrite = (name: (typeof HOSTS)[number], list: ReadonlyArray<object>) =>
    Effect.gen(function* () {
      const { configFile } = cluster.homeOf(name)
      const written = JSON.parse(yield* fs.readFileString(configFile))
      yield* fs.writeFileString(configFile, JSON.stringify({ ...written, agents: { list } }))
    })
  const startBoth = Effect.gen(function* () {
    const studio = yield* cluster.start("studio")
    yield* studio.awaitRunning("first")
    const spare = yield* cluster.start("spare")
    yield* spare.awaitLog("a host that is up", ({ message }) => message === "the gateway is up")
    return { studio, spare }
  })
  const said = Effect.map(imsg.chats.sent(), (all) => all.map(({ text }) => text).sort())
  return { imsg, cluster, rewrite, startBoth, said }
})

describe("an agent that a reload brought to one host and not yet to the other", () => {
  it.scopedLive(
    "answers everybody, on the other host as soon as that has read its config",
    () =>
      Effect.gen(function* () {
        const { imsg, rewrite, said, startBoth } = yield* makeWorld
        const chats = yield* Effect.forEach(PEOPLE, (handle) =>
          Effect.map(imsg.chats.addDirectChat({ handle }), ({ id }) => ({ id, handle }))
        )
        const { spare, studio } = yield* startBoth
        // Until each has its part of the sessions.
        yield* Effect.sleep("13 seconds")
        const both = [MAIN, { id: "extra", default: true, runtime: { type: "echo" } }]
        yield* rewrite("studio", both)
        yield* studio.signal("SIGHUP")
        yield* studio.awaitLog("the config", ({ message }) => message === "the config was read again")
        for (const { handle, id } of chats) {
          yield* imsg.chats.receive({ chatId: id, sender: handle, text: handle })
        }
        yield* spare.awaitLog("that it waits", ({ message }) => `${message}`.includes("no agent extra"))
        // As long as it took until the person was told that something went wrong.
        yield* Effect.sleep("10 seconds")
        const before = yield* said
        expect(before.length).toBeLessThan(PEOPLE.length)
        yield* rewrite("spare", both)
        yield* spare.signal("SIGHUP")
        yield* imsg.awaitSent(PEOPLE.length, "20 seconds")
        yield* Effect.sleep("2 seconds")
        expect(yield* said).toEqual(PEOPLE.map((handle) => `echo: ${handle}`))
      }).pipe(Effect.provide(NodeContext.layer)),
    120_000
  )
})

describe("a message for an agent that its own host alone has in its config", () => {
  it.scopedLive(
    "is left to that host while it is away for a minute, which answers it once",
    () =>
      Effect.gen(function* () {
        const { cluster, imsg, rewrite, said, startBoth } = yield* makeWorld
        const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
        const extra = (seconds: number) => [
          MAIN,
          {
            id: "extra",
            default: true,
            runsOn: ["studio"],
            runtime: {
              type: "command",
              command: ["/bin/sh", "-c", `sleep ${seconds}; echo done`],
              format: "text"
            }
          }
        ]
        yield* rewrite("studio", extra(300))
        const { studio } = yield* startBoth
        yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "1" })
        yield* studio.awaitLog("an agent at work", ({ message }) => message === "an agent is asked")
        yield* studio.signal("SIGKILL")
        // Until the other one has looked for what no host takes, which it does each minute.
        yield* Effect.sleep("70 seconds")
        expect(yield* cluster.database.query("SELECT shard FROM mailbox WHERE processed = 0")).toMatchObject([
          { shard: expect.stringMatching(/^runs:studio:/u) }
        ])
        yield* rewrite("studio", extra(0))
        yield* cluster.start("studio")
        yield* imsg.awaitSent(1, "30 seconds")
        yield* Effect.sleep("2 seconds")
        expect(yield* said).toEqual(["done"])
      }).pipe(Effect.provide(NodeContext.layer)),
    180_000
  )
})
