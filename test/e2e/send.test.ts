/** `send`: beside a running gateway, and without one. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { run } from "../support/command.ts"
import { ask, awaitControl } from "../support/control.ts"
import { conversation, type Home, makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"

/** A config over a simulator in which one person has a chat; no gateway runs. */
const withoutGateway = Effect.gen(function* () {
  const imsg = yield* makeSimulator()
  const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
  const home = yield* makeHome({ imessage: openAccount(imsg) })
  return { imsg, chat, home }
})

/** Sends to the person. */
const send = (home: Home, ...args: ReadonlyArray<string>) =>
  run("send", "--config", home.configFile, "--to", PERSON, ...args)

const places = [
  {
    where: "through the gateway",
    begin: Effect.tap(conversation(), ({ home }) => awaitControl(home))
  },
  { where: "without a gateway", begin: withoutGateway }
] as const

for (const { begin, where } of places) {
  describe(`a message that is sent ${where}`, () => {
    it.scopedLive("reaches the chat, and its guid is printed", () =>
      Effect.gen(function* () {
        const { chat, home, imsg } = yield* begin
        const sent = yield* send(home, "--text", "hello", "--json")
        expect(sent).toMatchObject({ code: 0, stderr: "" })
        const result = JSON.parse(sent.stdout)
        const [row, ...others] = yield* imsg.chats.sent()
        expect(others).toEqual([])
        expect(row).toMatchObject({ chatId: chat.id, text: "hello", guid: result.parts[0].guid })
        expect(result).toMatchObject({ account: "default", state: "sent", target: `auto:${PERSON}` })
      })
    )

    it.scopedLive("is cut like every reply, and its files come after it", () =>
      Effect.gen(function* () {
        const { chat, home, imsg } = yield* begin
        const fs = yield* FileSystem.FileSystem
        const file = `${home.dir}/note.txt`
        yield* fs.writeFileString(file, "a note")
        const text = `${"a".repeat(3999)} ${"b".repeat(3999)}`
        const sent = yield* run(
          ...["send", "--config", home.configFile, "--to", `chat_id:${chat.id}`],
          ...["--text", text, "--file", file, "--json"]
        )
        expect(sent.code).toBe(0)
        expect(JSON.parse(sent.stdout).parts.map(({ state }: { readonly state: string }) => state)).toEqual([
          "sent",
          "sent",
          "sent"
        ])
        expect((yield* imsg.chats.sent()).map((row) => row.text?.length)).toEqual(
          expect.arrayContaining([3999, 3999])
        )
      }).pipe(Effect.provide(NodeContext.layer))
    )

    const refusals = [
      { what: "nobody", args: ["--to", "nobody", "--text", "x"], says: '"nobody" is no target' },
      {
        what: "an unknown account",
        args: ["--to", PERSON, "--text", "x", "--account", "other"],
        says: 'no account "other"'
      },
      {
        what: "somebody at a length that nobody reads",
        args: ["--to", PERSON, "--text", "x".repeat(100_001)],
        says: "the request cannot be taken: text: must have at most 100000 characters"
      },
      { what: "nothing", args: ["--to", PERSON], says: "there is nothing to send" },
      { what: "a chat that is not there", args: ["--to", "chat_id:99", "--text", "x"], says: "was refused" }
    ]
    it.scopedLive("is refused with the reason, where it cannot be sent", () =>
      Effect.gen(function* () {
        const { home, imsg } = yield* begin
        for (const { args, says, what } of refusals) {
          const { code, stderr } = yield* run("send", "--config", home.configFile, ...args)
          expect({ what, code, stderr }).toEqual({ what, code: 1, stderr: expect.stringContaining(says) })
        }
        expect(yield* imsg.chats.sent()).toEqual([])
      })
    )
  })
}

describe("what was sent without a gateway", () => {
  it.scopedLive("is no message to the gateway that starts after it, also in a chat with oneself", () =>
    Effect.gen(function* () {
      const { chat, home, imsg } = yield* withoutGateway
      const first = yield* startGateway(home)
      yield* first.awaitRunning()
      yield* first.signal("SIGTERM")
      yield* first.exitCode
      yield* imsg.chats.fault({ _tag: "mirror" })
      expect(
        (yield* run("send", "--config", home.configFile, "--to", `chat_id:${chat.id}`, "--text", "me")).code
      ).toBe(0)
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.clearFaults
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "you" })
      yield* eventually("the answer", imsg.chats.sent(), (sent) =>
        sent.some(({ text }) => text === "echo: you")
      )
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["me", "echo: you"])
    })
  )
})

