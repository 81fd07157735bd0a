/** Rows as builds and phones really write them: what they leave out, what is no message, and what is far too long. */

import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { Status } from "../../src/schemas/control/Status.ts"
import { run } from "../support/command.ts"
import { asking } from "../support/control.ts"
import { conversation, makeHome, openAccount, PERSON, QUICK, startGateway } from "../support/gateway.ts"
import { eventually, makeSimulator, type Simulator } from "../support/simulator.ts"

const STRANGER = "+15555550119"
const BOB = "+15555550112"
const HOUR = 60 * 60_000

const LINK = "com.apple.messages.URLBalloonProvider"

const spoken = (imsg: Simulator) =>
  Effect.map(imsg.chats.sent(), (sent) => sent.map(({ chatId, text }) => [chatId, text] as const))

/** An agent that repeats its whole prompt, so that what it is shown can be seen. */
const REPEATING = {
  agents: {
    list: [{ id: "main", name: "Robin", runtime: { type: "command", command: ["/bin/cat"] } }]
  }
}

describe("rows of an old build, which say nothing of their chat but which it is", () => {
  it.scopedLive("bring no pairing code into a group, and one to a person", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator({ build: "0.4.0" })
      const group = yield* imsg.chats.addGroupChat({ handles: [STRANGER, BOB] })
      const direct = yield* imsg.chats.addDirectChat({ handle: STRANGER })
      const home = yield* makeHome({
        imessage: { ...QUICK, cliPath: imsg.cliPath, dbPath: imsg.dbPath },
        agents: { list: [{ id: "main", name: "Robin" }] }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.receive({ chatId: group.id, sender: STRANGER, text: "who is there?" })
      yield* imsg.chats.receive({ chatId: direct.id, sender: STRANGER, text: "and here?" })
      const [code] = yield* imsg.awaitSent(1)
      expect(code?.chatId).toBe(direct.id)
      yield* imsg.chats.receive({ chatId: group.id, sender: BOB, text: "Robin, and you?" })
      yield* imsg.awaitSent(2)
      expect((yield* spoken(imsg))[1]).toEqual([group.id, "echo: Robin, and you?"])
    })
  )

  it.scopedLive("are answered in a group only where the agent is mentioned, in the group's session", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator({ build: "0.4.0" })
      const group = yield* imsg.chats.addGroupChat({ handles: [PERSON, BOB] })
      const { groups: _, ...open } = openAccount(imsg)
      const home = yield* makeHome({ imessage: open, ...REPEATING })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.receive({ chatId: group.id, sender: PERSON, text: "Main street is closed" })
      yield* imsg.chats.receive({ chatId: group.id, sender: BOB, text: "Robin, is it?" })
      yield* imsg.awaitSent(1)
      // The group's own prompt has its history: in the main session there would be neither.
      expect((yield* spoken(imsg)).map(([, text]) => text)).toEqual([
        `Earlier in this group, not addressed to you:\n[${PERSON}] Main street is closed\n\n` +
          `Now, addressed to you:\n[${BOB}] Robin, is it?`
      ])
    })
  )

  it.scopedLive(
    "are answered while a long reply to another chat is under way, between two of its parts",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator({ build: "0.4.0" })
        const direct = yield* imsg.chats.addDirectChat({ handle: PERSON })
        const other = yield* imsg.chats.addDirectChat({ handle: BOB })
        const home = yield* makeHome({ imessage: { ...openAccount(imsg), textChunkLimit: 20 } })
        const gateway = yield* startGateway(home)
        yield* gateway.awaitRunning()
        yield* imsg.chats.fault({ _tag: "slowSend", ms: 500, times: -1 })
        yield* imsg.chats.receive({ chatId: direct.id, sender: PERSON, text: "a long one ".repeat(20) })
        yield* imsg.awaitSent(1)
        // The row names its chat only: what kind of chat it is, is asked of the child that sends.
        yield* imsg.chats.receive({ chatId: other.id, sender: BOB, text: "hi" })
        const sent = yield* eventually("the other answer", imsg.chats.sent(), (all) =>
          all.some(({ chatId }) => chatId === other.id)
        )
        expect(sent.length).toBeLessThan(9)
      })
  )
})

