/** The tools, over the gateway's socket: what its own user may call, which is all of them. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { OWN_HANDLE } from "../../src/programs/simulator/ChatModel.ts"
import { run } from "../support/command.ts"
import { ask, awaitControl } from "../support/control.ts"
import {
  conversation,
  type Home,
  makeHome,
  openAccount,
  PERSON,
  QUICK,
  startGateway
} from "../support/gateway.ts"
import { eventually, makeSimulator, type SimulatorOptions } from "../support/simulator.ts"

const FRIEND = "+15555550112"

/** A gateway whose agent is silent, since what it says is not what is looked at; and its control server answers. */
const begun = (options: SimulatorOptions = {}, config: Readonly<Record<string, unknown>> = {}) =>
  Effect.tap(
    conversation(options, {
      agents: { list: [{ id: "main", runtime: { type: "command", command: ["true"] } }] },
      people: { sam: [PERSON] },
      ...config
    }),
    ({ home }) => awaitControl(home)
  )

/** Calls a tool. */
const call = (home: Home, tool: string, input: object = {}) =>
  Effect.map(ask(home, `/tools/${tool}`, "POST", input), ({ body, status }) => ({
    status,
    answer: JSON.parse(body)
  }))

/** What a tool answers that is not refused. */
const answerOf = (home: Home, tool: string, input?: object) =>
  Effect.map(call(home, tool, input), ({ answer, status }) => {
    expect({ status, answer }).toMatchObject({ status: 200 })
    return answer
  })

describe("the tools", () => {
  it.scopedLive("are listed, each with what it takes", () =>
    Effect.gen(function* () {
      const { home } = yield* begun()
      const { body, status } = yield* ask(home, "/tools")
      expect(status).toBe(200)
      const listed: ReadonlyArray<{ readonly name: string }> = JSON.parse(body)
      expect(listed.map(({ name }) => name)).toEqual([
        ...["list_chats", "read_messages", "search_messages"],
        ...["send_message", "send_poll", "react", "edit_message", "unsend_message", "vote"],
        ...[
          "rename_group",
          "set_group_icon",
          "add_to_group",
          "remove_from_group",
          "leave_group",
          "create_chat"
        ],
        ...["get_delivery", "wait_for_messages", "list_pairings"]
      ])
      expect(listed[1]).toMatchObject({
        title: "Read messages",
        readOnly: true,
        inputSchema: { type: "object", required: ["chat_id"] }
      })
    })
  )

  it.scopedLive("refuse what they cannot take, and what there is not, in words", () =>
    Effect.gen(function* () {
      const { chat, home, imsg } = yield* begun()
      const refusals = [
        { tool: "read_messages", input: {}, status: 409, code: "tool_input_invalid", says: "chat_id" },
        {
          tool: "read_messages",
          input: { chat_id: chat.id, limit: 101 },
          status: 409,
          code: "tool_input_invalid",
          says: "limit"
        },
        { tool: "list_chats", input: { colour: 1 }, status: 409, code: "tool_input_invalid", says: "colour" },
        { tool: "approve_pairing", input: {}, status: 404, code: "tool_not_found", says: "approve_pairing" },
        {
          tool: "read_messages",
          input: { chat_id: 99 },
          status: 404,
          code: "chat_not_found",
          says: "there is no chat chat_id:99 in the account default"
        },
        {
          tool: "send_message",
          input: { chat_id: 99, text: "x" },
          status: 404,
          code: "chat_not_found",
          says: "chat_id:99"
        },
        {
          tool: "send_message",
          input: { to: "chat_guid:iMessage;+;chat99", text: "x" },
          status: 404,
          code: "chat_not_found",
          says: "chat_guid"
        },
        {
          tool: "send_message",
          input: { to: "nobody", text: "x" },
          status: 409,
          code: "target_invalid",
          says: "nobody"
        },
        {
          tool: "send_message",
          input: { to: PERSON, chat_id: chat.id, text: "x" },
          status: 409,
          code: "tool_input_invalid",
          says: "not both"
        },
        {
          tool: "send_message",
          input: { text: "x" },
          status: 409,
          code: "tool_input_invalid",
          says: "give chat_id, or to"
        },
        {
          tool: "get_delivery",
          input: { delivery_id: "tool:default:owner:x" },
          status: 404,
          code: "delivery_not_found",
          says: "tool:default:owner:x"
        },
        {
          tool: "list_chats",
          input: { account: "other" },
          status: 404,
          code: "account_not_found",
          says: "other"
        }
      ]
      for (const { code, input, says, status, tool } of refusals) {
        const refused = yield* call(home, tool, input)
        expect({ tool, input, refused }).toMatchObject({
          refused: { status, answer: { code, message: expect.stringContaining(says) } }
        })
        expect(refused.answer.hint).not.toBe("")
      }
      expect(yield* imsg.chats.sent()).toEqual([])
    })
  )

  it.scopedLive("say so where an account does not run, and take a message to somebody all the same", () =>
    Effect.gen(function* () {
      const { gateway, home, imsg } = yield* begun()
      yield* imsg.chats.fault({ _tag: "denyFullDisk" })
      yield* ask(home, "/accounts/default/restart", "POST")
      yield* eventually(
        "the refusal",
        call(home, "list_chats"),
        ({ answer }) => answer.code === "account_not_running"
      )
      const sent = yield* answerOf(home, "send_message", { to: PERSON, text: "later", wait_ms: 0 })
      expect(sent).toMatchObject({ state: "waiting", note: expect.stringContaining("get_delivery") })
      yield* imsg.chats.clearFaults
      yield* gateway.awaitRunning("default", 2)
      yield* eventually(
        "the message",
        answerOf(home, "get_delivery", { delivery_id: sent.delivery_id }),
        ({ state }) => state === "sent"
      )
    })
  )
})

