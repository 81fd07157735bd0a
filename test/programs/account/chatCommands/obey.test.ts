/** What comes of commands, and what owners hear of strangers: as verdicts of an account are carried out. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option, Ref, TestClock } from "effect"
import * as AuditSql from "../../../../src/layers/audit/AuditSql.ts"
import * as GroupHistorySql from "../../../../src/layers/groups/GroupHistorySql.ts"
import * as FlowControlLive from "../../../../src/layers/inbox/FlowControlLive.ts"
import * as PairingStoreSql from "../../../../src/layers/pairing/PairingStoreSql.ts"
import * as PresenceLive from "../../../../src/layers/presence/PresenceLive.ts"
import * as DatabaseSqlite from "../../../../src/layers/sqlite/DatabaseSqlite.ts"
import * as AccountContext from "../../../../src/programs/account/AccountContext.ts"
import { makeEnact } from "../../../../src/programs/account/inbox/enact.ts"
import { ChatCommand } from "../../../../src/schemas/ChatCommand.ts"
import type { ConversationKey } from "../../../../src/schemas/Conversation.ts"
import type { Envelope } from "../../../../src/schemas/Envelope.ts"
import { Verdict } from "../../../../src/schemas/Verdict.ts"
import { Audit } from "../../../../src/services/Audit.ts"
import { Conversations } from "../../../../src/services/Conversations.ts"
import { GroupHistory } from "../../../../src/services/GroupHistory.ts"
import { PairingStore } from "../../../../src/services/PairingStore.ts"
import { PausedChats } from "../../../../src/services/PausedChats.ts"
import { makeActors } from "../../../support/actors.ts"
import { commandStores } from "../../../support/chatCommands.ts"
import { type ConfigFileContent, configLayer, makeAccount } from "../../../support/configs.ts"
import { ALICE, BOB, makeEnvelope } from "../../../support/envelopes.ts"

const OWNER = "+15555550119"
const OTHER_OWNER = "+15555550118"

const CONFIG: ConfigFileContent = {
  owners: [OWNER],
  people: { owner: [OWNER, "owner@example.com"], ann: [ALICE, "ann@example.com"] },
  agents: {
    list: [
      {
        id: "main",
        runtime: { type: "openai", baseUrl: "http://127.0.0.1:11434/v1", model: "llama" }
      },
      { id: "echo" },
      {
        id: "shared",
        runtime: { type: "openai", baseUrl: "http://127.0.0.1:11434/v1", model: "llama" },
        memory: { scope: "session" }
      }
    ]
  }
}

const servicesOf = (config: ConfigFileContent) =>
  Layer.mergeAll(
    GroupHistorySql.layer,
    PairingStoreSql.layer,
    FlowControlLive.layer,
    PresenceLive.layer,
    AuditSql.layer,
    commandStores
  ).pipe(Layer.provide(DatabaseSqlite.memory), Layer.provideMerge(configLayer(config)))

const services = servicesOf(CONFIG)

const unasked = Effect.dieMessage("nothing is asked of a memory here")

/** An account, the conversations that were begun, and the answers to what is said to it. */
const obeying = Effect.gen(function* () {
  const actors = yield* makeActors
  const begun = yield* Ref.make<ReadonlyArray<ConversationKey>>([])
  const conversations = Conversations.of({
    beginAnother: (key) =>
      Effect.as(
        Ref.update(begun, (all) => [...all, key]),
        true
      ),
    open: () => unasked,
    remember: () => unasked,
    forget: () => unasked,
    clear: () => unasked,
    list: () => unasked,
    show: () => unasked
  })
  const context = yield* AccountContext.make(makeAccount({}))
  const enact = yield* makeEnact(context).pipe(
    Effect.provide(actors.cluster),
    Effect.provideService(Conversations, conversations)
  )
  const rows = yield* Ref.make(0)
  const order = (command: ChatCommand, more: Partial<Extract<Verdict, { readonly _tag: "Command" }>> = {}) =>
    Verdict.Command({
      command,
      allowed: ["Stop", "New", "Status", "Help", "Pairing"],
      agentId: "main",
      sessionKey: "agent:main:main",
      isGroup: false,
      reason: "command",
      ...more
    })
  const texts = Effect.map(actors.deliveries, (all) =>
    all.flatMap(({ replies }) => replies.flatMap(({ text }) => text ?? []))
  )
  /** What is answered to a command, said in a row of its own. */
  const say = (
    command: ChatCommand,
    { envelope, ...more }: Parameters<typeof order>[1] & { readonly envelope?: Partial<Envelope> } = {}
  ) =>
    Effect.gen(function* () {
      const rowId = yield* Ref.updateAndGet(rows, (row) => row + 1)
      yield* enact(makeEnvelope({ rowId, sender: OWNER, ...envelope }), order(command, more))
      return (yield* texts).at(-1)
    })
  return { enact, order, say, texts, begun: Ref.get(begun), deliveries: actors.deliveries }
})

