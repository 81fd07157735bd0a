/** What the decision table (router/access.test.ts) does not hold: times, agents and sessions, and what a verdict says. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, TestClock } from "effect"
import type { Envelope } from "../../../src/schemas/Envelope.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { PairingStore } from "../../../src/services/PairingStore.ts"
import { Router } from "../../../src/services/Router.ts"
import type { ConfigFileContent } from "../../support/configs.ts"
import { ALICE, BOB, makeEnvelope, withoutChat } from "../../support/envelopes.ts"
import { approve, judge, routerOf, stores } from "./accessStores.ts"

/** The time at which every row of the tables is judged. */
const NOW = 1_000_000_000

const open = {
  dmPolicy: "open",
  allowFrom: ["*"],
  groups: { "*": { requireMention: false } }
}

describe("by its age", () => {
  const rows: ReadonlyArray<{
    readonly what: string
    readonly imessage: ConfigFileContent
    readonly envelope?: Partial<Envelope>
    readonly baselineAt?: number
    readonly reason: string
  }> = [
    {
      what: "a row as old as maxAgeMs is answered",
      imessage: { ...open, catchUp: { maxAgeMs: 1000 } },
      envelope: { sentAt: NOW - 1000 },
      reason: "dm-open"
    },
    {
      what: "an older row is stale",
      imessage: { ...open, catchUp: { maxAgeMs: 1000 } },
      envelope: { sentAt: NOW - 1001 },
      reason: "stale"
    },
    {
      what: "a stranger's row is stale before it is too old to pair",
      imessage: { catchUp: { maxAgeMs: 1000 }, pairing: { ttlMs: 500 } },
      envelope: { sentAt: NOW - 1001 },
      reason: "stale"
    },
    {
      what: "a stranger's row as old as ttlMs gets a code",
      imessage: { pairing: { ttlMs: 500 } },
      envelope: { sentAt: NOW - 500, participantCount: 1 },
      reason: "dm-unknown-sender"
    },
    {
      what: "a stranger's older row gets none",
      imessage: { pairing: { ttlMs: 500 } },
      envelope: { sentAt: NOW - 501 },
      reason: "dm-too-old-to-pair"
    },
    {
      what: "a row from a clock that is ahead is answered",
      imessage: open,
      envelope: { sentAt: NOW + 3_600_000 },
      baselineAt: NOW,
      reason: "dm-open"
    },
    {
      what: "a row without a time is answered",
      imessage: open,
      baselineAt: NOW,
      reason: "dm-open"
    },
    {
      what: "a row from after the first start is answered",
      imessage: open,
      envelope: { sentAt: NOW - 1 },
      baselineAt: NOW - 2,
      reason: "dm-open"
    },
    {
      what: "a row as old as the newest at the first start is not",
      imessage: open,
      envelope: { sentAt: NOW - 2 },
      baselineAt: NOW - 2,
      reason: "before-first-start"
    },
    {
      what: "a row of just now is answered where the clock was set back since the first start",
      imessage: open,
      envelope: { sentAt: NOW - 2 },
      baselineAt: NOW + 3_600_000,
      reason: "dm-open"
    },
    {
      what: "a row of which nobody knows who is in its chat gets no code",
      imessage: {},
      reason: "dm-unknown-in-thread"
    }
  ]
  for (const { baselineAt, envelope, imessage, reason, what } of rows) {
    it.effect(`${what}: ${reason}`, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(NOW)
        const verdict = yield* judge({ imessage }, makeEnvelope(envelope), baselineAt)
        expect(verdict.reason).toBe(reason)
      }).pipe(Effect.provide(stores))
    )
  }
})

const inGroup = { isGroup: true, text: "hi all" }

const twoAgents = { list: [{ id: "main" }, { id: "ada", name: "Ada" }] }
const adaIn7 = { agents: twoAgents, imessage: { groups: { 7: { agentId: "ada" } } } }

/** Each agent listens to patterns of its own. */
const patterned = {
  agents: {
    list: [
      { id: "main", groupChat: { mentionPatterns: ["^hey bot"] } },
      { id: "ada", groupChat: { mentionPatterns: ["@helper"] } }
    ]
  },
  bindings: [{ agentId: "ada", match: { channel: "imessage", peer: { kind: "group", id: "8" } } }]
}

