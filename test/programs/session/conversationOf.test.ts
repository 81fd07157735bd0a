/** Law 5 for what agents remember: whose conversation a turn belongs to. */
import { describe, expect, it } from "@effect/vitest"
import { Array as Arr, Effect, Layer } from "effect"
import * as GroupChatsSql from "../../../src/layers/groups/GroupChatsSql.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import {
  type Asked,
  conversationOf,
  makeConversationOf
} from "../../../src/programs/session/conversationOf.ts"
import type { Envelope } from "../../../src/schemas/Envelope.ts"
import { type ConfigFileContent, configLayer } from "../../support/configs.ts"
import { ALICE, BOB, makeEnvelope, withoutChat } from "../../support/envelopes.ts"

const MAIN = "agent:main:main"
const SAM = { name: "sam", handles: [ALICE, "sam@example.com"] }

const asked = (partial: Partial<Asked> = {}): Asked => ({
  agentId: "main",
  sessionKey: MAIN,
  isGroup: false,
  senders: [ALICE],
  scope: "person",
  people: [],
  ...partial
})

interface Row {
  readonly what: string
  readonly asked: Partial<Asked>
  readonly kind: "person" | "group" | "session"
  readonly of: string
  readonly handles: ReadonlyArray<string>
}

const rows: ReadonlyArray<Row> = [
  { what: "of a direct message is its sender's", asked: {}, kind: "person", of: ALICE, handles: [ALICE] },
  {
    what: "of another in the same session is another",
    asked: { senders: [BOB] },
    kind: "person",
    of: BOB,
    handles: [BOB]
  },
  {
    what: "of a person is theirs by each of their handles",
    asked: { senders: ["sam@example.com"], people: [SAM] },
    kind: "person",
    of: "sam",
    handles: ["sam@example.com", ALICE]
  },
  {
    what: "of a short code is marked, so that it is no person's name",
    asked: { senders: ["26266"] },
    kind: "person",
    of: "sms:26266",
    handles: ["26266"]
  },
  {
    what: "of a company that writes under a person's name is not theirs",
    asked: { senders: ["sam"], people: [SAM] },
    kind: "person",
    of: "sms:sam",
    handles: ["sam"]
  },
  {
    what: "of a business is its own",
    asked: { senders: ["urn:biz:1234"] },
    kind: "person",
    of: "urn:biz:1234",
    handles: ["urn:biz:1234"]
  },
  {
    what: "of a group is the group's",
    asked: { isGroup: true, shared: "group:7", sessionKey: "agent:main:imessage:group:7" },
    kind: "group",
    of: "group:7",
    handles: []
  },
  {
    what: "of a group is the group's also where sessions are remembered",
    asked: { isGroup: true, shared: "group:7", scope: "session" },
    kind: "group",
    of: "group:7",
    handles: []
  },
  {
    what: "of a group whose chat is not known is that of its session",
    asked: { isGroup: true, sessionKey: "agent:main:imessage:group:7" },
    kind: "group",
    of: "agent:main:imessage:group:7",
    handles: []
  },
  {
    what: "of a thread of several that counts as direct is the thread's",
    asked: { shared: "group:9" },
    kind: "group",
    of: "group:9",
    handles: []
  },
  {
    what: "is that of the session where the owner wants it so, and of all who write in it",
    asked: { scope: "session", senders: [BOB, ALICE, BOB], people: [SAM] },
    kind: "session",
    of: MAIN,
    handles: [BOB, ALICE, "sam@example.com"]
  },
  {
    what: "is that of the session in a thread of several too",
    asked: { scope: "session", shared: "group:9" },
    kind: "session",
    of: MAIN,
    handles: [ALICE]
  }
]

describe("the conversation", () => {
  for (const row of rows) {
    it(row.what, () =>
      expect(conversationOf(asked(row.asked))).toEqual({
        key: { agentId: "main", kind: row.kind, of: row.of },
        handles: row.handles
      })
    )
  }
})

/** Whose conversations messages belong to, each a turn by itself, over a gateway that knows its groups. */
const whose = (envelopes: ReadonlyArray<Envelope>, config: ConfigFileContent = {}) =>
  Effect.gen(function* () {
    const of = yield* makeConversationOf
    return yield* Effect.forEach(envelopes, (envelope) =>
      Effect.map(
        of(MAIN, [{ envelope, agentId: "main", isGroup: envelope.isGroup }], "person"),
        ({ key }) => `${key.kind} ${key.of}`
      )
    )
  }).pipe(Effect.provide([Layer.provide(GroupChatsSql.layer, DatabaseSqlite.memory), configLayer(config)]))

const direct = (sender: string, partial: Partial<Envelope> = {}) =>
  makeEnvelope({ sender, chatIdentifier: sender, ...partial })
const inGroup = (chatId: number, chatIdentifier: string, partial: Partial<Envelope> = {}) =>
  makeEnvelope({ isGroup: true, chatId, chatIdentifier, ...partial })

describe("the conversation of a turn", () => {
  it.effect(
    "is another for each of two people who share a session, and the same for two handles of one",
    () =>
      Effect.gen(function* () {
        const all = [direct(ALICE), direct(BOB), direct("sam@example.com", { chatId: 8 })]
        expect(yield* whose(all, { people: { sam: [...SAM.handles] } })).toEqual([
          "person sam",
          `person ${BOB}`,
          "person sam"
        ])
      })
  )

  it.effect(
    "is the same for a group that goes on as another chat, and another for each account's chat 7",
    () =>
      Effect.gen(function* () {
        const accounts = {
          imessage: { accounts: { default: {}, bot: { cliPath: "/usr/local/bin/imsg-bot" } } }
        }
        const all = [inGroup(7, "chat1"), inGroup(8, "chat1"), inGroup(7, "chat2", { accountId: "bot" })]
        expect(yield* whose(all, accounts)).toEqual(["group group:7", "group group:7", "group bot:group:7"])
      })
  )

  const shared: ReadonlyArray<{ readonly what: string; readonly envelope: Envelope; readonly of: string }> = [
    {
      what: "of a thread in which others see the answer is the thread's",
      envelope: direct(ALICE, { chatIdentifier: "chat9", chatId: 9, participantCount: 2 }),
      of: "group group:9"
    },
    {
      what: "of a chat of which nobody knows who is in it is the chat's",
      envelope: makeEnvelope({ chatId: 9 }),
      of: "group group:9"
    },
    {
      what: "of a message without a chat is its sender's, whom alone the answer can go to",
      envelope: withoutChat(makeEnvelope()),
      of: `person ${ALICE}`
    },
    {
      what: "of an account that is gone from the config is the chat's",
      envelope: direct(ALICE, { accountId: "gone", chatId: 9 }),
      of: "group gone:group:9"
    }
  ]
  for (const { envelope, of, what } of shared) {
    it.effect(what, () =>
      Effect.gen(function* () {
        // The account whose groups are named without it.
        const all = [inGroup(7, "chat1"), envelope]
        expect(Arr.last(yield* whose(all))).toMatchObject({ value: of })
      })
    )
  }
})
