/** Where a message belongs: whose session it is of, which chats are one group, and who is a person at all. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { environment } from "../support/agents.ts"
import { run } from "../support/command.ts"
import { readLines } from "../support/files.ts"
import { type Gateway, makeHome, openAccount, QUICK, startGateway } from "../support/gateway.ts"
import { eventually, makeSimulator } from "../support/simulator.ts"

const ALICE = "+15555550111"
const BOB = "+15555550112"
const SAM = "+15555550113"
const SAMS_EMAIL = "sam@example.com"

/** Agents that write down the session, the chat and the sender of each turn. */
const noting = (file: string) => ({ list: [{ id: "main", runtime: environment(file) }] })

const asked = (file: string, count: number) =>
  eventually(`${count} turns`, readLines(file), (lines) => lines.length >= count, "30 seconds")

const judgedAs = (gateway: Gateway, reason: string, count = 1) =>
  gateway.awaitLog(reason, (line) => line.annotations.reason === reason, { count })

describe("direct messages under per-channel-peer", () => {
  it.scopedLive("are of the session of their person, and those of a thread of several of its own", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const [alice, bob, phone, email, thread] = yield* Effect.all([
        imsg.chats.addDirectChat({ handle: ALICE }),
        imsg.chats.addDirectChat({ handle: BOB }),
        imsg.chats.addDirectChat({ handle: SAM }),
        imsg.chats.addDirectChat({ handle: SAMS_EMAIL }),
        imsg.chats.addThread({ handles: [ALICE, BOB] })
      ])
      const file = `${imsg.dir}/asked`
      const home = yield* makeHome({
        session: { dmScope: "per-channel-peer" },
        people: { sam: [SAM, SAMS_EMAIL] },
        imessage: { ...openAccount(imsg), groups: {} },
        agents: noting(file)
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      const senders = [
        [alice.id, ALICE],
        [bob.id, BOB],
        [phone.id, SAM],
        [email.id, SAMS_EMAIL],
        [thread.id, ALICE]
      ] as const
      for (const [chatId, sender] of senders) yield* imsg.chats.receive({ chatId, sender, text: "hello" })
      const lines = yield* asked(file, senders.length)
      expect([...lines].sort()).toEqual(
        [
          `agent:main:imessage:direct:${ALICE} ${alice.id} ${ALICE}`,
          `agent:main:imessage:direct:${BOB} ${bob.id} ${BOB}`,
          `agent:main:imessage:direct:sam ${phone.id} ${SAM}`,
          `agent:main:imessage:direct:sam ${email.id} ${SAMS_EMAIL}`,
          `agent:main:imessage:group:${thread.id} ${thread.id} ${ALICE}`
        ].sort()
      )
    })
  )
})