describe("a verdict", () => {
  const verdicts: ReadonlyArray<{
    readonly what: string
    readonly config: ConfigFileContent
    readonly envelope: Envelope
    readonly verdict: object
  }> = [
    {
      what: "has the main session of the agent for a direct chat",
      config: { imessage: open },
      envelope: makeEnvelope(),
      verdict: { agentId: "main", sessionKey: "agent:main:main", isGroup: false }
    },
    {
      what: "has it for a direct chat without a chat_id too",
      config: { imessage: open },
      envelope: withoutChat(makeEnvelope()),
      verdict: { sessionKey: "agent:main:main", isGroup: false }
    },
    {
      what: "has a session of its own for a group",
      config: { imessage: open },
      envelope: makeEnvelope(inGroup),
      verdict: { agentId: "main", sessionKey: "agent:main:imessage:group:7", isGroup: true }
    },
    {
      what: "has a session of its own for a thread that is named",
      config: { imessage: { groups: { 7: { requireMention: false } } } },
      envelope: makeEnvelope(),
      verdict: { sessionKey: "agent:main:imessage:group:7", isGroup: true }
    },
    {
      what: "has the sender that asks for pairing",
      config: {},
      envelope: makeEnvelope({ sender: BOB, participantCount: 1 }),
      verdict: { _tag: "Pair", sender: BOB }
    },
    {
      what: "has the chat and the account's history limit for what is kept",
      config: { imessage: { historyLimit: 9 } },
      envelope: makeEnvelope(inGroup),
      verdict: { _tag: "Remember", chatId: 7, limit: 9 }
    },
    {
      what: "has the history limit of all groups",
      config: { imessage: { historyLimit: 9, groups: { "*": { historyLimit: 5 } } } },
      envelope: makeEnvelope(inGroup),
      verdict: { limit: 5 }
    },
    {
      what: "has the group's own history limit",
      config: { imessage: { groups: { "*": { historyLimit: 5 }, 7: { historyLimit: 0 } } } },
      envelope: makeEnvelope(inGroup),
      verdict: { limit: 0 }
    },
    {
      what: "is by the mention of the agent that the group belongs to",
      config: adaIn7,
      envelope: makeEnvelope({ isGroup: true, text: "hello Ada" }),
      verdict: { agentId: "ada", sessionKey: "agent:ada:imessage:group:7", reason: "group-mentioned" }
    },
    {
      what: "is not by the mention of another agent",
      config: adaIn7,
      envelope: makeEnvelope({ isGroup: true, text: "hello @main" }),
      verdict: { reason: "group-not-mentioned" }
    },
    {
      what: "is by the patterns of the default agent where nothing is bound",
      config: patterned,
      envelope: makeEnvelope({ isGroup: true, text: "Hey bot, hello" }),
      verdict: { agentId: "main", reason: "group-mentioned" }
    },
    {
      what: "is by the patterns of the agent that the group is bound to",
      config: patterned,
      envelope: makeEnvelope({ isGroup: true, chatId: 8, text: "ask the @helper" }),
      verdict: { agentId: "ada", reason: "group-mentioned" }
    },
    {
      what: "is not by the patterns of an agent that the group is not bound to",
      config: patterned,
      envelope: makeEnvelope({ isGroup: true, chatId: 8, text: "Hey bot, hello" }),
      verdict: { reason: "group-not-mentioned" }
    },
    {
      what: "is by the patterns for all agents where the agent has none",
      config: { messages: { groupChat: { mentionPatterns: ["@assistant"] } } },
      envelope: makeEnvelope({ isGroup: true, text: "@Assistant?" }),
      verdict: { agentId: "main", reason: "group-mentioned" }
    },
    {
      what: "has the agent that the sender is bound to",
      config: {
        agents: twoAgents,
        imessage: open,
        bindings: [
          { agentId: "ada", match: { channel: "imessage", peer: { kind: "direct", id: "(555) 555-0101" } } }
        ]
      },
      envelope: makeEnvelope(),
      verdict: { agentId: "ada", sessionKey: "agent:ada:main" }
    },
    {
      what: "is not by a binding of somebody who is not let in",
      config: {
        agents: twoAgents,
        bindings: [{ agentId: "ada", match: { channel: "imessage", peer: { kind: "direct", id: ALICE } } }]
      },
      envelope: makeEnvelope({ participantCount: 1 }),
      verdict: { _tag: "Pair" }
    },
    {
      what: "is by the policy of the account that the message came through",
      config: {
        imessage: {
          accounts: { default: { dmPolicy: "disabled" }, other: { allowFrom: [ALICE], cliPath: "/other" } }
        }
      },
      envelope: makeEnvelope({ accountId: "other" }),
      verdict: { reason: "dm-allowlisted" }
    },
    {
      what: "has the other handles of who asks for pairing",
      config: { people: { sam: [BOB, "sam@example.com"] } },
      envelope: makeEnvelope({ sender: BOB, participantCount: 1 }),
      verdict: { _tag: "Pair", sender: BOB, others: ["sam@example.com"] }
    },
    {
      what: "has the agent that another handle of the person is bound to",
      config: {
        agents: twoAgents,
        imessage: open,
        people: { sam: [ALICE, "sam@example.com"] },
        bindings: [
          { agentId: "ada", match: { channel: "imessage", peer: { kind: "direct", id: "sam@example.com" } } }
        ]
      },
      envelope: makeEnvelope(),
      verdict: { agentId: "ada" }
    },
    {
      what: "has the session of a group for a thread of several, where direct messages have one each",
      config: { imessage: open, session: { dmScope: "per-peer" } },
      envelope: makeEnvelope({ participantCount: 2, chatIdentifier: "chat7" }),
      verdict: { sessionKey: "agent:main:imessage:group:7", isGroup: false }
    },
    {
      what: "has the session of the person for a direct chat that another of their handles identifies",
      config: {
        imessage: open,
        session: { dmScope: "per-peer" },
        people: { sam: [ALICE, "sam@example.com"] }
      },
      envelope: makeEnvelope({ chatIdentifier: "sam@example.com" }),
      verdict: { sessionKey: "agent:main:direct:sam" }
    },
    {
      what: "is not about a text where there is a file",
      config: { imessage: open },
      envelope: makeEnvelope({
        text: "",
        attachments: [{ path: "/a", mimeType: "image/png", name: "a" }]
      }),
      verdict: { _tag: "Dispatch" }
    }
  ]
  for (const { config, envelope, verdict, what } of verdicts) {
    it.effect(what, () =>
      Effect.gen(function* () {
        expect(yield* judge(config, envelope)).toMatchObject(verdict)
      }).pipe(Effect.provide(stores))
    )
  }

  it.effect("counts from the moment of an approval to that of its end", () =>
    Effect.gen(function* () {
      const router = yield* Router
      const pairing = yield* PairingStore
      const reason = Effect.map(
        router.judge(makeEnvelope({ participantCount: 1 }), { baselineAt: undefined }),
        (verdict) => verdict.reason
      )
      const before = yield* reason
      yield* approve("default", ALICE)
      const approved = yield* reason
      yield* pairing.revoke([{ accountId: "default", sender: ALICE }])
      expect([before, approved, yield* reason]).toEqual([
        "dm-unknown-sender",
        "dm-paired",
        "dm-unknown-sender"
      ])
    }).pipe(Effect.provide(routerOf({})), Effect.provide(stores))
  )

  it.effect("is not given for an account that the config does not have", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(judge({}, makeEnvelope({ accountId: "nobody" })))
      expect(Exit.isFailure(exit)).toBe(true)
    }).pipe(Effect.provide(stores))
  )
})

