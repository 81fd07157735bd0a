import { describe, expect, it } from "@effect/vitest"
import { agentFor } from "../../../src/layers/router/bindings.ts"
import type { Envelope } from "../../../src/schemas/Envelope.ts"
import { makeConfig } from "../../support/configs.ts"
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
    ...[
      "chat_id:7",
      "CHAT: 7",
      "chat_guid:iMessage;+;chat7",
      "guid:iMessage;+;chat7",
      "chat_identifier:chat7"
    ].map((id) => ({
      what: `is that of the group, written ${id}`,
      bindings: [{ agentId: "third", match: group(id) }],
      envelope: { isGroup: true, chatGuid: "iMessage;+;chat7", chatIdentifier: "chat7" },
      agent: "third"
    })),
    ...["chat_id:8", "chat_guid:iMessage;+;chat8", "chat_identifier:chat8"].map((id) => ({
      what: `is not that of another group, written ${id}`,
      bindings: [{ agentId: "third", match: group(id) }],
      envelope: { isGroup: true },
      agent: "second"
    })),
    {
      what: "is that of the group, whose service Messages writes in another way by now",
      bindings: [{ agentId: "third", match: group("chat_guid:iMessage;+;chat7") }],
      envelope: { isGroup: true, chatGuid: "any;+;chat7" },
      agent: "third"
    },
    {
      what: "is that of the chat of two, whose service Messages writes in another way by now",
      bindings: [{ agentId: "third", match: direct("chat_guid:iMessage;-;+15555550101") }],
      envelope: { chatGuid: "any;-;+15555550101", via: "imessage" },
      agent: "third"
    },
    {
      what: "is that of the direct chat",
      bindings: [{ agentId: "third", match: direct("chat_id:7") }],
      agent: "third"
    },
    ...(
      [
        ["+15555550101", undefined, "third"],
        ["+15555550101", "imessage", "third"],
        ["auto:+15555550101", "sms", "third"],
        ["imessage:+15555550101", "imessage", "third"],
        ["imessage:+15555550101", "sms", "second"],
        ["sms:+15555550101", "sms", "third"],
        ["sms:+15555550101", "imessage", "second"],
        ["sms:+15555550101", undefined, "second"]
      ] as const
    ).map(([id, via, agent]) => ({
      what: `${agent === "third" ? "is" : "is not"} that of the person written ${id}, who writes by ${via ?? "an unknown service"}`,
      bindings: [{ agentId: "third", match: direct(id) }],
      // What the account sends by makes no difference to whom a binding names.
      imessage: { service: "sms" },
      envelope: via === undefined ? {} : { via },
      agent
    })),
    {
      what: "is that of the person by email, in any case",
      bindings: [{ agentId: "third", match: direct("Ada@Example.com") }],
      envelope: { sender: "ada@example.com" },
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
      what: "prefers a person to everyone of the account, however late it stands",
      bindings: [
        { agentId: "third", match: { accountId: "default" } },
        { agentId: "first", match: {} },
        { agentId: "fourth", match: direct(ALICE_SPELT) }
      ],
      agent: "fourth"
    },
    {
      what: "is that of the first of two bindings of one person",
      bindings: [
        { agentId: "third", match: direct("chat_id:7") },
        { agentId: "fourth", match: direct(ALICE_SPELT) }
      ],
      agent: "third"
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
      expect(account && agentFor(config, account, [message], message.isGroup ? [message] : undefined)).toBe(
        agent
      )
    })
  }
})

describe("a binding of a person without an account", () => {
  const config = makeConfig({
    agents,
    bindings: [{ agentId: "third", match: direct("555 555 0101") }],
    imessage: { accounts: { us: { region: "US" }, no: { region: "NO", dbPath: "/no.db" } } }
  })
  const agentIn = (id: string) => {
    const account = config.accounts.find((one) => one.id === id)
    return account && agentFor(config, account, [makeEnvelope()], undefined)
  }

  it("is read by the region of each account", () => {
    expect(agentIn("us")).toBe("third")
    expect(agentIn("no")).toBe("second")
  })
})
