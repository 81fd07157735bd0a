/** Laws 5 and 6 between two accounts of one gateway: what it says from one is nobody's word to the other. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { OWN_HANDLE } from "../../src/programs/simulator/ChatModel.ts"
import { run } from "../support/command.ts"
import { ask, awaitControl } from "../support/control.ts"
import { makeHome, openAccount, QUICK, startGateway } from "../support/gateway.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"

const BOT = "+15555550177"
const STRANGER = "+15555550118"
const Codes = Schema.parseJson(Schema.Array(Schema.Struct({ code: Schema.String })))

describe("what the gateway says from an owner's account to the bot's", () => {
  it.scopedLive("is no command there, and is not answered; what the owner writes by hand is both", () =>
    Effect.gen(function* () {
      const owners = yield* makeSimulator()
      const bots = yield* makeSimulator()
      const toBot = yield* owners.chats.addDirectChat({ handle: BOT })
      const toOwner = yield* bots.chats.addDirectChat({ handle: OWN_HANDLE })
      const strange = yield* bots.chats.addDirectChat({ handle: STRANGER })
      const home = yield* makeHome({
        owners: [OWN_HANDLE],
        imessage: {
          accounts: {
            home: openAccount(owners),
            bot: { ...QUICK, cliPath: bots.cliPath, dbPath: bots.dbPath }
          }
        }
      })
      const gateway = yield* startGateway(home)
      for (const account of ["home", "bot"]) yield* gateway.awaitRunning(account)
      yield* awaitControl(home)
      yield* bots.chats.receive({ chatId: strange.id, sender: STRANGER, text: "let me in" })
      const waiting = Effect.flatMap(ask(home, "/pairing"), ({ body }) => Schema.decodeUnknown(Codes)(body))
      const [request] = yield* eventually("a request", waiting, (all) => all.length === 1)
      const code = request?.code ?? ""
      const saidToOwner = Effect.map(bots.chats.sent(), (sent) =>
        sent.flatMap(({ chatId, text }) => (chatId === toOwner.id ? [text] : []))
      )
      const awaitSaid = (count: number) =>
        eventually(`${count} said to the owner`, saidToOwner, (said) => said.length === count)
      // Of the stranger.
      yield* awaitSaid(1)

      const byHand = (text: string) => bots.chats.receive({ chatId: toOwner.id, sender: OWN_HANDLE, text })
      const texts = [`/pair ${code}`, "hello"]
      for (const [at, text] of texts.entries()) {
        const sent = yield* run(
          ...["send", "--account", "home", "--to", `chat_id:${toBot.id}`, "--text", text],
          ...["--config", home.configFile]
        )
        expect([sent.code, sent.stderr]).toEqual([0, ""])
        // Apple carries it over.
        yield* byHand(text)
        yield* gateway.awaitLog("an echo", ({ message }) => message === "an echo of what was said", {
          count: at + 1
        })
      }
      expect(yield* waiting).toHaveLength(1)
      yield* byHand("hello there")
      expect((yield* awaitSaid(2)).at(-1)).toBe("echo: hello there")
      yield* byHand(`/reject ${code}`)
      yield* awaitSaid(3)
      expect(yield* waiting).toEqual([])
    })
  )
})
