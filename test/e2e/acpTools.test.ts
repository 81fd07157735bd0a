/** An agent of the Agent Client Protocol, and the gateway's own tools, which it starts and uses as agents do. */
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { acpRuntime, heardIn } from "../support/acp.ts"
import { makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { running } from "../support/processes.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"

const OTHER = "+15555550122"

const Answers = Schema.Array(
  Schema.Struct({ name: Schema.String, isError: Schema.Boolean, text: Schema.String })
)
const decodeServer = Schema.decodeUnknownSync(
  Schema.Struct({ sessionId: Schema.String, pid: Schema.Number, names: Schema.Array(Schema.String) })
)
const decodeCalled = Schema.decodeUnknownSync(
  Schema.Struct({ turnOf: Schema.optional(Schema.String), by: Schema.String, answers: Answers })
)

/** A gateway whose agent has the tools, and two people who write to it. */
const gatewayWithTools = (more: object = {}) =>
  Effect.gen(function* () {
    const imsg = yield* makeSimulator()
    const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
    const other = yield* imsg.chats.addDirectChat({ handle: OTHER })
    const notes = yield* makeHome({})
    const record = `${notes.dir}/heard`
    const home = yield* makeHome({
      imessage: openAccount(imsg),
      agents: { list: [{ id: "main", runtime: acpRuntime(record, { mcp: true }, { tools: true, ...more }) }] }
    })
    const start = Effect.tap(startGateway(home), (gateway) => gateway.awaitRunning())
    const heard = (method: string, count: number) =>
      eventually(
        `${count} of ${method}`,
        heardIn(record).pipe(
          Effect.map((all) => all.filter((one) => one.method === method)),
          Effect.provide(NodeContext.layer)
        ),
        ({ length }) => length >= count
      )
    /** What it calls in a turn, of the one chat and of the other. */
    const calls = JSON.stringify([
      ["list_chats", {}],
      ["read_messages", { chat_id: chat.id }],
      ["read_messages", { chat_id: other.id }],
      ["send_message", { chat_id: chat.id, text: `to ${PERSON}` }],
      ["send_message", { chat_id: other.id, text: `to ${OTHER}` }],
      ["send_message", { to: "+15555550133", text: "to a stranger" }]
    ])
    return {
      imsg,
      start,
      chatId: chat.id,
      otherId: other.id,
      writes: (sender: string) =>
        imsg.chats.receive({
          chatId: sender === PERSON ? chat.id : other.id,
          sender,
          text: `call ${calls}`
        }),
      servers: (count: number) =>
        Effect.map(heard("(server)", count), (all) => all.map(({ params }) => decodeServer(params))),
      agents: Effect.map(heard("(start)", 1), (all) => all.map(({ pid }) => pid)),
      called: (count: number) =>
        Effect.map(heard("(called)", count), (all) => all.map(({ params }) => decodeCalled(params))),
      calledBetween: (count: number) =>
        Effect.map(heard("(called between)", count), (all) => all.map(({ params }) => decodeCalled(params))),
      sentIn: (chatId: number) =>
        Effect.map(imsg.chats.sent(), (sent) =>
          sent.flatMap((row) => (row.chatId === chatId ? [row.text] : []))
        )
    }
  })

/** What is said to who has no chat now. */
const NOTHING =
  "no chat is open to this token now. An agent has the chat of the turn that it works on, until it has answered."

const gone = (pids: ReadonlyArray<number>) =>
  eventually(
    "the end of its processes",
    running(pids).pipe(Effect.provide(NodeContext.layer)),
    (left) => left.length === 0
  )

/** Which calls were answered, by their place in the list. */
const answered = ({ answers }: { readonly answers: typeof Answers.Type }) =>
  answers.flatMap(({ isError }, at) => (isError ? [] : [at]))

const chatsIn = (text = ""): ReadonlyArray<number> =>
  JSON.parse(text).chats.map(({ chat_id }: { readonly chat_id: number }) => chat_id)

describe("an agent that starts the gateway's tools", () => {
  it.scopedLive("has the chat of its turn alone, and nothing between its turns", () =>
    Effect.gen(function* () {
      const gateway = yield* gatewayWithTools()
      const { agents, called, calledBetween, chatId, otherId, sentIn, servers, start, writes } = gateway
      yield* start
      yield* writes(PERSON)
      const [first] = yield* called(1)
      const [server] = yield* servers(1)
      expect(server?.names).toContain("send_message")
      expect(first && answered(first)).toEqual([0, 1, 3])
      expect(chatsIn(first?.answers[0]?.text)).toEqual([chatId])
      expect(first?.answers[1]?.text).toContain("read_messages")
      // Whether there is another chat is not said either.
      expect(first?.answers[2]?.text).toContain(`chat_id:${otherId}`)
      expect(first?.answers[2]?.text).not.toContain(OTHER)

      const [between] = yield* calledBetween(1)
      expect(between?.answers.map(({ text }) => text)).toEqual(between?.answers.map(() => NOTHING))
      expect(between && answered(between)).toEqual([])

      yield* writes(OTHER)
      const [, ofFirst, ofSecond] = yield* called(3)
      // In the turn of another conversation the session of the first has nothing.
      expect([ofFirst?.by, ofSecond?.by]).toEqual([first?.by, ofSecond?.turnOf])
      expect(ofFirst && answered(ofFirst)).toEqual([])
      expect(ofSecond && answered(ofSecond)).toEqual([0, 2, 4])
      expect(chatsIn(ofSecond?.answers[0]?.text)).toEqual([otherId])
      yield* calledBetween(2)

      expect(yield* agents).toHaveLength(1)
      const to = (texts: ReadonlyArray<string>) => texts.filter((text) => text.startsWith("to "))
      yield* eventually("what it sent", sentIn(otherId), (texts) => to(texts).length > 0)
      expect(to(yield* sentIn(chatId))).toEqual([`to ${PERSON}`])
      expect(to(yield* sentIn(otherId))).toEqual([`to ${OTHER}`])
    })
  )

  it.scopedLive("leaves none of their processes when it is ended, nor when the gateway is killed", () =>
    Effect.gen(function* () {
      const { agents, calledBetween, servers, start, writes } = yield* gatewayWithTools({ idleMs: 1500 })
      const gateway = yield* start
      yield* writes(PERSON)
      const [first] = yield* servers(1)
      yield* gone([...(yield* agents), first?.pid ?? 0])
      yield* writes(PERSON)
      const [, second] = yield* servers(2)
      yield* calledBetween(1)
      yield* gateway.signal("SIGKILL")
      yield* gone([...(yield* agents), second?.pid ?? 0])
    })
  )
})
