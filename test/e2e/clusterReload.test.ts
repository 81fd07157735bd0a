/** The minutes in which one host has a changed config and another has not yet: `config reload`, host by host. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeCluster } from "../support/cluster.ts"
import { openAccount, QUICK } from "../support/gateway.ts"
import { makeSimulator } from "../support/simulator.ts"

const HOSTS = ["studio", "spare"] as const
const MAIN = { id: "main", runtime: { type: "echo" } }
const PEOPLE = Array.from({ length: 8 }, (_, n) => `+1555555020${n}`)

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
