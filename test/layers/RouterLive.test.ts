import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, FastCheck as fc, Layer, TestClock } from "effect"
import * as PairingStoreSqlite from "../../src/layers/PairingStoreSqlite.ts"
import * as RouterLive from "../../src/layers/RouterLive.ts"
import * as Database from "../../src/layers/sqlite/Database.ts"
import type { Envelope } from "../../src/schemas/Envelope.ts"
import { normaliseHandle } from "../../src/schemas/Handle.ts"
import type { Verdict } from "../../src/schemas/Verdict.ts"
import { PairingStore } from "../../src/services/PairingStore.ts"
import { type JudgeOptions, Router } from "../../src/services/Router.ts"
import { type ConfigFileContent, configLayer } from "../support/configs.ts"
import { ALICE, BOB, makeEnvelope } from "../support/envelopes.ts"

/** The time at which every row of the tables is judged. */
const NOW = 1_000_000_000

const pairing = PairingStoreSqlite.layer.pipe(Layer.provide(Database.memory))
const routerOf = (config: ConfigFileContent) =>
  RouterLive.layer.pipe(Layer.provideMerge(pairing), Layer.provide(configLayer(config)))

/** Lets the people in before the first message is judged. */
const approve = (accountId: string, people: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const store = yield* PairingStore
    for (const sender of people) {
      const outcome = yield* store.request({ accountId, sender, ttlMs: 1000, maxPending: 100 })
      if (outcome._tag !== "Full") yield* store.approve(outcome.request.code)
    }
  })

const judge = (
  config: ConfigFileContent,
  envelope: Envelope,
  {
    approved = [],
    baselineAt
  }: Partial<JudgeOptions> & {
    readonly approved?: ReadonlyArray<{ readonly accountId: string; readonly sender: string }>
  } = {}
) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(NOW)
    for (const { accountId, sender } of approved) yield* approve(accountId, [sender])
    const router = yield* Router
    return yield* router.judge(envelope, { baselineAt })
  }).pipe(Effect.provide(routerOf(config)))

interface Row {
  readonly what: string
  readonly imessage?: ConfigFileContent
  readonly rest?: ConfigFileContent
  readonly envelope?: Partial<Envelope>
  readonly options?: Parameters<typeof judge>[2]
  readonly verdict: `${Verdict["_tag"]}: ${Verdict["reason"]}`
}

const table = (title: string, rows: ReadonlyArray<Row>) =>
  describe(title, () => {
    for (const { envelope, imessage = {}, options, rest = {}, verdict, what } of rows) {
      it.effect(`${what}: ${verdict}`, () =>
        Effect.gen(function* () {
          const { _tag, reason } = yield* judge({ imessage, ...rest }, makeEnvelope(envelope), options)
          expect(`${_tag}: ${reason}`).toBe(verdict)
        })
      )
    }
  })

const open = {
  dmPolicy: "open",
  allowFrom: ["*"],
  groups: { "*": { requireMention: false } }
}

table("whatever the policy", [
  {
    what: "a row from me is dropped",
    imessage: open,
    envelope: { isFromMe: true },
    verdict: "Drop: from-me"
  },
  {
    what: "a row from me in a group is dropped",
    imessage: open,
    envelope: { isFromMe: true, isGroup: true },
    verdict: "Drop: from-me"
  },
  {
    what: "a row from me with the other side as sender is dropped",
    imessage: open,
    envelope: { isFromMe: true, sender: BOB },
    verdict: "Drop: from-me"
  },
  {
    what: "a reaction is dropped",
    imessage: open,
    envelope: { isReaction: true },
    verdict: "Drop: reaction"
  },
  { what: "a blank text is dropped", imessage: open, envelope: { text: " \n " }, verdict: "Drop: empty" },
  {
    what: "a row without a sender is dropped",
    imessage: open,
    envelope: { sender: "" },
    verdict: "Drop: no-sender"
  },
  {
    what: "a row without a sender in a group is dropped",
    imessage: open,
    envelope: { sender: "", isGroup: true },
    verdict: "Drop: no-sender"
  },
  {
    what: "a file without a text is not empty",
    imessage: open,
    envelope: { text: "", attachments: [{ path: "/a", mimeType: "image/png", name: "a", missing: false }] },
    verdict: "Dispatch: dm-open"
  }
])