describe("a group that goes on as another chat", () => {
  it.scopedLive(
    "keeps settings, session and history, also over a restart, and is answered where it is now",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator()
        const group = yield* imsg.chats.addGroupChat({ handles: [ALICE, BOB], name: "Hiking" })
        const home = yield* makeHome({
          imessage: { ...openAccount(imsg), groups: { [group.id]: { systemPrompt: "Be kind." } } },
          agents: {
            list: [
              {
                id: "main",
                name: "Robin 🦞",
                runtime: {
                  type: "command",
                  command: ["/bin/sh", "-c", 'printf "%s\\n" "$GATEWAY_SESSION_KEY"; cat']
                }
              }
            ]
          }
        })
        const first = yield* startGateway(home)
        yield* first.awaitRunning()
        yield* imsg.chats.receive({ chatId: group.id, sender: BOB, text: "who brings the map?" })
        yield* judgedAs(first, "group-not-mentioned")
        const later = yield* imsg.chats.continueGroup({ chatId: group.id, service: "SMS" })
        yield* imsg.chats.receive({ chatId: later.id, sender: ALICE, text: "@Robin, you?" })
        const [answer] = yield* imsg.awaitSent(1)
        expect(answer).toMatchObject({
          chatId: later.id,
          text: [
            `agent:main:imessage:group:${group.id}`,
            "Be kind.",
            "",
            "Earlier in this group, not addressed to you:",
            `[${BOB}] who brings the map?`,
            "",
            "Now, addressed to you:",
            `[${ALICE}] @Robin, you?`
          ].join("\n")
        })
        yield* first.signal("SIGTERM")
        yield* first.exitCode
        const second = yield* startGateway(home)
        yield* second.awaitRunning()
        yield* imsg.chats.receive({ chatId: later.id, sender: BOB, text: "robin?" })
        const sent = yield* imsg.awaitSent(2)
        expect(sent[1]).toMatchObject({
          chatId: later.id,
          text: `agent:main:imessage:group:${group.id}\nBe kind.\n\n[${BOB}] robin?`
        })
      })
  )

  it.scopedLive("is the one that the config names by what it was, though nothing was heard of that", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const group = yield* imsg.chats.addGroupChat({ handles: [ALICE, BOB] })
      const byGuid = yield* imsg.chats.addGroupChat({ handles: [ALICE, BOB], name: "by guid" })
      yield* imsg.chats.receive({ chatId: group.id, sender: BOB, text: "long ago" })
      const [later, laterByGuid] = yield* Effect.all([
        imsg.chats.continueGroup({ chatId: group.id, service: "SMS" }),
        imsg.chats.continueGroup({ chatId: byGuid.id, service: "SMS" })
      ])
      yield* imsg.chats.receive({ chatId: later.id, sender: BOB, text: "before the first start" })
      const file = `${imsg.dir}/asked`
      const home = yield* makeHome({
        imessage: {
          ...openAccount(imsg),
          groups: { [group.id]: { requireMention: false }, [byGuid.guid]: { requireMention: false } }
        },
        agents: noting(file)
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.receive({ chatId: later.id, sender: ALICE, text: "hello" })
      yield* imsg.chats.receive({ chatId: laterByGuid.id, sender: ALICE, text: "hello" })
      const lines = yield* asked(file, 2)
      expect([...lines].sort()).toEqual([
        `agent:main:imessage:group:${group.id} ${later.id} ${ALICE}`,
        `agent:main:imessage:group:${laterByGuid.id} ${laterByGuid.id} ${ALICE}`
      ])
    })
  )
})

