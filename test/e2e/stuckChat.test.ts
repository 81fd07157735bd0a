/** A chat that nothing can be sent to, with many times more replies waiting for it than are in hand at once. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeHome, openAccount, startGateway } from "../support/gateway.ts"
import { pickyImsg } from "../support/pickyImsg.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"

const ALICE = "+15555550111"
const BOB = "+15555550112"
const WAITING = 140

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at)

describe("a chat that nothing can be sent to", () => {
  it.scopedLive(
    "holds up no other chat of its account, also after a restart; what waits for it is sent in order at last",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator()
        const picky = yield* pickyImsg(imsg)
        const alice = yield* imsg.chats.addDirectChat({ handle: ALICE })
        const bob = yield* imsg.chats.addDirectChat({ handle: BOB })
        const home = yield* makeHome({ imessage: { ...openAccount(imsg), cliPath: picky.cliPath } })
        const sentTo = (chatId: number) =>
          Effect.map(imsg.chats.sent(), (sent) =>
            sent.filter((message) => message.chatId === chatId).map(({ text }) => text)
          )
        const awaitSentTo = (chatId: number, count: number) =>
          eventually(
            `${count} messages to ${chatId}`,
            sentTo(chatId),
            (sent) => sent.length >= count,
            "60 seconds"
          )

        yield* picky.close(alice.id)
        const first = yield* startGateway(home)
        yield* first.awaitRunning()
        yield* imsg.chats.insertMany(
          numbers(1, WAITING).map((n) => ({ chatId: alice.id, sender: ALICE, text: String(n) }))
        )
        yield* imsg.chats.receive({ chatId: bob.id, sender: BOB, text: "first" })
        expect(yield* awaitSentTo(bob.id, 1)).toEqual(["echo: first"])
        expect(yield* sentTo(alice.id)).toEqual([])

        yield* first.signal("SIGKILL")
        yield* first.exitCode
        const second = yield* startGateway(home)
        yield* second.awaitRunning()
        yield* imsg.chats.receive({ chatId: bob.id, sender: BOB, text: "second" })
        expect(yield* awaitSentTo(bob.id, 2)).toEqual(["echo: first", "echo: second"])
        expect(yield* sentTo(alice.id)).toEqual([])

        yield* picky.open
        expect(yield* awaitSentTo(alice.id, WAITING)).toEqual(numbers(1, WAITING).map((n) => `echo: ${n}`))
      }),
    180_000
  )
})