describe("list_chats and read_messages", () => {
  it.scopedLive.each(["0.15.0", "0.9.0"])("show who is there and what was said, by name (imsg %s)", (build) =>
    Effect.gen(function* () {
      const { chat, home, imsg } = yield* begun({ build })
      const group = yield* imsg.chats.addGroupChat({ handles: [PERSON, FRIEND], name: "Hiking" })
      const at = Date.now()
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "hello", at: at - 2000 })
      yield* imsg.chats.send({ chatId: chat.id, text: "x".repeat(5000), at: at - 1000 })
      yield* imsg.chats.receive({ chatId: group.id, sender: FRIEND, text: "who comes?", at })
      expect(yield* answerOf(home, "list_chats")).toEqual({
        account: "default",
        chats: [
          {
            chat_id: group.id,
            name: "Hiking",
            participants: [{ handle: PERSON, name: "sam" }, { handle: FRIEND }],
            is_group: true,
            service: "iMessage",
            last_message_at: expect.stringMatching(/^20\d\d-.*Z$/u)
          },
          expect.objectContaining({ chat_id: chat.id, participants: [{ handle: PERSON, name: "sam" }] })
        ]
      })
      const read = yield* answerOf(home, "read_messages", { chat_id: chat.id })
      expect(read).toMatchObject({
        chat_id: chat.id,
        messages: [
          { from_me: false, sender: PERSON, name: "sam", text: "hello" },
          { from_me: true, is_cut: true }
        ]
      })
      expect(Buffer.byteLength(read.messages[1].text)).toBeLessThanOrEqual(4096)
      const audit = yield* run("audit", "--json", "--config", home.configFile)
      expect(audit.stdout).toContain("HistoryRead")
      expect(audit.stdout).toContain('"Socket"')
    })
  )
})

