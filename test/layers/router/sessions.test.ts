import { describe, expect, it } from "@effect/vitest"
import { groupIdOf, sessionKey } from "../../../src/layers/router/sessions.ts"
import type { Envelope } from "../../../src/schemas/Envelope.ts"
import { type ConfigFileContent, makeAccount } from "../../support/configs.ts"
import { makeEnvelope, withoutChat } from "../../support/envelopes.ts"

describe("a chat is a group", () => {
  const rows: ReadonlyArray<{
    readonly what: string
    readonly imessage?: ConfigFileContent
    readonly envelope: Envelope
    readonly groupId: number | undefined
  }> = [
    { what: "where Messages says so", envelope: makeEnvelope({ isGroup: true }), groupId: 7 },
    { what: "not where Messages says nothing of it", envelope: makeEnvelope(), groupId: undefined },
    {
      what: "where the config names its chat_id",
      imessage: { groups: { 7: {} } },
      envelope: makeEnvelope(),
      groupId: 7
    },
    {
      what: "not by the settings of all groups",
      imessage: { groups: { "*": {} } },
      envelope: makeEnvelope(),
      groupId: undefined
    },
    {
      what: "not by the settings of one whose id begins with its id",
      imessage: { groups: { 77: {} } },
      envelope: makeEnvelope(),
      groupId: undefined
    },
    {
      what: "not by the settings of one whose id its id begins with",
      imessage: { groups: { 7: {} } },
      envelope: makeEnvelope({ chatId: 77 }),
      groupId: undefined
    },
    {
      what: "not where a direct message has no chat_id",
      imessage: { groups: { 7: {}, "*": {} } },
      envelope: withoutChat(makeEnvelope()),
      groupId: undefined
    }
  ]
  for (const { envelope, groupId, imessage, what } of rows) {
    it(what, () => expect(groupIdOf(makeAccount(imessage), envelope)).toBe(groupId))
  }
})

describe("a session's key", () => {
  it("is the agent's main session for a direct chat", () =>
    expect(sessionKey("ada", undefined)).toBe("agent:ada:main"))
  it("is the group's own for a group", () => expect(sessionKey("ada", 7)).toBe("agent:ada:imessage:group:7"))
  it("is another for every group", () => expect(sessionKey("ada", 7)).not.toBe(sessionKey("ada", 77)))
  it("is another for every agent", () => expect(sessionKey("ada", 7)).not.toBe(sessionKey("main", 7)))
})
