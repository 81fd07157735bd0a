/** Rows of a kind that the gateway cannot read. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeHome, openAccount, PERSON, QUICK, startGateway } from "../support/gateway.ts"
import { makeSimulator, type Simulator } from "../support/simulator.ts"

/** An `imsg` whose outgoing rows say in an odd way who wrote them. */
const oddImsg = (imsg: Simulator) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { join } = yield* Path.Path
    const cliPath = join(imsg.dir, "odd-imsg")
    const odd = `sed -u 's/"is_from_me":true/"is_from_me":"yes"/g'`
    yield* fs.writeFileString(cliPath, `#!/bin/sh\n"${imsg.cliPath}" "$@" | ${odd}\n`, { mode: 0o755 })
    return cliPath
  }).pipe(Effect.provide(NodeContext.layer))

describe("a part whose result was lost, and whose row cannot be read", () => {
  for (const build of ["0.9.0", "0.15.0"]) {
    it.scopedLive(`is uncertain, and not sent again (imsg ${build})`, () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator({ build })
        const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
        const home = yield* makeHome({
          imessage: {
            ...openAccount(imsg),
            cliPath: yield* oddImsg(imsg),
            supervision: { ...QUICK.supervision, sendTimeoutMs: 1000 }
          }
        })
        const gateway = yield* startGateway(home)
        yield* gateway.awaitRunning()
        yield* imsg.chats.fault({ _tag: "loseSendReply" })
        yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "hello" })
        const [settled] = yield* gateway.awaitLog(
          "the end of the part",
          (line) => line.message === "part settled"
        )
        expect(settled?.annotations.state).toBe("Uncertain")
        expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["echo: hello"])
      })
    )
  }
})
