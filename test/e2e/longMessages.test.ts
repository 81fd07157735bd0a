/** More in one response than a line may hold. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { makeSimulator } from "../support/simulator.ts"

const STRANGER = "+15555550119"
/** 90 kB. */
const LONG = "😀".repeat(20_000) + "x".repeat(10_000)

describe("messages that are too long to be fetched at once", () => {
  it.scopedLive("hold up nobody: what comes after them is answered, over the first child", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const stranger = yield* imsg.chats.addDirectChat({ handle: STRANGER })
      const home = yield* makeHome({
        imessage: { ...openAccount(imsg), dmPolicy: "allowlist", allowFrom: [PERSON] }
      })
      const first = yield* startGateway(home)
      yield* first.awaitRunning()
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "one" })
      yield* imsg.awaitSent(1)
      yield* first.signal("SIGTERM")
      yield* first.exitCode

      yield* imsg.chats.insertMany(
        Array.from({ length: 100 }, () => ({ chatId: stranger.id, sender: STRANGER, text: LONG }))
      )
      yield* imsg.chats.insertMany([
        { chatId: stranger.id, sender: STRANGER, text: "x".repeat(9 * 1024 * 1024) },
        { chatId: chat.id, sender: PERSON, text: "two" }
      ])
      const second = yield* startGateway(home)
      yield* imsg.awaitSent(2, "30 seconds")
      const [passed] = yield* second.awaitLog(
        "the row that was passed over",
        ({ message }) => message === "messages that cannot be read are passed over"
      )
      expect(passed?.annotations).toMatchObject({ rows: 1, upToRowId: 103 })
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["echo: one", "echo: two"])
      const lines = yield* second.lines
      expect(lines.filter(({ message }) => message === "running")).toHaveLength(1)
    })
  )
})
