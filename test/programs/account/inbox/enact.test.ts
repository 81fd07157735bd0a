/** What becomes of a verdict: over a cluster in memory, whose actors are the test's. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Logger, Ref, TestClock } from "effect"
import * as GroupHistorySql from "../../../../src/layers/groups/GroupHistorySql.ts"
import * as FlowControlLive from "../../../../src/layers/inbox/FlowControlLive.ts"
import * as PairingStoreSql from "../../../../src/layers/pairing/PairingStoreSql.ts"
import * as PresenceLive from "../../../../src/layers/presence/PresenceLive.ts"
import * as DatabaseSqlite from "../../../../src/layers/sqlite/DatabaseSqlite.ts"
import * as AccountContext from "../../../../src/programs/account/AccountContext.ts"
import { makeEnact } from "../../../../src/programs/account/inbox/enact.ts"
import { ChatCommand } from "../../../../src/schemas/ChatCommand.ts"
import { Verdict } from "../../../../src/schemas/Verdict.ts"
import { GroupHistory } from "../../../../src/services/GroupHistory.ts"
import { PairingStore } from "../../../../src/services/PairingStore.ts"
import { Presence } from "../../../../src/services/Presence.ts"
import { makeActors } from "../../../support/actors.ts"
import { commandStores } from "../../../support/chatCommands.ts"
import { type ConfigFileContent, configLayer, makeAccount } from "../../../support/configs.ts"
import { ALICE, BOB, makeEnvelope, withoutChat } from "../../../support/envelopes.ts"

const services = Layer.mergeAll(
  GroupHistorySql.layer,
  PairingStoreSql.layer,
  FlowControlLive.layer,
  PresenceLive.layer,
  commandStores
).pipe(Layer.provide(DatabaseSqlite.memory), Layer.provideMerge(configLayer()))

/** Enacts verdicts of the account `default`, and gives what its actors have then. */
const enacting = (imessage: ConfigFileContent = {}) =>
  Effect.gen(function* () {
    const actors = yield* makeActors
    const context = yield* AccountContext.make(makeAccount(imessage))
    const enact = yield* Effect.provide(makeEnact(context), actors.cluster)
    const settled = <A>(look: Effect.Effect<A>) => Effect.zipRight(TestClock.adjust("1 second"), look)
    return {
      enact,
      deliveries: settled(actors.deliveries),
      inbound: settled(actors.inbound)
    }
  })

const pair = Verdict.Pair({ sender: ALICE, others: [], reason: "dm-unknown-sender" })
const dispatch = (withholdQuote: boolean) =>
  Verdict.Dispatch({
    agentId: "main",
    sessionKey: "agent:main:main",
    isGroup: false,
    withholdQuote,
    reason: "dm-open"
  })

describe("a message that is dispatched", () => {
  const quoting = makeEnvelope({ replyTo: { text: "hm", sender: BOB } })

  it.scoped("reaches its session with what it replies to", () =>
    Effect.gen(function* () {
      const { enact, inbound } = yield* enacting()
      expect(yield* enact(quoting, dispatch(false))).toBe("dm-open")
      expect(yield* inbound).toEqual([{ envelope: quoting, agentId: "main", isGroup: false }])
    }).pipe(Effect.provide(services))
  )

  it.scoped("reaches its session without what it replies to, where that is withheld", () =>
    Effect.gen(function* () {
      const { enact, inbound } = yield* enacting()
      yield* enact(quoting, dispatch(true))
      expect(yield* inbound).toEqual([{ envelope: makeEnvelope(), agentId: "main", isGroup: false }])
    }).pipe(Effect.provide(services))
  )

  it.scoped("reaches its session with whether it says what the gateway said", () =>
    Effect.gen(function* () {
      const { enact, inbound } = yield* enacting()
      yield* enact(quoting, dispatch(false), true)
      expect(yield* inbound).toEqual([
        { envelope: quoting, agentId: "main", isGroup: false, isGivenBack: true }
      ])
    }).pipe(Effect.provide(services))
  )

  it.scoped("reaches its session once, however often its row is shown", () =>
    Effect.gen(function* () {
      const { enact, inbound } = yield* enacting()
      yield* enact(quoting, dispatch(false))
      yield* enact({ ...quoting, rowId: 9 }, dispatch(false))
      expect(yield* inbound).toHaveLength(1)
    }).pipe(Effect.provide(services))
  )
})

describe("a chat is marked as read", () => {
  const group = makeEnvelope({ isGroup: true })
  const command = Verdict.Command({
    command: ChatCommand.Help(),
    isGroup: false,
    agentId: "main",
    sessionKey: "agent:main:main",
    allowed: [],
    reason: "command"
  })
  const verdicts = [
    { verdict: dispatch(false), of: "a message that is dispatched", config: {}, isRead: true },
    { verdict: command, of: "a command that is obeyed", config: {}, isRead: true },
    {
      verdict: dispatch(false),
      of: "a message, where the config says no",
      config: { sendReadReceipts: false },
      isRead: false
    },
    { verdict: pair, of: "a stranger who gets a code", config: {}, isRead: false },
    {
      verdict: Verdict.Remember({ chatId: 7, limit: 5, reason: "group-not-mentioned" }),
      of: "what is kept as history",
      config: {},
      isRead: false
    },
    { verdict: Verdict.Drop({ reason: "dm-disabled" }), of: "what is dropped", config: {}, isRead: false }
  ]
  for (const { config, isRead, of, verdict } of verdicts) {
    it.scoped(`${isRead ? "for" : "not for"} ${of}`, () =>
      Effect.gen(function* () {
        const { enact } = yield* enacting(config)
        yield* enact(group, verdict)
        const { chats } = yield* Presence
        const unread = (yield* chats("default")).filter(({ unreadSince }) => unreadSince !== undefined)
        expect(unread.map(({ chat }) => chat)).toEqual(isRead ? [{ _tag: "ChatId", chatId: 7 }] : [])
      }).pipe(Effect.provide(services))
    )
  }
})

