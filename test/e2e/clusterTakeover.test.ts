/** A host is lost under load whose account is on another Mac: who reaches that Mac over SSH as well takes it over. */
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Ref } from "effect"
import { makeCluster } from "../support/cluster.ts"
import { openAccount, PERSON, QUICK } from "../support/gateway.ts"
import { makeSimulator } from "../support/simulator.ts"
import { makeHost } from "../support/standInSsh.ts"

/** How long nobody may be answered, ms. */
const TAKEN_OVER_WITHIN = 15_000

describe("an account that two hosts reach over SSH", () => {
  it.scopedLive(
    "goes on within 15 s where its host is lost, with nothing lost, said twice or out of order",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator({ holdMs: 0 })
        const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
        const { host } = yield* makeHost()
        const account = {
          ...openAccount({ ...imsg, cliPath: `${host.program} -T mac-mini ${imsg.cliPath}` }),
          runsOn: ["studio", "server"]
        }
        const cluster = yield* makeCluster(["studio", "server"], {
          imessage: { ...QUICK, accounts: { desk: account } }
        })
        const studio = yield* cluster.start("studio")
        yield* studio.awaitRunning("desk")
        const server = yield* cluster.start("server")
        const count = yield* Ref.make(0)
        const say = Effect.flatMap(
          Ref.updateAndGet(count, (n) => n + 1),
          (n) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: `${n}` })
        )
        const load = yield* Effect.forkScoped(
          Effect.forever(Effect.zipRight(say, Effect.sleep("100 millis")))
        )
        yield* imsg.awaitSent(10)

        const lostAt = yield* Clock.currentTimeMillis
        yield* studio.signal("SIGKILL")
        yield* server.awaitRunning("desk")
        const { length: before } = yield* imsg.chats.sent()
        yield* imsg.awaitSent(before + 1)
        expect((yield* Clock.currentTimeMillis) - lostAt).toBeLessThan(TAKEN_OVER_WITHIN)

        yield* Fiber.interrupt(load)
        const said = yield* Ref.get(count)
        yield* imsg.awaitSent(said, "40 seconds")
        const texts = (yield* imsg.chats.sent()).map(({ text }) => text)
        expect(texts).toEqual(Array.from({ length: said }, (_, n) => `echo: ${n + 1}`))
      }).pipe(Effect.provide(NodeContext.layer))
  )
})