table("by its age", [
  {
    what: "a row as old as maxAgeMs is answered",
    imessage: { ...open, catchUp: { maxAgeMs: 1000 } },
    envelope: { sentAt: NOW - 1000 },
    verdict: "Dispatch: dm-open"
  },
  {
    what: "an older row is stale",
    imessage: { ...open, catchUp: { maxAgeMs: 1000 } },
    envelope: { sentAt: NOW - 1001 },
    verdict: "Drop: stale"
  },
  {
    what: "an older row of a group is stale",
    imessage: { ...open, catchUp: { maxAgeMs: 1000 } },
    envelope: { sentAt: NOW - 1001, isGroup: true },
    verdict: "Drop: stale"
  },
  {
    what: "a stranger's old row gets no code",
    imessage: { catchUp: { maxAgeMs: 1000 } },
    envelope: { sentAt: NOW - 1001 },
    verdict: "Drop: stale"
  },
  {
    what: "a row from a clock that is ahead is answered",
    imessage: open,
    envelope: { sentAt: NOW + 3_600_000 },
    verdict: "Dispatch: dm-open"
  },
  {
    what: "a row without a time is answered",
    imessage: open,
    options: { baselineAt: NOW },
    verdict: "Dispatch: dm-open"
  },
  {
    what: "a row from after the first start is answered",
    imessage: open,
    envelope: { sentAt: NOW - 1 },
    options: { baselineAt: NOW - 2 },
    verdict: "Dispatch: dm-open"
  },
  {
    what: "a row from before the first start is not",
    imessage: open,
    envelope: { sentAt: NOW - 3 },
    options: { baselineAt: NOW - 2 },
    verdict: "Drop: before-first-start"
  },
  {
    what: "a row as old as the newest at the first start is not",
    imessage: open,
    envelope: { sentAt: NOW - 2 },
    options: { baselineAt: NOW - 2 },
    verdict: "Drop: before-first-start"
  }
])

table("a direct message", [
  { what: "of a stranger asks for pairing by default", verdict: "Pair: dm-unknown-sender" },
  {
    what: "of one in allowFrom goes through with pairing",
    imessage: { allowFrom: [ALICE] },
    verdict: "Dispatch: dm-allowlisted"
  },
  {
    what: "of one in allowFrom in another spelling goes through",
    imessage: { allowFrom: ["555.555.0101"] },
    verdict: "Dispatch: dm-allowlisted"
  },
  {
    what: "of a chat in allowFrom goes through",
    imessage: { allowFrom: ["chat_id:7"] },
    verdict: "Dispatch: dm-allowlisted"
  },
  {
    what: "of an approved person goes through",
    options: { approved: [{ accountId: "default", sender: ALICE }] },
    verdict: "Dispatch: dm-paired"
  },
  {
    what: "of another than the approved person does not",
    options: { approved: [{ accountId: "default", sender: BOB }] },
    verdict: "Pair: dm-unknown-sender"
  },
  {
    what: "of one who is approved for another account does not",
    options: { approved: [{ accountId: "other", sender: ALICE }] },
    verdict: "Pair: dm-unknown-sender"
  },
  {
    what: "of an approved person is dropped by allowlist",
    imessage: { dmPolicy: "allowlist" },
    options: { approved: [{ accountId: "default", sender: ALICE }] },
    verdict: "Drop: dm-not-allowlisted"
  },
  {
    what: "of a stranger gets no code with allowlist",
    imessage: { dmPolicy: "allowlist", allowFrom: [BOB] },
    verdict: "Drop: dm-not-allowlisted"
  },
  {
    what: "of one in allowFrom goes through with allowlist",
    imessage: { dmPolicy: "allowlist", allowFrom: [ALICE] },
    verdict: "Dispatch: dm-allowlisted"
  },
  {
    what: "of anyone goes through with open",
    imessage: { dmPolicy: "open", allowFrom: ["*"] },
    verdict: "Dispatch: dm-open"
  },
  {
    what: "of one in allowFrom is dropped by disabled",
    imessage: { dmPolicy: "disabled", allowFrom: [ALICE] },
    verdict: "Drop: dm-disabled"
  },
  {
    what: "is not let in by groupAllowFrom",
    imessage: { dmPolicy: "allowlist", groupAllowFrom: [ALICE] },
    verdict: "Drop: dm-not-allowlisted"
  },
  {
    what: "needs no mention",
    imessage: { ...open, groups: {} },
    envelope: { text: "hi" },
    verdict: "Dispatch: dm-open"
  }
])