describe("a message that a gateway has taken", () => {
  it.scopedLive("is not sent by the command when the gateway is killed, but by the next gateway, once", () =>
    Effect.gen(function* () {
      const { chat, gateway, home, imsg } = yield* Effect.tap(conversation(), (so) => awaitControl(so.home))
      yield* imsg.chats.fault({ _tag: "hang", on: "send" })
      const command = yield* Effect.fork(
        run("send", "--config", home.configFile, "--to", `chat_id:${chat.id}`, "--text", "only once")
      )
      yield* eventually("the try", imsg.chats.recorded(), (events) =>
        events.some(({ event }) => event._tag === "request" && event.method === "send")
      )
      yield* gateway.signal("SIGKILL")
      const { code, stderr } = yield* Fiber.join(command)
      expect(code).toBe(1)
      expect(stderr).toContain("gave no answer")
      expect(stderr).toContain("may have been done")
      yield* imsg.chats.clearFaults
      const next = yield* startGateway(home)
      yield* next.awaitRunning()
      const sent = yield* eventually("the message", imsg.chats.sent(), (rows) => rows.length > 0)
      expect(sent.map(({ text }) => text)).toEqual(["only once"])
    })
  )
})

describe("a message that is sent again under its name", () => {
  it.scopedLive("is sent once, with the file that it had, also where that is gone meanwhile", () =>
    Effect.gen(function* () {
      const { chat, home, imsg } = yield* withoutGateway
      const fs = yield* FileSystem.FileSystem
      const file = `${home.stateDir}-note.txt`
      yield* fs.writeFileString(file, "kept")
      yield* imsg.chats.fault({ _tag: "denyAutomation" })
      yield* startGateway(home)
      yield* awaitControl(home)
      const payload = { to: `chat_id:${chat.id}`, id: "job-1", text: "read it", files: [file], waitMs: 0 }
      const first = yield* ask(home, "/send", "POST", payload)
      yield* fs.remove(file)
      const second = yield* ask(home, "/send", "POST", payload)
      expect([first, second].map(({ body, status }) => ({ status, ...JSON.parse(body) }))).toMatchObject([
        { status: 200, id: "send:default:job-1", state: "sending" },
        { status: 200, id: "send:default:job-1", state: "sending" }
      ])
      yield* imsg.chats.clearFaults
      const third = yield* ask(home, "/send", "POST", { ...payload, waitMs: 20_000 })
      expect(JSON.parse(third.body)).toMatchObject({
        state: "sent",
        parts: [{ state: "sent" }, { state: "sent" }]
      })
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["read it", "\uFFFC"])
      yield* eventually(
        "the copy of the file is gone",
        fs.readDirectory(`${home.stateDir}/media`),
        (files) => files.length === 0
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("a message that is sent without a gateway", () => {
  const troubles = [
    { what: "its result is lost", fault: { _tag: "loseSendReply" } },
    { what: "its child ends after it was sent", fault: { _tag: "exit", on: "sent", code: 1, times: 1 } }
  ] as const
  for (const { fault, what } of troubles) {
    it.scopedLive(`has an end where ${what}, and is sent once`, () =>
      Effect.gen(function* () {
        const { home, imsg } = yield* withoutGateway
        yield* imsg.chats.fault(fault)
        const { code, stdout } = yield* send(home, "--text", "once", "--json")
        expect(code).toBe(0)
        expect(JSON.parse(stdout)).toMatchObject({ state: "sent" })
        expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["once"])
      })
    )
  }

  it.scopedLive("is refused at once where its child cannot run", () =>
    Effect.gen(function* () {
      const { home, imsg } = yield* withoutGateway
      yield* imsg.chats.fault({ _tag: "denyFullDisk" })
      const { code, stderr } = yield* send(home, "--text", "once")
      expect(code).toBe(1)
      expect(stderr).toContain("Full Disk Access")
    })
  )
})
