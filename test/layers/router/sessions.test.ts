import { describe, expect, it } from "@effect/vitest"
import { directSession, groupSession, isGroupChat } from "../../../src/layers/router/sessions.ts"
import type { DmScope } from "../../../src/schemas/config/session.ts"
import { chatOf, type Envelope } from "../../../src/schemas/Envelope.ts"
import type { ChatNames } from "../../../src/schemas/GroupSettings.ts"
import { type ConfigFileContent, makeAccount } from "../../support/configs.ts"
import { makeEnvelope } from "../../support/envelopes.ts"

describe("a chat is a group", () => {
  const rows: ReadonlyArray<{
    readonly what: string
    readonly groups?: ConfigFileContent
    readonly envelope: Envelope
    /** Chats that it was before. */
    readonly before?: ReadonlyArray<ChatNames>
    readonly is: boolean
  }> = [
    { what: "where Messages says so", envelope: makeEnvelope({ isGroup: true }), is: true },
    { what: "not where Messages says nothing of it", envelope: makeEnvelope(), is: false },
    { what: "where the config names its chat_id", groups: { 7: {} }, envelope: makeEnvelope(), is: true },
    {
      what: "where the config names its identifier",
      groups: { "chat_identifier:chat5": {} },
      envelope: makeEnvelope({ chatIdentifier: "chat5" }),
      is: true
    },
    {
      what: "where the config names its guid, though its service is another one now",
      groups: { "iMessage;+;chat5": {} },
      envelope: makeEnvelope({ chatGuid: "RCS;+;chat5" }),
      is: true
    },
    {
      what: "where the config names the guid of a chat that Messages does not call a group",
      groups: { "chat_guid:iMessage;-;chat5": {} },
      envelope: makeEnvelope({ chatGuid: "iMessage;-;chat5" }),
      is: true
    },
    {
      what: "where the config names the guid of such a chat by the service that it had",
      groups: { "chat_guid:iMessage;-;chat5": {} },
      envelope: makeEnvelope({ chatGuid: "any;-;chat5" }),
      is: true
    },
    {
      what: "where the config names the guid of a chat of two by every service",
      groups: { "chat_guid:any;-;+15555550101": {} },
      envelope: makeEnvelope({ chatGuid: "SMS;-;+15555550101" }),
      is: true
    },
    {
      what: "not where that guid is of another service, which may be somebody else",
      groups: { "chat_guid:iMessage;-;+15555550101": {} },
      envelope: makeEnvelope({ chatGuid: "SMS;-;+15555550101" }),
      is: false
    },
    {
      what: "where the config names the chat that it was before",
      groups: { 6: {} },
      envelope: makeEnvelope(),
      before: [{ chatId: 6 }],
      is: true
    },
    {
      what: "not by the settings of all groups",
      groups: { "*": {} },
      envelope: makeEnvelope(),
      is: false
    },
    {
      what: "not by the settings of one whose id begins with its id",
      groups: { 77: {} },
      envelope: makeEnvelope(),
      is: false
    },
    {
      what: "not by the settings of one whose id its id begins with",
      groups: { 7: {} },
      envelope: makeEnvelope({ chatId: 77 }),
      is: false
    },
    {
      what: "not by a key that every object has",
      groups: { 8: {} },
      envelope: makeEnvelope({ chatIdentifier: "constructor" }),
      is: false
    }
  ]
  for (const { before = [], envelope, groups = {}, is, what } of rows) {
    it(what, () => {
      const chat = chatOf(envelope)
      expect(
        isGroupChat(makeAccount({ groups }), envelope, chat === undefined ? [] : [chat, ...before])
      ).toBe(is)
    })
  }
})

describe("a session's key", () => {
  const forms: ReadonlyArray<{ readonly scope: DmScope; readonly key: string }> = [
    { scope: "main", key: "agent:ada:main" },
    { scope: "per-peer", key: "agent:ada:direct:+15555550101" },
    { scope: "per-channel-peer", key: "agent:ada:imessage:direct:+15555550101" },
    { scope: "per-account-channel-peer", key: "agent:ada:imessage:home:direct:+15555550101" }
  ]
  for (const { key, scope } of forms) {
    it(`of a direct chat under ${scope} is ${key}`, () =>
      expect(directSession("ada", { accountId: "home", peer: "+15555550101", scope })).toBe(key))
  }

  it("is the group's own for a group", () =>
    expect(groupSession("ada", "group:7")).toBe("agent:ada:imessage:group:7"))
})