const inGroup = { isGroup: true, text: "hi all" }
const atMain = { isGroup: true, text: "@main hi" }
const toAll = { groups: { "*": { requireMention: false } } }

table("a group message", [
  {
    what: "without a mention is remembered by default",
    envelope: inGroup,
    verdict: "Remember: group-not-mentioned"
  },
  { what: "with a mention goes through by default", envelope: atMain, verdict: "Dispatch: group-mentioned" },
  {
    what: "needs no mention where all groups say so",
    imessage: toAll,
    envelope: inGroup,
    verdict: "Dispatch: group-no-mention-needed"
  },
  {
    what: "needs no mention where its group says so",
    imessage: { groups: { 7: { requireMention: false } } },
    envelope: inGroup,
    verdict: "Dispatch: group-no-mention-needed"
  },
  {
    what: "needs one where its group says so over all groups",
    imessage: { groups: { "*": { requireMention: false }, 7: { requireMention: true } } },
    envelope: inGroup,
    verdict: "Remember: group-not-mentioned"
  },
  {
    what: "needs none where its group says nothing and all groups do",
    imessage: { groups: { "*": { requireMention: false }, 7: { historyLimit: 3 } } },
    envelope: inGroup,
    verdict: "Dispatch: group-no-mention-needed"
  },
  {
    what: "of a group that is not named is dropped where others are",
    imessage: { groups: { 8: {} } },
    envelope: atMain,
    verdict: "Drop: group-not-admitted"
  },
  {
    what: "of a group that is not named is admitted by *",
    imessage: { groups: { 8: {}, "*": {} } },
    envelope: atMain,
    verdict: "Dispatch: group-mentioned"
  },
  {
    what: "is dropped by disabled",
    imessage: { ...toAll, groupPolicy: "disabled" },
    envelope: atMain,
    verdict: "Drop: groups-disabled"
  },
  {
    what: "is dropped by disabled also where its group is named",
    imessage: { groups: { 7: { requireMention: false } }, groupPolicy: "disabled" },
    envelope: atMain,
    verdict: "Drop: groups-disabled"
  },
  {
    what: "of a member in groupAllowFrom goes through with allowlist",
    imessage: { ...toAll, groupPolicy: "allowlist", groupAllowFrom: [ALICE] },
    envelope: inGroup,
    verdict: "Dispatch: group-no-mention-needed"
  },
  {
    what: "of another member is dropped by allowlist, not remembered",
    imessage: { groupPolicy: "allowlist", groupAllowFrom: [BOB] },
    envelope: inGroup,
    verdict: "Drop: group-sender-not-allowlisted"
  },
  {
    what: "of another member is dropped by allowlist in spite of a mention",
    imessage: { groupPolicy: "allowlist", groupAllowFrom: [BOB] },
    envelope: atMain,
    verdict: "Drop: group-sender-not-allowlisted"
  },
  {
    what: "falls back to allowFrom with allowlist",
    imessage: { groupPolicy: "allowlist", allowFrom: [ALICE] },
    envelope: atMain,
    verdict: "Dispatch: group-mentioned"
  },
  {
    what: "does not fall back to allowFrom where groupAllowFrom is empty",
    imessage: { groupPolicy: "allowlist", allowFrom: [ALICE], groupAllowFrom: [] },
    envelope: atMain,
    verdict: "Drop: group-sender-not-allowlisted"
  },
  {
    what: "of an approved person is dropped by allowlist",
    imessage: { groupPolicy: "allowlist" },
    envelope: atMain,
    options: { approved: [{ accountId: "default", sender: ALICE }] },
    verdict: "Drop: group-sender-not-allowlisted"
  },
  {
    what: "of a stranger gets no code",
    imessage: { dmPolicy: "pairing" },
    envelope: atMain,
    verdict: "Dispatch: group-mentioned"
  },
  {
    what: "is not dropped by dmPolicy disabled",
    imessage: { dmPolicy: "disabled" },
    envelope: atMain,
    verdict: "Dispatch: group-mentioned"
  }
])

