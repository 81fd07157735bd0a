import { describe, expect, it } from "@effect/vitest"
import { agentFor, isGroupChat, sessionKey } from "../../../src/layers/router/bindings.ts"
import type { Envelope } from "../../../src/schemas/Envelope.ts"
import { makeAccount, makeConfig } from "../../support/configs.ts"
import { BOB, makeEnvelope } from "../../support/envelopes.ts"

const agents = { list: [{ id: "first" }, { id: "second", default: true }, { id: "third" }, { id: "fourth" }] }
const ALICE_SPELT = "(555) 555-0101"

interface Row {
  readonly what: string
  readonly bindings?: ReadonlyArray<{ readonly agentId: string; readonly match: object }>
  readonly imessage?: { readonly [key: string]: unknown }
  readonly envelope?: Partial<Envelope>
  readonly agent: string
}

const direct = (id: string) => ({ peer: { kind: "direct", id } })
const group = (id: string) => ({ peer: { kind: "group", id } })

describe("the agent of a chat", () => {
  const rows: ReadonlyArray<Row> = [
    { what: "is the default agent where nothing is bound", agent: "second" },
    {
      what: "is that of a binding for everyone",
      bindings: [{ agentId: "third", match: {} }],
      agent: "third"
    },
    {
      what: "is that of the account",
      bindings: [{ agentId: "third", match: { accountId: "default" } }],
      agent: "third"
    },
    {
      what: "is not that of another account",
      bindings: [{ agentId: "third", match: { accountId: "other" } }],
      agent: "second"
    },
    {
      what: "is that of the person, however the number is spelt",
      bindings: [{ agentId: "third", match: direct(ALICE_SPELT) }],
      agent: "third"
    },
    {
      what: "is not that of another person",
      bindings: [{ agentId: "third", match: direct(BOB) }],
      agent: "second"
    },
    {
      what: "is not that of a person where they write in a group",
      bindings: [{ agentId: "third", match: direct(ALICE_SPELT) }],
      envelope: { isGroup: true },
      agent: "second"
    },
    {
      what: "is that of the group",
      bindings: [{ agentId: "third", match: group("7") }],
      envelope: { isGroup: true },
      agent: "third"
    },
    {
      what: "is not that of a group for a direct chat of the same id",
      bindings: [{ agentId: "third", match: group("7") }],
      agent: "second"
    },
    {
      what: "prefers a person to an account, in whatever order they stand",
      bindings: [
        { agentId: "third", match: direct(ALICE_SPELT) },
        { agentId: "fourth", match: { accountId: "default" } }
      ],
      agent: "third"
    },
    {
      what: "prefers an account to everyone, in whatever order they stand",
      bindings: [
        { agentId: "third", match: {} },
        { agentId: "fourth", match: { accountId: "default" } }
      ],
      agent: "fourth"
    },
    {
      what: "prefers a person of the account to the person",
      bindings: [
        { agentId: "third", match: direct(ALICE_SPELT) },
        { agentId: "fourth", match: { accountId: "default", ...direct(ALICE_SPELT) } }
      ],
      agent: "fourth"
    },
    {
      what: "is the first of two that match alike",
      bindings: [
        { agentId: "third", match: {} },
        { agentId: "fourth", match: {} }
      ],
      agent: "third"
    },
    {
      what: "is the group's own, whatever is bound",
      bindings: [{ agentId: "third", match: { accountId: "default", ...group("7") } }],
      imessage: { groups: { 7: { agentId: "fourth" } } },
      envelope: { isGroup: true },
      agent: "fourth"
    },
    {
      what: "is that of all groups",
      imessage: { groups: { "*": { agentId: "fourth" } } },
      envelope: { isGroup: true },
      agent: "fourth"
    },
    {
      what: "is not that of all groups for a direct chat",
      imessage: { groups: { "*": { agentId: "fourth" } } },
      agent: "second"
    }
  ]
  for (const { agent, bindings = [], envelope, imessage = {}, what } of rows) {
    it(what, () => {
      const config = makeConfig({ agents, bindings, imessage })
      const [account] = config.accounts
      const message = makeEnvelope(envelope)
      expect(account && agentFor(config, account, message, message.isGroup)).toBe(agent)
    })
  }
})

describe("a chat is a group", () => {
  const rows = [
    { what: "where Messages says so", imessage: {}, isGroup: true, expected: true },
    {
      what: "where the config names its chat_id",
      imessage: { groups: { 7: {} } },
      isGroup: false,
      expected: true
    },
    {
      what: "not by the settings of all groups",
      imessage: { groups: { "*": {} } },
      isGroup: false,
      expected: false
    },
    {
      what: "not by the settings of another one",
      imessage: { groups: { 77: {} } },
      isGroup: false,
      expected: false
    }
  ]
  for (const { expected, imessage, isGroup, what } of rows) {
    it(what, () => expect(isGroupChat(makeAccount(imessage), makeEnvelope({ isGroup }))).toBe(expected))
  }
})

describe("a session's key", () => {
  it("is one for all direct chats of an agent", () =>
    expect(sessionKey("ada", 7, false)).toBe(sessionKey("ada", 8, false)))
  it("is the agent's main session for a direct chat", () =>
    expect(sessionKey("ada", 7, false)).toBe("agent:ada:main"))
  it("is the group's own for a group", () =>
    expect(sessionKey("ada", 7, true)).toBe("agent:ada:imessage:group:7"))
})
