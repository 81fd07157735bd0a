/** A config as OpenClaw writes it, and who is let in by it: by which service, and in which spelling. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { run } from "../support/command.ts"
import { awaitControl } from "../support/control.ts"
import { makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { eventually, makeSimulator, type Simulator } from "../support/simulator.ts"

const KATE = "kate@example.com"
const FORGED = "this was forged"

/** What an account of this gateway needs beside what OpenClaw says of it. */
const account = (imsg: Simulator) => {
  const { allowFrom: _, dmPolicy: __, groups: ___, ...own } = openAccount(imsg)
  return own
}

const texts = (imsg: Simulator, count: number) =>
  Effect.map(
    eventually("replies", imsg.chats.sent(), (sent) => sent.length >= count),
    (sent) => sent.map(({ text }) => text)
  )

describe("a gateway with a config of OpenClaw", () => {
  it.scopedLive(
    "answers whom it lets in, by the service and in the spelling that it lets them in, and nobody like them",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator()
        const spare = yield* makeSimulator()
        const home = yield* makeHome({
          channels: {
            imessage: {
              dmPolicy: "allowlist",
              allowFrom: [`imessage:${PERSON}`, KATE],
              responsePrefix: "[{account}]",
              defaultAccount: "mac",
              streaming: { chunkMode: "newline", block: { enabled: true } },
              catchup: { enabled: true, maxAgeMinutes: 60, perRunLimit: 100 },
              sendReadReceipts: true,
              accounts: { mac: account(imsg), spare: { ...account(spare), responsePrefix: "" } }
            }
          },
          agents: { entries: { main: { name: "Ada", workspace: "~/ada", runtime: { type: "embedded" } } } }
        })
        const byIMessage = yield* imsg.chats.addDirectChat({ handle: PERSON })
        const bySms = yield* imsg.chats.addDirectChat({ handle: PERSON, service: "SMS" })
        const byRcs = yield* imsg.chats.addDirectChat({ handle: PERSON, service: "RCS" })
        const unified = yield* imsg.chats.addDirectChat({ handle: PERSON, service: "SMS", unified: true })
        const kate = yield* imsg.chats.addDirectChat({ handle: KATE })
        const gateway = yield* startGateway(home)
        yield* gateway.awaitRunning("mac")
        yield* gateway.awaitRunning("spare")

        for (const { id: chatId } of [bySms, byRcs, unified]) {
          yield* imsg.chats.receive({ chatId, sender: PERSON, text: FORGED })
        }
        yield* imsg.chats.insertMany(
          [`\u212aate@example.com`, "ka\u200bte@example.com", "kate@example.com;isub=1"].map((sender) => ({
            chatId: kate.id,
            sender,
            text: FORGED
          }))
        )
        // Written at once, and judged when the chat goes by the service of the second.
        yield* imsg.chats.insertMany([
          { chatId: unified.id, sender: PERSON, text: FORGED, service: "SMS" },
          { chatId: unified.id, sender: PERSON, text: "four", service: "iMessage" }
        ])
        yield* imsg.chats.receive({ chatId: byIMessage.id, sender: PERSON, text: "one" })
        yield* imsg.chats.receive({ chatId: kate.id, sender: KATE, text: "two\n\nthree" })
        expect((yield* texts(imsg, 4)).toSorted()).toEqual([
          "[mac] echo: four",
          "[mac] echo: one",
          "[mac] echo: two",
          "three"
        ])

        yield* awaitControl(home)
        const status = yield* run("status", "--config", home.configFile, "--json")
        const { malformed = 0, ...verdicts } = JSON.parse(status.stdout).accounts[0].verdicts
        expect(verdicts).toMatchObject({ "dm-allowlisted": 3, "dm-not-allowlisted": 4 })
        // What no handle can look like is left out before anybody is asked.
        expect(malformed + (verdicts["no-sender"] ?? 0)).toBe(3)
        // Of those who are not let in nothing is kept, and nothing is said.
        expect(yield* gateway.output).not.toContain(FORGED)

        const sent = yield* run(
          "send",
          "--config",
          home.configFile,
          "--to",
          KATE,
          "--text",
          "hello",
          "--json"
        )
        expect(JSON.parse(sent.stdout)).toMatchObject({ account: "mac", state: "sent" })
        expect(yield* spare.chats.sent()).toEqual([])

        const warnings = (yield* gateway.lines).flatMap(({ logLevel, message }) =>
          logLevel === "WARN" ? [String(message)] : []
        )
        expect(warnings.filter((warning) => warning.startsWith("these keys are not known here"))).toEqual([
          expect.stringContaining("channels.imessage.streaming.block")
        ])
        expect(warnings).toEqual(
          expect.arrayContaining([
            expect.stringContaining("strangers are answered in groups by account mac"),
            expect.stringContaining("strangers are answered in groups by account spare")
          ])
        )
      })
  )

  it.scopedLive("leaves out a whole service, without an answer and without a code", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const home = yield* makeHome({
        imessage: { ...openAccount(imsg), dmPolicy: "pairing", allowFrom: [], services: ["imessage"] }
      })
      const sms = yield* imsg.chats.addDirectChat({ handle: PERSON, service: "SMS" })
      const unified = yield* imsg.chats.addDirectChat({ handle: PERSON, service: "iMessage", unified: true })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.receive({ chatId: sms.id, sender: PERSON, text: "by SMS" })
      yield* imsg.chats.receive({ chatId: unified.id, sender: PERSON, text: "by iMessage" })
      // One code, into the chat that is served.
      yield* texts(imsg, 1)
      yield* awaitControl(home)
      const status = yield* run("status", "--config", home.configFile, "--json")
      expect(JSON.parse(status.stdout).accounts[0].verdicts).toMatchObject({
        "service-not-allowed": 1,
        "pairing-requested": 1
      })
      expect((yield* imsg.chats.sent()).map(({ chatId }) => chatId)).toEqual([unified.id])
    })
  )

  it.scopedLive("does not start with an entry that names nobody, and says which", () =>
    Effect.gen(function* () {
      const home = yield* makeHome({
        channels: { imessage: { allowFrom: ["+15555550111", "++15551230001", "accessGroup:family"] } }
      })
      const { code, stderr } = yield* run("--config", home.configFile)
      expect(code).toBe(2)
      expect(stderr).toContain('channels.imessage.allowFrom[1]: "++15551230001" names nobody')
      expect(stderr).toContain('channels.imessage.allowFrom[2]: "accessGroup:family" names nobody')
    })
  )
})