describe("groups of two accounts with one chat_id", () => {
  it.scopedLive("are two sessions, and a second account renames none of the first", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const [one, two] = yield* Effect.all([makeSimulator(), makeSimulator()])
      const groups = yield* Effect.forEach([one, two], ({ chats }) =>
        chats.addGroupChat({ handles: [ALICE, BOB] })
      )
      expect(groups[0]?.id).toBe(groups[1]?.id)
      const chatId = groups[0]?.id ?? 0
      const file = `${one.dir}/asked`
      const home = yield* makeHome({
        imessage: { accounts: { home: openAccount(one) } },
        agents: noting(file)
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning("home")
      const say = (simulator: typeof one) => simulator.chats.receive({ chatId, sender: ALICE, text: "hello" })
      yield* say(one)
      yield* asked(file, 1)
      yield* fs.writeFileString(
        home.configFile,
        JSON.stringify({
          stateDir: home.stateDir,
          imessage: { accounts: { bot: openAccount(two), home: openAccount(one) } },
          agents: noting(file)
        })
      )
      expect((yield* run("config", "reload", "--config", home.configFile)).code).toBe(0)
      yield* gateway.awaitRunning("bot")
      yield* say(two)
      yield* asked(file, 2)
      yield* say(one)
      expect((yield* asked(file, 3)).map((line) => line.split(" ")[0])).toEqual([
        `agent:main:imessage:group:${chatId}`,
        `agent:main:imessage:bot:group:${chatId}`,
        `agent:main:imessage:group:${chatId}`
      ])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("a machine", () => {
  it.scopedLive(
    "gets no code and takes no place, unless a list names it; that people share a session is said",
    () =>
      Effect.gen(function* () {
        const imsg = yield* makeSimulator()
        const home = yield* makeHome({
          imessage: {
            ...QUICK,
            cliPath: imsg.cliPath,
            dbPath: imsg.dbPath,
            allowFrom: ["sms:MYBANK", BOB],
            pairing: { maxPending: 1 }
          }
        })
        const gateway = yield* startGateway(home)
        yield* gateway.awaitRunning()
        yield* gateway.awaitLog("that a session is shared", ({ message }) =>
          String(message).startsWith("more than one person may write to main (2 people)")
        )
        const say = (handle: string) =>
          Effect.flatMap(imsg.chats.addDirectChat({ handle, service: "SMS" }), ({ id }) =>
            imsg.chats.receive({ chatId: id, sender: handle, text: `from ${handle}` })
          )
        yield* Effect.forEach(["SHOP", "26266", "urn:biz:1", "MYBANK"], say)
        yield* judgedAs(gateway, "dm-not-a-person", 3)
        yield* say(ALICE)
        const sent = yield* imsg.awaitSent(2)
        expect(sent.map(({ text }) => text).sort()).toEqual([
          expect.stringContaining(ALICE),
          "echo: from MYBANK"
        ])
        const doctor = yield* run("doctor", "--json", "--config", home.configFile)
        expect(doctor.stdout).toContain("more than one person may write to main")
      })
  )
})

describe("a person with two handles", () => {
  it.scopedLive("is approved and revoked as one", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const [phone, email] = yield* Effect.all([
        imsg.chats.addDirectChat({ handle: SAM }),
        imsg.chats.addDirectChat({ handle: SAMS_EMAIL })
      ])
      const home = yield* makeHome({
        people: { sam: [SAM, SAMS_EMAIL] },
        imessage: { ...QUICK, cliPath: imsg.cliPath, dbPath: imsg.dbPath, pairing: { approvedMessage: "" } }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      const pairing = (...args: ReadonlyArray<string>) => run("pairing", ...args, "--config", home.configFile)
      yield* imsg.chats.receive({ chatId: phone.id, sender: SAM, text: "hello?" })
      const [asking] = yield* imsg.awaitSent(1)
      yield* imsg.chats.receive({ chatId: email.id, sender: SAMS_EMAIL, text: "hello?" })
      yield* judgedAs(gateway, "dm-unknown-sender", 2)
      const code = /code is (\w{8})/u.exec(asking?.text ?? "")?.[1] ?? "no code"
      expect((yield* pairing("approve", "imessage", code)).code).toBe(0)
      yield* imsg.chats.receive({ chatId: email.id, sender: SAMS_EMAIL, text: "now?" })
      const sent = yield* imsg.awaitSent(2)
      expect(sent[1]).toMatchObject({ chatId: email.id, text: "echo: now?" })
      expect((yield* pairing("revoke", "imessage", SAMS_EMAIL)).code).toBe(0)
      yield* imsg.chats.receive({ chatId: phone.id, sender: SAM, text: "and now?" })
      expect((yield* imsg.awaitSent(3))[2]).toMatchObject({
        chatId: phone.id,
        text: expect.stringContaining(SAM)
      })
    })
  )
})

describe("in a group that needs a mention", () => {
  it.scopedLive("a reply to what the gateway said is one, and what only follows it is none", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const group = yield* imsg.chats.addGroupChat({ handles: [ALICE, BOB] })
      const home = yield* makeHome({ imessage: { ...openAccount(imsg), groups: {} } })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      const say = (text: string, rest: { readonly replyTo?: string; readonly follows?: string } = {}) =>
        imsg.chats.receive({ chatId: group.id, sender: ALICE, text, ...rest })
      yield* say("Main street is closed")
      yield* say("@main hello")
      const [said] = yield* imsg.awaitSent(1)
      const guid = said?.guid ?? ""
      yield* say("that follows", { follows: guid })
      yield* say("and what of bob?", { replyTo: guid })
      const sent = yield* imsg.awaitSent(2)
      expect(sent.map(({ text }) => text)).toEqual(["echo: @main hello", "echo: and what of bob?"])
      yield* judgedAs(gateway, "group-not-mentioned", 2)
    })
  )
})
