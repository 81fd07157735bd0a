/** Groups and the threads that are treated as such: who is heard, what the agent is shown, in which session. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { environment } from "../support/agents.ts"
import { readLines } from "../support/files.ts"
import { makeHome, openAccount, QUICK, startGateway } from "../support/gateway.ts"
import { eventually, makeSimulator, type Simulator } from "../support/simulator.ts"

const ALICE = "+15555550111"
const BOB = "+15555550112"

const started = (imsg: Simulator, imessage: Readonly<Record<string, unknown>>, rest = {}) =>
  Effect.gen(function* () {
    const { groups: _, ...open } = openAccount(imsg)
    const home = yield* makeHome({
      imessage: { ...open, ...imessage },
      agents: { list: [{ id: "main", name: "Robin" }] },
      ...rest
    })
    const gateway = yield* startGateway(home)
    yield* gateway.awaitRunning()
    return gateway
  })

describe("a group", () => {
  it.scopedLive("is answered where it mentions the agent, which is shown once what was said before", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const group = yield* imsg.chats.addGroupChat({ handles: [ALICE, BOB], name: "Hiking" })
      yield* started(
        imsg,
        {},
        {
          agents: {
            list: [{ id: "main", name: "Robin", runtime: { type: "command", command: ["/bin/cat"] } }]
          }
        }
      )
      const say = (sender: string, text: string) => imsg.chats.receive({ chatId: group.id, sender, text })
      yield* say(BOB, "who brings the map?")
      yield* say(ALICE, "hey \u2060Ro\u200bbin, you?")
      yield* imsg.awaitSent(1)
      yield* say(ALICE, "@ROBIN and the rope?")
      const sent = yield* imsg.awaitSent(2)
      expect(sent.map(({ text }) => text)).toEqual([
        `Earlier in this group, not addressed to you:\n[${BOB}] who brings the map?\n\n` +
          `Now, addressed to you:\n[${ALICE}] hey \u2060Ro\u200bbin, you?`,
        `[${ALICE}] @ROBIN and the rope?`
      ])
    })
  )

  it.scopedLive("keeps at most historyLimit messages, also over a restart, and none with 0", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const [kept, forgotten] = yield* Effect.all([
        imsg.chats.addGroupChat({ handles: [ALICE, BOB], name: "Kept" }),
        imsg.chats.addGroupChat({ handles: [ALICE, BOB], name: "Forgotten" })
      ])
      const { groups: _, ...open } = openAccount(imsg)
      const home = yield* makeHome({
        imessage: {
          ...open,
          groups: { "*": {}, [kept.id]: { historyLimit: 2 }, [forgotten.id]: { historyLimit: 0 } }
        },
        agents: { list: [{ id: "main", runtime: { type: "command", command: ["/bin/cat"] } }] },
        messages: { groupChat: { mentionPatterns: ["bot[!?]"] } }
      })
      const first = yield* startGateway(home)
      yield* first.awaitRunning()
      for (const text of ["one", "two", "three"]) {
        yield* imsg.chats.receive({ chatId: kept.id, sender: BOB, text })
        yield* imsg.chats.receive({ chatId: forgotten.id, sender: BOB, text })
      }
      yield* first.awaitLog("six remembered", ({ message }) => message === "verdict: Remember", { count: 6 })
      yield* first.signal("SIGTERM")
      yield* first.exitCode
      const second = yield* startGateway(home)
      yield* second.awaitRunning()
      yield* imsg.chats.receive({ chatId: kept.id, sender: ALICE, text: "bot?" })
      yield* imsg.chats.receive({ chatId: forgotten.id, sender: ALICE, text: "Bot!" })
      const sent = yield* imsg.awaitSent(2)
      const texts = new Map(sent.map(({ chatId, text }) => [chatId, text]))
      expect(texts.get(kept.id)).toContain(`you:\n[${BOB}] two\n[${BOB}] three\n\n`)
      expect(texts.get(forgotten.id)).toBe(`[${ALICE}] Bot!`)
    })
  )

  it.scopedLive("under allowlist hears only who is listed, whoever quotes the others", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const group = yield* imsg.chats.addGroupChat({ handles: [ALICE, BOB] })
      const gateway = yield* started(
        imsg,
        { groupPolicy: "allowlist", groupAllowFrom: ["+1 (555) 555-0111"] },
        {
          agents: {
            list: [{ id: "main", name: "Robin", runtime: { type: "command", command: ["/bin/cat"] } }]
          }
        }
      )
      const bobs = yield* imsg.chats.receive({ chatId: group.id, sender: BOB, text: "Robin, obey me" })
      yield* imsg.chats.receive({
        chatId: group.id,
        sender: ALICE,
        text: "Robin, what was that?",
        replyTo: bobs.guid
      })
      const sent = yield* imsg.awaitSent(1)
      expect(sent.map(({ text }) => text)).toEqual([`[${ALICE}] Robin, what was that?`])
      expect((yield* gateway.lines).map(({ annotations }) => annotations.reason)).toContain(
        "group-sender-not-allowlisted"
      )
    })
  )

  it.scopedLive("that is not among the named ones is left alone", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const [named, other] = yield* Effect.all([
        imsg.chats.addGroupChat({ handles: [ALICE, BOB] }),
        imsg.chats.addGroupChat({ handles: [ALICE, BOB], name: "other" })
      ])
      const gateway = yield* started(imsg, { groups: { [named.id]: {} } })
      yield* imsg.chats.receive({ chatId: other.id, sender: ALICE, text: "Robin?" })
      yield* imsg.chats.receive({ chatId: named.id, sender: ALICE, text: "Robin!" })
      const sent = yield* imsg.awaitSent(1)
      expect(sent).toMatchObject([{ chatId: named.id, text: "echo: Robin!" }])
      expect((yield* gateway.lines).map(({ annotations }) => annotations.reason)).toContain(
        "group-not-admitted"
      )
    })
  )
})

describe("sessions", () => {
  it.scopedLive(
    "are the agent's main one for people, and one each for groups, named threads and agents",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator()
        const [alice, bob, group, thread, plain] = yield* Effect.all([
          imsg.chats.addDirectChat({ handle: ALICE }),
          imsg.chats.addDirectChat({ handle: BOB, service: "SMS" }),
          imsg.chats.addGroupChat({ handles: [ALICE, BOB] }),
          imsg.chats.addThread({ handles: [ALICE, BOB], name: "named in groups" }),
          imsg.chats.addThread({ handles: [ALICE, BOB], name: "not named" })
        ])
        const runtime = environment(`${imsg.dir}/asked`)
        yield* started(
          imsg,
          { groups: { "*": { requireMention: false }, [thread.id]: { agentId: "family" } } },
          {
            agents: {
              list: [
                { id: "main", runtime },
                { id: "family", runtime },
                { id: "bobs", runtime }
              ]
            },
            bindings: [
              { agentId: "family", match: { channel: "imessage", accountId: "default" } },
              {
                agentId: "bobs",
                match: { channel: "imessage", peer: { kind: "direct", id: "sms:+1 555 555 0112" } }
              },
              {
                agentId: "main",
                match: { channel: "imessage", peer: { kind: "group", id: `chat_id:${group.id}` } }
              }
            ]
          }
        )
        for (const [chat, sender] of [
          [alice, ALICE],
          [bob, BOB],
          [group, BOB],
          [thread, BOB],
          [plain, ALICE]
        ] as const) {
          yield* imsg.chats.receive({ chatId: chat.id, sender, text: `in ${chat.id}` })
        }
        yield* imsg.awaitSent(5)
        expect([...(yield* readLines(`${imsg.dir}/asked`))].sort()).toEqual(
          [
            `agent:family:main ${alice.id} ${ALICE}`,
            `agent:bobs:main ${bob.id} ${BOB}`,
            `agent:main:imessage:group:${group.id} ${group.id} ${BOB}`,
            `agent:family:imessage:group:${thread.id} ${thread.id} ${BOB}`,
            `agent:family:main ${plain.id} ${ALICE}`
          ].sort()
        )
      })
  )
})

describe("a message that is announced before Messages has put it into its chat", () => {
  it.scopedLive("is not answered in private because an older build was busy with a send", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator({ build: "0.8.0" })
      const direct = yield* imsg.chats.addDirectChat({ handle: ALICE })
      const group = yield* imsg.chats.addGroupChat({ handles: [ALICE, BOB] })
      const gateway = yield* started(imsg, {
        groupPolicy: "disabled",
        supervision: { ...QUICK.supervision, requestTimeoutMs: 300 }
      })
      yield* imsg.chats.fault({ _tag: "slowSend", ms: 1500 })
      yield* imsg.chats.receive({ chatId: direct.id, sender: ALICE, text: "hello" })
      yield* eventually("the send", imsg.chats.recorded(), (events) =>
        events.some(({ event }) => event._tag === "request" && event.method === "send")
      )
      yield* imsg.chats.fault({ _tag: "hideChat" })
      yield* imsg.chats.receive({ chatId: group.id, sender: ALICE, text: "to all of you" })
      yield* gateway.awaitLog("its verdict", ({ annotations }) => annotations.reason === "groups-disabled")
      yield* imsg.chats.receive({ chatId: direct.id, sender: ALICE, text: "bye" })
      const sent = yield* imsg.awaitSent(2)
      expect(sent.map(({ chatId, text }) => [chatId, text])).toEqual([
        [direct.id, "echo: hello"],
        [direct.id, "echo: bye"]
      ])
    })
  )

  for (const build of ["0.9.0", "0.15.0"]) {
    it.scopedLive(`is answered where it belongs (imsg ${build})`, () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator({ build })
        const group = yield* imsg.chats.addGroupChat({ handles: [ALICE, BOB] })
        const direct = yield* imsg.chats.addDirectChat({ handle: ALICE })
        yield* started(imsg, {})
        yield* imsg.chats.fault({ _tag: "hideChat", times: 2 })
        yield* imsg.chats.receive({ chatId: group.id, sender: ALICE, text: "Robin, in the group" })
        yield* imsg.awaitSent(1)
        yield* imsg.chats.receive({ chatId: direct.id, sender: ALICE, text: "in private" })
        const sent = yield* imsg.awaitSent(2)
        expect(sent.map(({ chatId, text }) => [chatId, text])).toEqual([
          [group.id, "echo: Robin, in the group"],
          [direct.id, "echo: in private"]
        ])
      })
    )
  }
})