table("a thread of several that Messages does not call a group", [
  {
    what: "is judged as a group where its chat_id is named",
    imessage: { groups: { 7: {} } },
    envelope: { text: "hi" },
    verdict: "Remember: group-not-mentioned"
  },
  {
    what: "is not let in by dmPolicy open then",
    imessage: { dmPolicy: "open", allowFrom: ["*"], groupPolicy: "disabled", groups: { 7: {} } },
    verdict: "Drop: groups-disabled"
  },
  {
    what: "is judged as a direct chat otherwise",
    imessage: { groups: { 8: {} } },
    verdict: "Pair: dm-unknown-sender"
  }
])

describe("a verdict", () => {
  const verdicts: ReadonlyArray<{
    readonly what: string
    readonly config: ConfigFileContent
    readonly envelope: Partial<Envelope>
    readonly verdict: object
  }> = [
    {
      what: "has the main session of the agent for a direct chat",
      config: { imessage: open },
      envelope: {},
      verdict: { agentId: "main", sessionKey: "agent:main:main", isGroup: false }
    },
    {
      what: "has a session of its own for a group",
      config: { imessage: open },
      envelope: inGroup,
      verdict: { agentId: "main", sessionKey: "agent:main:imessage:group:7", isGroup: true }
    },
    {
      what: "has a session of its own for a thread that is named",
      config: { imessage: { groups: { 7: { requireMention: false } } } },
      envelope: {},
      verdict: { sessionKey: "agent:main:imessage:group:7", isGroup: true }
    },
    {
      what: "has the sender that asks for pairing",
      config: {},
      envelope: { sender: BOB },
      verdict: { sender: BOB }
    },
    {
      what: "has the account's history limit",
      config: { imessage: { historyLimit: 9 } },
      envelope: inGroup,
      verdict: { limit: 9 }
    },
    {
      what: "has the history limit of all groups",
      config: { imessage: { historyLimit: 9, groups: { "*": { historyLimit: 5 } } } },
      envelope: inGroup,
      verdict: { limit: 5 }
    },
    {
      what: "has the group's own history limit",
      config: { imessage: { groups: { "*": { historyLimit: 5 }, 7: { historyLimit: 0 } } } },
      envelope: inGroup,
      verdict: { limit: 0 }
    },
    {
      what: "is by the mention of the agent that the group belongs to",
      config: {
        agents: { list: [{ id: "main" }, { id: "ada", name: "Ada" }] },
        imessage: { groups: { 7: { agentId: "ada" } } }
      },
      envelope: { isGroup: true, text: "hello Ada" },
      verdict: { agentId: "ada", sessionKey: "agent:ada:imessage:group:7", reason: "group-mentioned" }
    },
    {
      what: "is not by the mention of another agent",
      config: {
        agents: { list: [{ id: "main" }, { id: "ada", name: "Ada" }] },
        imessage: { groups: { 7: { agentId: "ada" } } }
      },
      envelope: atMain,
      verdict: { reason: "group-not-mentioned" }
    },
    {
      what: "is by the policy of the account that the message came through",
      config: {
        imessage: {
          accounts: { default: { dmPolicy: "disabled" }, other: { allowFrom: [ALICE], cliPath: "/other" } }
        }
      },
      envelope: { accountId: "other" },
      verdict: { reason: "dm-allowlisted" }
    }
  ]
  for (const { config, envelope, verdict, what } of verdicts) {
    it.effect(what, () =>
      Effect.gen(function* () {
        expect(yield* judge(config, makeEnvelope(envelope))).toMatchObject(verdict)
      })
    )
  }

  it.effect("counts from the moment of the approval", () =>
    Effect.gen(function* () {
      const router = yield* Router
      const before = yield* router.judge(makeEnvelope(), { baselineAt: undefined })
      yield* approve("default", [ALICE])
      const after = yield* router.judge(makeEnvelope(), { baselineAt: undefined })
      expect([before.reason, after.reason]).toEqual(["dm-unknown-sender", "dm-paired"])
    }).pipe(Effect.provide(routerOf({})))
  )

  it.effect("is not given for an account that the config does not have", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(judge({}, makeEnvelope({ accountId: "nobody" })))
      expect(Exit.isFailure(exit)).toBe(true)
    })
  )
})