describe("a reply in a group", () => {
  const SENT = "guid-of-a-part"
  const rows: ReadonlyArray<{
    readonly what: string
    readonly config?: ConfigFileContent
    readonly envelope: Partial<Envelope>
    readonly reason: string
  }> = [
    { what: "to what the gateway said", envelope: { threadGuid: SENT }, reason: "group-mentioned" },
    {
      what: "to what the gateway said, whatever the patterns",
      config: { messages: { groupChat: { mentionPatterns: ["@assistant"] } } },
      envelope: { threadGuid: SENT },
      reason: "group-mentioned"
    },
    {
      what: "to what the gateway said, where nothing is a mention",
      config: { messages: { groupChat: { mentionPatterns: [] } } },
      envelope: { threadGuid: SENT },
      reason: "group-not-mentioned"
    },
    { what: "to what another said", envelope: { threadGuid: "another" }, reason: "group-not-mentioned" },
    {
      what: "to what the gateway said, as Messages spells it",
      envelope: { threadGuid: SENT.toUpperCase() },
      reason: "group-mentioned"
    },
    {
      what: "that is none, but comes after what the gateway said",
      envelope: { replyTo: { text: "hello", guid: SENT } },
      reason: "group-not-mentioned"
    }
  ]
  for (const { config = {}, envelope, reason, what } of rows) {
    it.effect(`${what}: ${reason}`, () =>
      Effect.gen(function* () {
        const { putParts } = yield* Outbox
        yield* putParts({ id: "turn-1", accountId: "default" }, [
          {
            index: 0,
            part: { _tag: "Text", text: "hello" },
            state: { _tag: "Sent", guid: SENT, rowId: undefined },
            tries: 1
          }
        ])
        expect((yield* judge(config, makeEnvelope({ ...inGroup, ...envelope }))).reason).toBe(reason)
      }).pipe(Effect.provide(stores))
    )
  }
})

describe("a person is admitted to a group", () => {
  const allowlist = { groupPolicy: "allowlist", groupAllowFrom: [ALICE] }
  const rows: ReadonlyArray<{
    readonly what: string
    readonly imessage: ConfigFileContent
    readonly envelope: Partial<Envelope>
    readonly admitted: boolean
  }> = [
    { what: "by an open policy", imessage: {}, envelope: { sender: BOB }, admitted: true },
    { what: "by the list", imessage: allowlist, envelope: { sender: ALICE }, admitted: true },
    {
      what: "not where the list has others",
      imessage: allowlist,
      envelope: { sender: BOB },
      admitted: false
    },
    {
      what: "not where groups are disabled",
      imessage: { ...allowlist, groupPolicy: "disabled" },
      envelope: { sender: ALICE },
      admitted: false
    },
    {
      what: "not by an account that the config does not have",
      imessage: {},
      envelope: { accountId: "gone" },
      admitted: false
    }
  ]
  for (const { admitted, envelope, imessage, what } of rows) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const router = yield* Router
        expect(yield* router.admitsToGroup(makeEnvelope({ isGroup: true, ...envelope }))).toBe(admitted)
      }).pipe(Effect.provide(routerOf({ imessage })), Effect.provide(stores))
    )
  }
})