describe("search_messages", () => {
  it.scopedLive("finds words in every chat", () =>
    Effect.gen(function* () {
      const { chat, home, imsg } = yield* begun()
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "The KEY is under the mat" })
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "good night" })
      expect(yield* answerOf(home, "search_messages", { query: "key" })).toMatchObject({
        messages: [{ chat_id: chat.id, sender: PERSON, text: "The KEY is under the mat" }]
      })
    })
  )

  it.scopedLive("says which version it needs", () =>
    Effect.gen(function* () {
      const { home } = yield* begun({ build: "0.13.0" })
      const { answer, status } = yield* call(home, "search_messages", { query: "key" })
      expect({ status, answer }).toMatchObject({
        status: 409,
        answer: { code: "search_unsupported", message: expect.stringContaining("0.14 or newer") }
      })
      expect(answer.hint).toContain("read_messages")
    })
  )
})

describe("send_message", () => {
  it.scopedLive("sends, says what became of it, and is in the audit log", () =>
    Effect.gen(function* () {
      const { chat, home, imsg } = yield* begun({}, { messages: { responsePrefix: "bot: " } })
      const sent = yield* answerOf(home, "send_message", { chat_id: chat.id, text: "hello" })
      expect(sent).toMatchObject({ account: "default", state: "sent", parts: [{ index: 0, state: "sent" }] })
      const [row, ...others] = yield* imsg.chats.sent()
      expect(others).toEqual([])
      // It is no agent's answer: it has no prefix.
      expect(row).toMatchObject({ chatId: chat.id, text: "hello", guid: sent.parts[0].guid })
      expect(yield* answerOf(home, "get_delivery", { delivery_id: sent.delivery_id })).toEqual(sent)
      const audit = yield* run("audit", "--json", "--config", home.configFile)
      expect(audit.stdout).toContain(sent.delivery_id)
    })
  )

  it.scopedLive("is no message to the gateway, also where Messages mirrors it", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: OWN_HANDLE })
      yield* imsg.chats.fault({ _tag: "mirror" })
      const home = yield* makeHome({ imessage: openAccount(imsg), messages: { loopGuard: { mirrors: 1 } } })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* awaitControl(home)
      const waiting = yield* Effect.fork(answerOf(home, "wait_for_messages", { after: 0, wait_ms: 30_000 }))
      yield* answerOf(home, "send_message", { chat_id: chat.id, text: "to myself" })
      yield* gateway.awaitLog("the echo", ({ message }) => message === "an echo of what was said")
      yield* imsg.chats.receive({ chatId: chat.id, sender: OWN_HANDLE, text: "from myself" })
      const heard = yield* Fiber.join(waiting)
      expect(heard.messages.map(({ text }: { readonly text: string }) => text)).toEqual(["from myself"])
      expect(yield* gateway.output).not.toContain("it is paused")
    })
  )

  it.scopedLive("sends once under a key, also across a gateway that is killed", () =>
    Effect.gen(function* () {
      const { chat, gateway, home, imsg } = yield* begun()
      yield* imsg.chats.fault({ _tag: "hang", on: "send" })
      const input = { chat_id: chat.id, text: "only once", idempotency_key: "the 1st: of\nmany" }
      const first = yield* answerOf(home, "send_message", { ...input, wait_ms: 0 })
      expect(first.state).toBe("waiting")
      yield* eventually("the try", imsg.chats.recorded(), (events) =>
        events.some(({ event }) => event._tag === "request" && event.method === "send")
      )
      yield* gateway.signal("SIGKILL")
      yield* gateway.exitCode
      yield* imsg.chats.clearFaults
      const next = yield* startGateway(home)
      yield* awaitControl(home)
      const again = yield* Effect.all(
        Array.from({ length: 5 }, () => answerOf(home, "send_message", { ...input, wait_ms: 60_000 })),
        { concurrency: "unbounded" }
      )
      yield* next.awaitRunning()
      for (const answer of again)
        expect(answer).toMatchObject({ delivery_id: first.delivery_id, state: "sent" })
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["only once"])
    })
  )
})