describe("law 5: nobody unapproved", () => {
  const PEOPLE = [ALICE, BOB, "+15555550103", "ada@example.com", "urn:biz:5555550101"]
  const person = fc.constantFrom(...PEOPLE)
  const entry = fc.oneof(
    person,
    fc.constantFrom("*", "chat_id:7", "chat_id:8", "chat_guid:g7", "chat_identifier:i7", "sms:+15555550101")
  )
  const entries = fc.array(entry, { maxLength: 3 })
  const group = fc.record({ requireMention: fc.boolean() }, { requiredKeys: [] })
  const groups = fc.dictionary(fc.constantFrom("*", "7", "8", "9"), group, { maxKeys: 3 })
  const imessage = fc
    .record({
      dmPolicy: fc.constantFrom("pairing", "allowlist", "open", "disabled"),
      groupPolicy: fc.constantFrom("open", "allowlist", "disabled"),
      allowFrom: entries,
      groupAllowFrom: fc.option(entries, { nil: undefined }),
      groups
    })
    // The decoder refuses "open" without "*", so that nobody opens their Mac by half a change.
    .map((config) =>
      config.dmPolicy === "open" ? { ...config, allowFrom: [...config.allowFrom, "*"] } : config
    )
  const envelopes = fc
    .record({
      sender: fc.oneof({ weight: 9, arbitrary: person }, { weight: 1, arbitrary: fc.constant("") }),
      chatId: fc.constantFrom(7, 8, 9, 10),
      isGroup: fc.boolean(),
      isFromMe: fc.boolean(),
      isReaction: fc.boolean(),
      text: fc.constantFrom("hello", "@main hello", "", "main"),
      named: fc.boolean()
    })
    .map(({ named, ...envelope }) =>
      makeEnvelope(named ? { ...envelope, chatGuid: "g7", chatIdentifier: "i7" } : envelope)
    )

  /** The rule in other words than the Router's: whether the owner has said that this may be answered. */
  const isAdmitted = (
    config: {
      readonly dmPolicy: string
      readonly groupPolicy: string
      readonly allowFrom: ReadonlyArray<string>
      readonly groupAllowFrom?: ReadonlyArray<string> | undefined
      readonly groups: { readonly [id: string]: unknown }
    },
    envelope: Envelope,
    approved: ReadonlyArray<string>
  ): boolean => {
    const names = (one: string): boolean =>
      [
        "*",
        `chat_id:${envelope.chatId}`,
        `chat_guid:${envelope.chatGuid}`,
        `chat_identifier:${envelope.chatIdentifier}`
      ].includes(one) || normaliseHandle(one, "US") === envelope.sender
    if (envelope.isGroup || Object.keys(config.groups).includes(String(envelope.chatId))) {
      const ids = Object.keys(config.groups)
      const groupAdmitted = ids.length === 0 || ids.some((id) => id === "*" || id === String(envelope.chatId))
      const memberAdmitted =
        config.groupPolicy === "open" || (config.groupAllowFrom ?? config.allowFrom).some(names)
      return config.groupPolicy !== "disabled" && groupAdmitted && memberAdmitted
    }
    switch (config.dmPolicy) {
      case "open":
        return true
      case "allowlist":
        return config.allowFrom.some(names)
      case "pairing":
        return config.allowFrom.some(names) || approved.includes(envelope.sender)
      default:
        return false
    }
  }

  it.effect.prop(
    "whatever the config and the message, only who is admitted is dispatched or remembered",
    [imessage, envelopes, fc.subarray(PEOPLE)],
    ([config, envelope, approved]) =>
      Effect.gen(function* () {
        yield* approve("default", approved)
        const router = yield* Router
        const verdict = yield* router.judge(envelope, { baselineAt: undefined })
        const isKept = verdict._tag === "Dispatch" || verdict._tag === "Remember"
        const mayBeKept =
          isAdmitted(config, envelope, approved) &&
          !envelope.isFromMe &&
          !envelope.isReaction &&
          envelope.sender !== "" &&
          envelope.text !== ""
        expect(isKept).toBe(mayBeKept)
      }).pipe(Effect.provide(routerOf({ imessage: config }))),
    { fastCheck: { numRuns: 300 } }
  )
})