/** A code of a stranger who waits. */
const waiting = (sender = BOB) =>
  Effect.flatMap(PairingStore, (pairing) =>
    pairing.request({
      ...{ accountId: "default", sender, ttlMs: 3_600_000, maxPending: 20 },
      target: { _tag: "Handle", handle: sender, service: "auto" }
    })
  ).pipe(Effect.map((outcome) => (outcome._tag === "Created" ? outcome.request.code : "no code")))

const entries = Effect.flatMap(Audit, (audit) => audit.entries({ limit: 10 }))

describe("a command", () => {
  it.scoped("is answered in its chat, by a delivery of its own, once however often its row is taken", () =>
    Effect.gen(function* () {
      const { deliveries, enact, order } = yield* obeying
      const envelope = makeEnvelope({ sender: OWNER })
      for (const _ of [1, 2]) {
        expect(yield* enact(envelope, order(ChatCommand.Stop()))).toBe("command")
      }
      expect(yield* deliveries).toEqual([
        {
          id: "command:default:guid-1",
          accountId: "default",
          target: { _tag: "ChatId", chatId: 7 },
          replies: [{ text: "Nothing was running." }]
        }
      ])
    }).pipe(Effect.provide(services))
  )

  it.scoped("in a flood of them is carried out, and answered as often as a chat may have turns", () =>
    Effect.gen(function* () {
      const { say, texts } = yield* obeying
      for (const _ of Array(40)) yield* say(ChatCommand.Stop())
      expect(yield* texts).toHaveLength(30)
      yield* say(ChatCommand.Stop(), { envelope: { chatId: 8 } })
      expect(yield* texts).toHaveLength(31)
      yield* TestClock.adjust("1 minute")
      yield* say(ChatCommand.Stop())
      expect(yield* texts).toHaveLength(32)
    }).pipe(Effect.provide(services))
  )

  it.scoped("of who is no owner tells nothing of other chats", () =>
    Effect.gen(function* () {
      const { say } = yield* obeying
      yield* waiting()
      expect(yield* say(ChatCommand.Status(), { allowed: ["Status"] })).not.toContain("/pairing")
      expect(yield* say(ChatCommand.Status())).toContain("1 person waits to be let in: /pairing")
    }).pipe(Effect.provide(services))
  )
})

describe("a new conversation is begun", () => {
  const group = { isGroup: true, envelope: { isGroup: true, chatIdentifier: "chat555000107" } }
  const rows = [
    {
      what: "of who says so, by their name in `people`",
      given: { envelope: { sender: "ann@example.com", chatIdentifier: "ann@example.com" } },
      key: { agentId: "main", kind: "person", of: "ann" }
    },
    { what: "of a group", given: group, key: { agentId: "main", kind: "group", of: "group:7" } },
    {
      what: "of a thread that others hear",
      given: { envelope: { participantCount: 2, chatIdentifier: "chat555000107" } },
      key: { agentId: "main", kind: "group", of: "group:7" }
    },
    {
      what: "of a session, where that is what is remembered",
      given: { agentId: "shared", sessionKey: "agent:shared:main" },
      key: { agentId: "shared", kind: "session", of: "agent:shared:main" }
    }
  ]
  for (const { given, key, what } of rows) {
    it.scoped(what, () =>
      Effect.gen(function* () {
        const { begun, say } = yield* obeying
        expect(yield* say(ChatCommand.New(), given)).toBe("This is a new conversation.")
        expect(yield* begun).toEqual([key])
      }).pipe(Effect.provide(services))
    )
  }

  it.scoped("nowhere where the agent remembers for itself, which is said", () =>
    Effect.gen(function* () {
      const { begun, say } = yield* obeying
      expect(yield* say(ChatCommand.New(), { agentId: "echo" })).toContain(
        "Nothing of a conversation is kept"
      )
      expect(yield* begun).toEqual([])
    }).pipe(Effect.provide(services))
  )

  it.scoped("without what a group said before", () =>
    Effect.gen(function* () {
      const { say } = yield* obeying
      const history = yield* GroupHistory
      yield* history.remember(makeEnvelope({ rowId: 0, isGroup: true }), 10)
      yield* say(ChatCommand.New(), group)
      expect(yield* history.lastBefore({ accountId: "default", chatId: 7, beforeRowId: 100 }, 10)).toEqual([])
    }).pipe(Effect.provide(services))
  )
})