describe("wait_for_messages", () => {
  it.scopedLive.each(["0.15.0", "0.9.0"])(
    "answers as soon as somebody writes, and goes on after it (imsg %s)",
    (build) =>
      Effect.gen(function* () {
        const { chat, home, imsg, say } = yield* begun({ build })
        yield* say("before")
        yield* eventually(
          "what was before to be judged",
          ask(home, "/decisions"),
          ({ body }) => JSON.parse(body).length === 1
        )
        // From here on: which of two calls the gateway begins first nobody can say.
        const { after: here } = yield* answerOf(home, "wait_for_messages", { wait_ms: 0 })
        const waiting = yield* Effect.fork(
          answerOf(home, "wait_for_messages", { after: here, wait_ms: 30_000 })
        )
        yield* imsg.chats.send({ chatId: chat.id, text: "my own" })
        yield* say("now")
        const heard = yield* Fiber.join(waiting)
        expect(heard).toMatchObject({
          messages: [{ chat_id: chat.id, from_me: false, sender: PERSON, name: "sam", text: "now" }]
        })
        yield* say("and then")
        const after = yield* answerOf(home, "wait_for_messages", { after: heard.after, wait_ms: 30_000 })
        expect(after.messages.map(({ text }: { readonly text: string }) => text)).toEqual(["and then"])
        const none = yield* answerOf(home, "wait_for_messages", { after: after.after, wait_ms: 0 })
        expect(none).toEqual({ account: "default", messages: [], after: after.after })
      })
  )

  it.scopedLive("is over when whoever waits goes away", () =>
    Effect.gen(function* () {
      const { home } = yield* begun()
      const many = yield* Effect.fork(
        Effect.all(
          Array.from({ length: 130 }, () => call(home, "wait_for_messages", { wait_ms: 60_000 })),
          { concurrency: "unbounded" }
        )
      )
      yield* answerOf(home, "list_chats")
      yield* Fiber.interrupt(many)
      // As many as may wait did: without an end of theirs this one would wait for a minute.
      expect(yield* answerOf(home, "wait_for_messages", { wait_ms: 0 })).toMatchObject({ messages: [] })
    })
  )
})

describe("a hundred calls at once", () => {
  it.scopedLive("are all answered, and hold up no message of the account", () =>
    Effect.gen(function* () {
      const { chat, home, imsg, say } = yield* begun(
        {},
        { agents: { list: [{ id: "main", runtime: { type: "echo" } }] } }
      )
      yield* say("one")
      yield* imsg.awaitSent(1)
      const tools = ["list_chats", "read_messages", "search_messages", "wait_for_messages"] as const
      const inputs = {
        list_chats: {},
        read_messages: { chat_id: chat.id },
        search_messages: { query: "one" },
        wait_for_messages: { after: 0, chat_id: chat.id }
      }
      const calls = yield* Effect.fork(
        Effect.all(
          Array.from({ length: 100 }, (_, index) => tools[index % tools.length] ?? "list_chats").map((tool) =>
            answerOf(home, tool, inputs[tool])
          ),
          { concurrency: "unbounded" }
        )
      )
      yield* say("two")
      yield* imsg.awaitSent(2)
      const answers = yield* Fiber.join(calls)
      expect(answers).toHaveLength(100)
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["echo: one", "echo: two"])
    })
  )
})

describe("list_pairings", () => {
  it.scopedLive("names who asks to be let in, and no code", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const home = yield* makeHome({
        imessage: { ...QUICK, cliPath: imsg.cliPath, dbPath: imsg.dbPath },
        people: { sam: [PERSON] }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "let me in" })
      yield* imsg.awaitSent(1)
      yield* awaitControl(home)
      expect(yield* answerOf(home, "list_pairings")).toEqual({
        pairings: [
          { account: "default", sender: PERSON, name: "sam", since: expect.stringMatching(/^20\d\d-.*Z$/u) }
        ]
      })
      expect(yield* answerOf(home, "list_pairings", { account: "other" })).toEqual({ pairings: [] })
    })
  )
})
