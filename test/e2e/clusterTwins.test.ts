/** Two hosts with one name or one address, as after a config was copied: the second is refused, and nobody is answered twice. */
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { makeCluster } from "../support/cluster.ts"
import { freePort } from "../support/freePort.ts"
import { makeHome, openAccount, PERSON, QUICK, startGateway } from "../support/gateway.ts"
import { makeSimulator } from "../support/simulator.ts"

const SECRET = "of-the-twins-0123456789abcdef0123456789"

interface Lock {
  readonly shard_id: string
  readonly address: string
}

const makeWorld = Effect.gen(function* () {
  const imsg = yield* makeSimulator({ holdMs: 0 })
  const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
  const config = { imessage: { ...QUICK, accounts: { first: { ...openAccount(imsg), runsOn: ["studio"] } } } }
  const cluster = yield* makeCluster(["studio"] as const, config)
  const studio = yield* cluster.start("studio")
  yield* studio.awaitRunning("first")
  const twin = (over: { readonly name: string; readonly port: number | undefined }) =>
    Effect.gen(function* () {
      const port = over.port ?? (yield* freePort)
      const postgres = { url: Redacted.value(cluster.database.url) }
      const { name } = over
      return yield* startGateway(
        yield* makeHome({
          ...config,
          cluster: { name, address: `127.0.0.1:${port}`, postgres, secret: SECRET }
        })
      )
    })
  return {
    imsg,
    cluster,
    studio,
    twin,
    say: imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "1" })
  }
})

describe("a host with the name or the address of another", () => {
  it.scopedLive("does not start while that one runs, and says what to change", () =>
    Effect.gen(function* () {
      const { cluster, imsg, say, studio, twin } = yield* makeWorld
      const port = cluster.hosts[0]?.port
      for (const over of [
        { name: "studio", port },
        { name: "studio", port: undefined },
        { name: "spare", port }
      ]) {
        const other = yield* twin(over)
        expect(yield* other.exitCode).toBe(1)
        const output = yield* other.output
        expect(output).toContain(
          `another gateway (pid ${studio.pid}) runs as host studio at 127.0.0.1:${port}`
        )
        expect(output).toContain("Give each host a cluster.name and a cluster.address of its own")
      }
      yield* say
      yield* imsg.awaitSent(1)
      yield* Effect.sleep("1 second")
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["echo: 1"])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("starts where it is that one, after it was killed", () =>
    Effect.gen(function* () {
      const { cluster, imsg, say, studio } = yield* makeWorld
      yield* studio.signal("SIGKILL")
      yield* say
      const again = yield* cluster.start("studio")
      yield* again.awaitRunning("first")
      yield* imsg.awaitSent(1)
      yield* again.signal("SIGTERM")
      expect(yield* again.exitCode).toBe(0)
      // Whoever has said that it ends is not waited for.
      const third = yield* cluster.start("studio")
      yield* third.awaitRunning("first")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive.each([
    ["another address", () => undefined],
    ["the same address", (port: number | undefined) => port]
  ] as const)(
    "takes its place from %s where it stood still for too long, which ends when it goes on",
    ([, at]) =>
      Effect.gen(function* () {
        const { cluster, imsg, say, studio, twin } = yield* makeWorld
        const locks = cluster.database.query<Lock>("SELECT shard_id, address FROM cluster_locks")
        yield* studio.signal("SIGSTOP")
        const before = new Set((yield* locks).map(({ address }) => address))
        const other = yield* twin({ name: "studio", port: at(cluster.hosts[0]?.port) })
        yield* other.awaitRunning("first")
        const taken = (yield* locks).filter(({ address }) => !before.has(address))
        expect(taken.length).toBeGreaterThan(0)
        yield* studio.signal("SIGCONT")
        expect(yield* studio.exitCode).toBe(1)
        expect(yield* studio.output).toContain("runs as host studio at 127.0.0.1:")
        // It gave back nothing that is the other one's by now.
        expect(yield* locks).toEqual(expect.arrayContaining(taken))
        yield* say
        yield* imsg.awaitSent(1)
        yield* Effect.sleep("1 second")
        expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["echo: 1"])
      }).pipe(Effect.provide(NodeContext.layer))
  )
})
