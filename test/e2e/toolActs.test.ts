/** What tools do beside sending, by the official client: with the private bridge of a Mac, without it, and as it goes away. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { run } from "../support/command.ts"
import { awaitControl } from "../support/control.ts"
import { conversation, PERSON, startGateway } from "../support/gateway.ts"
import { overStdio } from "../support/mcp.ts"
import { eventually, type Simulator, type SimulatorOptions } from "../support/simulator.ts"

const FRIEND = "+15555550112"
const OTHER = "+15555550113"

const silent = { id: "main", runtime: { type: "command", command: ["true"] } }

const decodeAnswer = Schema.decodeUnknownSync(
  Schema.parseJson(
    Schema.Struct({
      delivery_id: Schema.String,
      state: Schema.String,
      left_out: Schema.optional(Schema.Array(Schema.String)),
      note: Schema.optional(Schema.String),
      parts: Schema.Array(
        Schema.Struct({
          state: Schema.String,
          guid: Schema.optional(Schema.String),
          detail: Schema.optional(Schema.String)
        })
      )
    })
  )
)

const decodeRead = Schema.decodeUnknownSync(
  Schema.parseJson(
    Schema.Struct({ messages: Schema.Array(Schema.Struct({ guid: Schema.String, text: Schema.String })) })
  )
)

const decodeFile = Schema.decodeUnknownSync(Schema.Struct({ file: Schema.String }))

/** A gateway whose agent is silent, a client of its tools, and a message of somebody. */
const begun = (options: SimulatorOptions, agent: object = silent) =>
  Effect.gen(function* () {
    const started = yield* conversation(options, { agents: { list: [agent] } })
    const { chat, home, imsg, say } = started
    yield* awaitControl(home)
    yield* say("who comes?")
    const client = yield* overStdio({ IMSG_GATEWAY_STATE_DIR: home.stateDir })
    const refused = (tool: string, input: Record<string, unknown>) =>
      Effect.map(client.call(tool, input), ({ isError, text }) => {
        expect({ tool, isError, text }).toMatchObject({ isError: true })
        return text
      })
    const answered = (tool: string, input: Record<string, unknown>) =>
      Effect.map(client.call(tool, input), ({ isError, text }) => {
        expect({ tool, isError, text }).toMatchObject({ isError: false })
        return decodeAnswer(text)
      })
    /** Calls a tool for the chat, unless it names another one. */
    const call = (tool: string, input: Record<string, unknown>) =>
      answered(tool, { chat_id: chat.id, ...input })
    const read = Effect.map(
      client.call("read_messages", { chat_id: chat.id }),
      ({ text }) => decodeRead(text).messages
    )
    const [asked] = yield* read
    if (asked === undefined) return yield* Effect.dieMessage("nobody has written")
    return { ...started, client, answered, call, refused, read, guid: asked.guid, imsg, home }
  })

/** The methods that changed something, as they were asked for. */
const changes = ({ chats }: Simulator) =>
  Effect.map(chats.recorded(), (events) =>
    events.flatMap(({ event }) =>
      event._tag === "request" &&
      /^(?:send|tapback|message\.(?:edit|unsend)|poll|group|chats\.create)/u.test(event.method)
        ? [event.method]
        : []
    )
  )

describe("without the private bridge", () => {
  it.scopedLive.each(["0.15.0", "0.9.0"])(
    "words go and it is said what they went without, and what is done is left out (imsg %s)",
    (build) =>
      Effect.gen(function* () {
        const { answered, call, chat, guid, imsg, refused } = yield* begun({ build })
        const sent = yield* call("send_message", { text: "I do", reply_to: guid, effect: "confetti" })
        expect(sent).toMatchObject({
          state: "sent",
          left_out: ["reply_to", "effect"],
          note: expect.stringContaining("private bridge")
        })
        const poll = yield* call("send_poll", { question: "When?", options: ["now", "later"] })
        expect(poll).toMatchObject({ state: "sent", left_out: ["poll"] })
        expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual([
          "I do",
          "When?\n1. now\n2. later"
        ])
        const own = sent.parts[0]?.guid ?? ""
        const acts: ReadonlyArray<readonly [string, Record<string, unknown>]> = [
          ["react", { guid, reaction: "love" }],
          ["vote", { guid, option: 1 }],
          ["edit_message", { guid: own, text: "I do not" }],
          ["unsend_message", { guid: own }]
        ]
        for (const [tool, input] of acts) {
          const done = yield* call(tool, input)
          expect({ tool, done }).toMatchObject({
            done: { state: "left_out", parts: [{ detail: expect.stringContaining("private bridge") }] }
          })
          // What a model is told to do instead.
          expect(done.note).toContain("send_message")
          expect(yield* answered("get_delivery", { delivery_id: done.delivery_id })).toEqual(done)
        }
        const group = yield* imsg.chats.addGroupChat({ handles: [PERSON, FRIEND], name: "Hiking" })
        // Chats in which nothing was ever said are not listed.
        yield* imsg.chats.receive({ chatId: group.id, sender: FRIEND, text: "hello all" })
        const left = yield* call("leave_group", { chat_id: group.id })
        expect(left).toMatchObject({ state: "left_out" })
        expect(yield* refused("create_chat", { addresses: [PERSON, FRIEND] })).toContain("send_message")
        expect(yield* changes(imsg)).toEqual(["send", "send"])
        expect(yield* refused("rename_group", { chat_id: chat.id, name: "x" })).toContain("no group")
      })
  )
})