describe("an owner", () => {
  it.scoped("lets somebody in, and it is known who did", () =>
    Effect.gen(function* () {
      const { say } = yield* obeying
      const { approvedAt, notices } = yield* PairingStore
      const code = yield* waiting()
      expect(yield* say(ChatCommand.Pairing())).toContain(`${code}: ${BOB}, to default`)
      expect(yield* say(ChatCommand.Pair({ code: code.toLowerCase() }))).toBe(
        `${BOB} may now write to the account default, and will be told.`
      )
      expect(Option.isSome(yield* approvedAt("default", BOB))).toBe(true)
      expect(yield* notices("default")).toHaveLength(1)
      expect(yield* entries).toMatchObject([
        { by: { _tag: "Chat", accountId: "default", handle: OWNER }, event: { _tag: "PairingApproved" } }
      ])
      expect(yield* say(ChatCommand.Pair({ code }))).toContain("Nobody waits with the code")
    }).pipe(Effect.provide(services))
  )

  it.scoped("refuses somebody", () =>
    Effect.gen(function* () {
      const { say } = yield* obeying
      const code = yield* waiting()
      expect(yield* say(ChatCommand.Reject({ code }))).toContain(`${BOB} stays out of the account default`)
      expect(yield* say(ChatCommand.Pairing())).toBe("Nobody waits to be let in.")
    }).pipe(Effect.provide(services))
  )

  it.scoped("holds a chat until they let it go on, and it is known who did", () =>
    Effect.gen(function* () {
      const { say } = yield* obeying
      const { all } = yield* PausedChats
      expect(yield* say(ChatCommand.Pause({ chat: "42" }))).toContain("chat_id:42 is paused")
      yield* TestClock.adjust("11 minutes")
      expect(yield* all).toMatchObject([{ chat: "chat_id:42", times: 0, until: undefined }])
      expect(yield* say(ChatCommand.Paused())).toContain("chat_id:42 of default")
      expect(yield* say(ChatCommand.Resume({ chat: "chat_id:42" }))).toContain("chat_id:42 goes on")
      expect(yield* all).toEqual([])
      expect((yield* entries).map(({ event }) => event._tag)).toEqual(["ChatPaused", "ChatResumed"])
      expect(yield* say(ChatCommand.Resume({ chat: "42" }))).toBe("42 is not paused.")
    }).pipe(Effect.provide(services))
  )

  it.scoped("lets a chat go on that was paused for giving words back, of whichever account", () =>
    Effect.gen(function* () {
      const { say } = yield* obeying
      const { all, pause } = yield* PausedChats
      yield* pause({ accountId: "bot", chat: "chat_id:42" })
      yield* say(ChatCommand.Resume({ chat: "42" }))
      expect(yield* all).toEqual([])
    }).pipe(Effect.provide(services))
  )
})

describe("owners hear of who asks to be let in", () => {
  const asking = (sender: string, rowId = 1) =>
    [
      makeEnvelope({ sender, rowId, text: "secret words", participantCount: 1 }),
      Verdict.Pair({ sender, others: [], reason: "dm-unknown-sender" })
    ] as const
  const toOwners = (config: ConfigFileContent, ...senders: ReadonlyArray<string>) =>
    Effect.gen(function* () {
      const { deliveries, enact } = yield* obeying
      for (const [at, sender] of senders.entries()) yield* enact(...asking(sender, at + 1))
      return (yield* deliveries).filter(({ id }) => id.startsWith("owner:"))
    }).pipe(Effect.provide(servicesOf({ ...CONFIG, ...config })))

  it.scoped("each once, by iMessage, with the code and without their words", () =>
    Effect.gen(function* () {
      const told = yield* toOwners({ owners: [OWNER, "owner@example.com", OTHER_OWNER] }, BOB, BOB)
      expect(told.map(({ target }) => target)).toEqual([
        { _tag: "Handle", handle: OWNER, service: "imessage" },
        { _tag: "Handle", handle: OTHER_OWNER, service: "imessage" }
      ])
      for (const { id, replies } of told) {
        const code = id.split(":")[2]
        expect(replies[0]?.text).toContain(`${BOB} asks to be let in to default. /pair ${code}`)
        expect(JSON.stringify(replies)).not.toContain("secret")
      }
    })
  )

  it.scoped("never who asks, though an owner's handle can be in the name of an SMS", () =>
    Effect.gen(function* () {
      expect(yield* toOwners({}, OWNER)).toEqual([])
      expect(yield* toOwners({}, "owner@example.com")).toEqual([])
    })
  )

  it.scoped("not at all where there are no commands", () =>
    Effect.map(toOwners({ messages: { commands: false } }, BOB), (told) => expect(told).toEqual([]))
  )

  it.scoped("ten times an hour, and once that there are more", () =>
    Effect.gen(function* () {
      const senders = Array.from({ length: 14 }, (_, at) => `+155555502${10 + at}`)
      const told = yield* toOwners({}, ...senders)
      expect(told).toHaveLength(11)
      expect(told.at(-1)?.replies[0]?.text).toBe("More people ask to be let in: /pairing says who.")
    })
  )
})