describe("what is no message by itself", () => {
  it.scopedLive("is not answered: tapbacks in words, previews of links; a bare link is one", () =>
    Effect.gen(function* () {
      const { chat, imsg, say } = yield* conversation()
      const receive = (text: string, more: object = {}) =>
        imsg.chats.receive({ chatId: chat.id, sender: PERSON, text, ...more })
      yield* say("hi")
      yield* imsg.awaitSent(1)
      yield* say("Liked “echo: hi”")
      yield* say("Removed a like from “echo…”")
      yield* say("Loved an image")
      // All that was said here is known, and nobody said it: a sentence of the person.
      yield* say("Liked “Dune”")
      yield* imsg.awaitSent(2)
      yield* say("look: https://example.com/a")
      yield* receive("https://example.com/a", {
        balloonBundleId: LINK,
        attachments: [
          {
            filename: "/tmp/A1.pluginPayloadAttachment",
            transferName: "A1.pluginPayloadAttachment",
            uti: "dyn.x",
            mimeType: "application/octet-stream",
            totalBytes: 7
          }
        ]
      })
      yield* imsg.awaitSent(3)
      yield* receive("https://example.com/b", { balloonBundleId: LINK })
      yield* imsg.awaitSent(4)
      yield* say("bye")
      yield* imsg.awaitSent(5)
      expect((yield* spoken(imsg)).map(([, text]) => text)).toEqual([
        "echo: hi",
        "echo: Liked “Dune”",
        "echo: look: https://example.com/a",
        "echo: https://example.com/b",
        "echo: bye"
      ])
    })
  )
})

describe("rows that are much too long", () => {
  it.scopedLive(
    "do not fill a small heap: senders that are none are left out, a long text is cut and answered",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator()
        const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
        const group = yield* imsg.chats.addGroupChat({ handles: [PERSON, BOB] })
        // A child that writes megabytes is not stuck; the limits of other tests are shorter than that takes.
        const home = yield* makeHome({ imessage: { ...openAccount(imsg), supervision: {} } })
        const gateway = yield* startGateway({
          ...home,
          env: { NODE_OPTIONS: "--max-old-space-size=110" }
        })
        yield* gateway.awaitRunning()
        for (let n = 0; n < 30; n++) {
          yield* imsg.chats.receive({
            chatId: group.id,
            sender: `+1555${n}${"5".repeat(3_000_000)}`,
            text: "hello"
          })
        }
        yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "x".repeat(1_000_000) })
        yield* imsg.awaitSent((sent) => sent.some(({ text }) => text.includes("[cut: ")), "60 seconds")
        yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "still there?" })
        yield* imsg.awaitSent((sent) => sent.some(({ text }) => text === "echo: still there?"), "60 seconds")
        const shown = yield* run("status", "--json", "--config", home.configFile)
        const status = yield* Schema.decodeUnknown(Schema.parseJson(Status))(shown.stdout)
        expect(status.accounts[0]?.verdicts.malformed).toBe(30)
        expect(status.accounts[0]?.restarts).toBe(0)
        expect(yield* gateway.output).not.toContain("5".repeat(300))
      })
  )
})

describe("clocks that differ", () => {
  it.scopedLive("keep nobody from being answered, and are shown", () =>
    Effect.gen(function* () {
      const { chat, home, imsg } = yield* conversation({ clockBehindMs: 3 * HOUR })
      for (const text of ["one", "two", "three"]) {
        yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text, at: Date.now() - 3 * HOUR })
        yield* imsg.awaitSent((sent) => sent.some((row) => row.text === `echo: ${text}`))
        if (text === "two") yield* Effect.sleep("5500 millis")
      }
      yield* eventually(
        "the difference",
        asking(home, (client) => client.status()),
        ({ accounts: [account] }) => account !== undefined && account.clockBehindMs > 0
      )
      const shown = yield* run("status", "--config", home.configFile)
      expect(shown.stdout).toMatch(/^default: the clock of its Mac is 3h[ \ds]* behind this one$/mu)
    })
  )

  it.scopedLive("do neither where this machine's own clock is set back", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const home = yield* makeHome({ imessage: openAccount(imsg) })
      const shift = `${home.dir}/shift`
      const preload = `${home.dir}/clock.mjs`
      yield* fs.writeFileString(
        preload,
        `import { readFileSync } from "node:fs"
         const now = Date.now
         let by = 0
         setInterval(() => { try { by = Number(readFileSync(${JSON.stringify(shift)}, "utf8")) } catch {} }, 50).unref()
         Date.now = () => now() + by`
      )
      const gateway = yield* startGateway({ ...home, env: { NODE_OPTIONS: `--import ${preload}` } })
      yield* gateway.awaitRunning()
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "before" })
      yield* imsg.awaitSent(1)
      yield* fs.writeFileString(shift, String(-3 * HOUR))
      yield* Effect.sleep("300 millis")
      for (const text of ["one", "two"]) {
        yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text, at: Date.now() - 3 * HOUR })
      }
      yield* imsg.awaitSent(3)
      expect((yield* spoken(imsg)).map(([, text]) => text)).toEqual([
        "echo: before",
        "echo: one",
        "echo: two"
      ])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("a message that replies to another one", () => {
  it.scopedLive("shows the agent what that was, where its row says only which it is", () =>
    Effect.gen(function* () {
      const { chat, imsg, say } = yield* conversation({ build: "0.4.0" }, REPEATING)
      const { guid } = yield* say("the tickets are booked for Friday")
      yield* imsg.awaitSent(1)
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "can we move it?", replyTo: guid })
      const sent = yield* imsg.awaitSent(2)
      expect(sent[1]?.text).toContain("the tickets are booked for Friday")
    })
  )
})
