/** A host is lost under load whose account is on another Mac: who reaches that Mac over SSH as well takes it over. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Fiber, Ref } from "effect"
import { makeCluster } from "../support/cluster.ts"
import { temporaryFolder } from "../support/folder.ts"
import { openAccount, PERSON, QUICK } from "../support/gateway.ts"
import { makeSimulator } from "../support/simulator.ts"

/** How long an account may be on no host, ms. */
const TAKEN_OVER_WITHIN = 15_000

/** In the place of ssh: what it is told is run on this machine, as words that a shell reads. */
const SSH = `#!/bin/sh
while [ "\${1#-}" != "$1" ]; do shift; done
shift
exec /bin/sh -c "$*"
`

describe("an account that two hosts reach over SSH", () => {
  it.scopedLive(
    "goes on within 15 s where its host is lost, with nothing lost, said twice or out of order",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator({ holdMs: 0 })
        const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
        const fs = yield* FileSystem.FileSystem
        const ssh = `${yield* temporaryFolder("imsg-ssh-")}/ssh`
        yield* fs.writeFileString(ssh, SSH, { mode: 0o755 })
        const account = {
          ...openAccount({ ...imsg, cliPath: `${ssh} -T mac-mini ${imsg.cliPath}` }),
          runsOn: ["studio", "server"]
        }
        const cluster = yield* makeCluster(["studio", "server"], {
          imessage: { ...QUICK, accounts: { desk: account } }
        })
        const studio = yield* cluster.start("studio")
        yield* studio.awaitRunning("desk")
        const server = yield* cluster.start("server")
        yield* server.awaitLog("a host that is up", ({ message }) => message === "the gateway is up")
        const count = yield* Ref.make(0)
        const say = Effect.flatMap(
          Ref.updateAndGet(count, (n) => n + 1),
          (n) => imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: `${n}` })
        )
        const load = yield* Effect.forkScoped(
          Effect.forever(Effect.zipRight(say, Effect.sleep("100 millis")))
        )
        yield* imsg.awaitSent(5)

        const lostAt = yield* Clock.currentTimeMillis
        yield* studio.signal("SIGKILL")
        yield* server.awaitLog(
          "the account on the other host",
          ({ annotations, message }) => message === "handshake done" && annotations.account === "desk",
          { deadline: "40 seconds" }
        )
        expect((yield* Clock.currentTimeMillis) - lostAt).toBeLessThan(TAKEN_OVER_WITHIN)

        // How long what waits takes then is the machine's matter.
        yield* Fiber.interrupt(load)
        const said = yield* Ref.get(count)
        yield* imsg.awaitSent(said, "40 seconds")
        const texts = (yield* imsg.chats.sent()).map(({ text }) => text)
        expect(texts).toEqual(Array.from({ length: said }, (_, n) => `echo: ${n + 1}`))
      }).pipe(Effect.provide(NodeContext.layer))
  )
})