describe("a stranger", () => {
  const targets = [
    { what: "in their chat", envelope: makeEnvelope(), target: { _tag: "ChatId", chatId: 7 } },
    {
      what: "by their handle, where Messages does not say which chat it is",
      envelope: withoutChat(makeEnvelope({ service: "sms" })),
      target: { _tag: "Handle", handle: ALICE, service: "sms" }
    }
  ]
  for (const { envelope, target, what } of targets) {
    it.scoped(`is sent their code ${what}`, () =>
      Effect.gen(function* () {
        const { deliveries, enact } = yield* enacting()
        const { pending } = yield* PairingStore
        expect(yield* enact(envelope, pair)).toBe("pairing-requested")
        const [request] = yield* pending
        expect(yield* deliveries).toMatchObject([{ id: `pairing:default:${request?.code}`, target }])
      }).pipe(Effect.provide(services))
    )
  }

  it.scoped("is sent it once, however often they write", () =>
    Effect.gen(function* () {
      const { deliveries, enact } = yield* enacting()
      yield* enact(makeEnvelope({ rowId: 1 }), pair)
      expect(yield* enact(makeEnvelope({ rowId: 2 }), pair)).toBe("pairing-pending")
      expect(yield* deliveries).toHaveLength(1)
    }).pipe(Effect.provide(services))
  )

  it.scoped("who was refused is sent nothing", () =>
    Effect.gen(function* () {
      const { deliveries, enact } = yield* enacting()
      const { pending, reject } = yield* PairingStore
      yield* enact(makeEnvelope({ rowId: 1 }), pair)
      for (const { code } of yield* pending) yield* reject(code)
      expect(yield* enact(makeEnvelope({ rowId: 2 }), pair)).toBe("pairing-rejected")
      expect(yield* deliveries).toHaveLength(1)
    }).pipe(Effect.provide(services))
  )

  it.scoped("for whom there is no place is sent nothing, which is said once until there was one again", () =>
    Effect.gen(function* () {
      const { deliveries, enact } = yield* enacting({ pairing: { maxPending: 1 } })
      const { pending, reject } = yield* PairingStore
      const warnings = yield* Ref.make(0)
      const counting = Logger.replace(
        Logger.defaultLogger,
        Logger.make(({ logLevel }) => {
          if (logLevel._tag === "Warning") Effect.runSync(Ref.update(warnings, (count) => count + 1))
        })
      )
      const write = (rowId: number, sender: string) =>
        Effect.provide(
          enact(
            makeEnvelope({ rowId, sender }),
            Verdict.Pair({ sender, others: [], reason: "dm-unknown-sender" })
          ),
          counting
        )
      yield* write(1, ALICE)
      for (const rowId of [2, 3]) expect(yield* write(rowId, BOB)).toBe("pairing-full")
      expect(yield* deliveries).toHaveLength(1)
      expect(yield* Ref.get(warnings)).toBe(1)
      for (const { code } of yield* pending) yield* reject(code)
      expect(yield* write(4, BOB)).toBe("pairing-requested")
      expect(yield* write(5, "+15555550103")).toBe("pairing-full")
      expect(yield* Ref.get(warnings)).toBe(2)
    }).pipe(Effect.provide(services))
  )
})

describe("a message that is not for an agent", () => {
  const history = Effect.flatMap(GroupHistory, ({ lastBefore }) =>
    lastBefore({ accountId: "default", chatId: 7, beforeRowId: 100 }, 10)
  )
  const remember = (limit: number) => Verdict.Remember({ chatId: 7, limit, reason: "group-not-mentioned" })

  const rows = [
    { what: "is kept where it is to be remembered", verdict: remember(5), kept: 1 },
    { what: "is not kept where the history has no place", verdict: remember(0), kept: 0 },
    { what: "is not kept where it is dropped", verdict: Verdict.Drop({ reason: "stale" }), kept: 0 }
  ]
  for (const { kept, verdict, what } of rows) {
    it.scoped(`${what}, and nobody is given it`, () =>
      Effect.gen(function* () {
        const { deliveries, enact, inbound } = yield* enacting()
        expect(yield* enact(makeEnvelope(), verdict)).toBe(verdict.reason)
        expect(yield* history).toHaveLength(kept)
        expect([yield* deliveries, yield* inbound]).toEqual([[], []])
      }).pipe(Effect.provide(services))
    )
  }
})

describe("a reaction that is told later", () => {
  it.scoped("is kept in a direct chat and in a group that keeps nothing else", () =>
    Effect.gen(function* () {
      const { enact } = yield* enacting()
      const { lastBefore } = yield* GroupHistory
      const reaction = { kind: "like", isRemoved: false, to: { isOwn: true, guid: "g" } } as const
      const envelope = makeEnvelope({ isReaction: true, reaction, text: "(reacted)" })
      const kept = Verdict.Remember({ chatId: 7, limit: 0, reason: "reaction-context" })
      expect(yield* enact(envelope, kept)).toBe("reaction-context")
      const chat = { accountId: "default", chatId: 7, beforeRowId: 100 }
      expect(yield* lastBefore(chat, 0)).toEqual([
        { guid: envelope.guid, sender: ALICE, text: "(reacted)", attachments: [], reaction }
      ])
    }).pipe(Effect.provide(services))
  )
})