describe("with the private bridge", () => {
  it.scopedLive("messages are answered in their thread, reacted to, voted on, edited and taken back", () =>
    Effect.gen(function* () {
      const { call, chat, guid, imsg, read, refused } = yield* begun({ bridge: true })
      const sent = yield* call("send_message", { text: "I do", reply_to: guid, effect: "confetti" })
      expect(sent.state).toBe("sent")
      expect(sent.left_out).toBeUndefined()
      expect(yield* imsg.chats.sent()).toMatchObject([{ text: "I do", replyTo: guid }])
      expect(yield* imsg.asked("send.rich")).toMatchObject([{ effect: "confetti" }])

      expect(yield* call("react", { guid, reaction: "❤️" })).toMatchObject({ state: "sent" })
      expect(yield* imsg.asked("tapback")).toMatchObject([{ message_id: guid, reaction: "love" }])

      const poll = yield* call("send_poll", { question: "When?", options: ["now", "later"] })
      expect(poll).toMatchObject({ state: "sent" })
      expect(poll.left_out).toBeUndefined()
      const asked = poll.parts[0]?.guid ?? ""
      expect(yield* call("vote", { guid: asked, option: "later" })).toMatchObject({ state: "sent" })
      expect(yield* imsg.asked("poll.vote")).toMatchObject([{ poll_guid: asked, option: "later" }])

      const own = sent.parts[0]?.guid ?? ""
      expect(yield* call("edit_message", { guid: own, text: "I do, with Kim" })).toMatchObject({
        state: "sent"
      })
      expect((yield* read).map(({ text }) => text)).toContain("I do, with Kim")
      expect(yield* call("unsend_message", { guid: own })).toMatchObject({ state: "sent" })
      expect((yield* read).map(({ text }) => text)).not.toContain("I do, with Kim")
      expect(yield* refused("unsend_message", { chat_id: chat.id, guid })).toContain("did not send")
    })
  )

  it.scopedLive("groups are changed, and left last", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const pictures = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-pictures-" })
      const icon = `${yield* fs.realPath(pictures)}/icon.png`
      yield* fs.writeFile(icon, new Uint8Array([0x89, 0x50, 0x4e, 0x47]))
      const { call, gateway, home, imsg, refused } = yield* begun(
        { bridge: true },
        { ...silent, mediaRoots: [pictures] }
      )
      const { id } = yield* imsg.chats.addGroupChat({ handles: [PERSON, FRIEND], name: "Hiking" })
      const inGroup = { chat_id: id }
      const group = Effect.flatMap(imsg.chats.chat({ chatId: id }), (found) => found)

      expect(yield* call("rename_group", { ...inGroup, name: "Walking" })).toMatchObject({ state: "sent" })
      expect(yield* call("add_to_group", { ...inGroup, handle: OTHER })).toMatchObject({ state: "sent" })
      expect(yield* call("remove_from_group", { ...inGroup, handle: FRIEND })).toMatchObject({
        state: "sent"
      })
      expect(yield* group).toMatchObject({ name: "Walking", participants: [PERSON, OTHER] })

      expect(yield* call("set_group_icon", { ...inGroup, path: icon })).toMatchObject({ state: "sent" })
      // A copy of it, which is gone once it was taken.
      const [asked] = yield* imsg.asked("group.setIcon")
      const copy = decodeFile(asked).file
      expect(copy).toContain(`${home.stateDir}/media/`)
      yield* eventually("the copy to go", fs.exists(copy), (exists) => !exists)
      expect(yield* refused("set_group_icon", { ...inGroup, path: home.configFile })).toContain("mediaRoots")
      expect(yield* call("set_group_icon", inGroup)).toMatchObject({ state: "sent" })

      expect(yield* call("leave_group", inGroup)).toMatchObject({ state: "sent" })
      expect((yield* group).hasLeft).toBe(true)
      // A second time there is nothing to leave, and what is told is what Messages says.
      expect(yield* call("leave_group", inGroup)).toMatchObject({
        state: "left_out",
        parts: [{ detail: expect.stringContaining("not a group that one is in") }]
      })
      const audit = yield* run("audit", "--json", "--config", home.configFile)
      expect(audit.stdout).toContain('"RemoveMember"')
      expect(yield* gateway.output).not.toContain("ERROR")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("a chat is made once under its key", () =>
    Effect.gen(function* () {
      const { answered, imsg } = yield* begun({ bridge: true })
      const input = {
        addresses: [PERSON, FRIEND],
        name: "Hiking",
        text: "Who comes?",
        idempotency_key: "hiking"
      }
      const made = yield* answered("create_chat", input)
      expect(made).toMatchObject({ state: "sent" })
      expect(yield* answered("create_chat", input)).toEqual(made)
      const [newest] = yield* imsg.chats.chats(1)
      expect(newest).toMatchObject({ name: "Hiking", participants: [PERSON, FRIEND] })
      expect(yield* imsg.chats.sent()).toMatchObject([{ text: "Who comes?", guid: made.parts[0]?.guid }])
      expect(yield* imsg.asked("chats.create")).toHaveLength(1)
    })
  )

  it.scopedLive("a chat whose result is lost is in doubt, and not made again, also by the next gateway", () =>
    Effect.gen(function* () {
      const { answered, client, gateway, home, imsg } = yield* begun({ bridge: true })
      yield* imsg.chats.fault({ _tag: "helperHangs", method: "chats.create" })
      const input = { addresses: [PERSON, FRIEND], text: "Who comes?", idempotency_key: "hiking" }
      const first = yield* answered("create_chat", { ...input, wait_ms: 0 })
      yield* eventually("the try", imsg.asked("chats.create"), ({ length }) => length === 1)
      yield* gateway.signal("SIGKILL")
      yield* gateway.exitCode
      yield* imsg.chats.clearFaults
      const next = yield* startGateway(home)
      yield* next.awaitRunning()
      yield* awaitControl(home)
      const ended = yield* eventually(
        "its end",
        client.call("create_chat", { ...input, wait_ms: 60_000 }),
        ({ isError, text }) => !isError && decodeAnswer(text).state !== "waiting"
      )
      expect(decodeAnswer(ended.text)).toMatchObject({ delivery_id: first.delivery_id, state: "uncertain" })
      expect(yield* imsg.asked("chats.create")).toHaveLength(1)
    })
  )
})

describe("a bridge that goes away", () => {
  it.scopedLive("between two calls leaves the next act out, and the words of a reply go", () =>
    Effect.gen(function* () {
      const { call, guid, imsg } = yield* begun({ bridge: true })
      expect(yield* call("react", { guid, reaction: "love" })).toMatchObject({ state: "sent" })
      yield* imsg.chats.setBridge({ state: "off" })
      expect(yield* call("react", { guid, reaction: "like" })).toMatchObject({ state: "left_out" })
      expect(yield* call("send_message", { text: "I do", reply_to: guid })).toMatchObject({
        state: "sent",
        left_out: ["reply_to"]
      })
      expect((yield* imsg.chats.sent()).map(({ text }) => text)).toEqual(["I do"])
    })
  )

  it.scopedLive("in mid-call is looked after: what shows was done, and what is said next goes", () =>
    Effect.gen(function* () {
      const { call, guid, imsg } = yield* begun({ bridge: true })
      yield* imsg.chats.fault({ _tag: "helperDies", method: "tapback", done: true })
      expect(yield* call("react", { guid, reaction: "love" })).toMatchObject({ state: "sent" })
      expect(yield* call("send_message", { text: "I do" })).toMatchObject({ state: "sent" })
      expect(yield* imsg.asked("tapback")).toHaveLength(1)
    })
  )
})
