/** What is asked of imsg for a part, by what the child can do. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { pollAsText, requestFor } from "../../../../src/programs/account/outbox/request.ts"
import { type Capabilities, NO_CAPABILITIES } from "../../../../src/schemas/Capabilities.ts"
import type { Part } from "../../../../src/schemas/Delivery.ts"
import type { Target } from "../../../../src/schemas/Target.ts"
import { makeChild } from "../../../support/fakeImsg.ts"

const CHAT: Target = { _tag: "ChatId", chatId: 7 }
const PERSON: Target = { _tag: "Handle", handle: "+15555550101", service: "auto" }
const GUID = "0a1b"

const knowing = (
  methods: ReadonlyArray<string>,
  features: Readonly<Record<string, number>> = {}
): Capabilities => ({
  ...NO_CAPABILITIES,
  methods: new Set(methods),
  features: new Map(Object.entries(features))
})
const ALL = knowing([
  ...["send.rich", "send.tracked", "send.attachment", "tapback", "message.edit", "message.unsend"],
  ...["poll.send", "poll.vote", "poll.unvote", "group.rename", "group.setIcon", "group.addParticipant"],
  ...["group.removeParticipant", "group.leave"]
])
const without = (...names: ReadonlyArray<string>) =>
  knowing([...ALL.methods].filter((name) => !names.includes(name)))
const NONE = NO_CAPABILITIES

interface Asked {
  readonly target?: Target
  readonly isPlain?: boolean
  readonly avoidsBridge?: boolean
  readonly guid?: string | undefined
}

/** What a part comes to: the method and its parameters as they reach the child, or why it is left out. */
const askedFor = (
  part: Part,
  capabilities: Capabilities,
  { avoidsBridge = false, guid, isPlain = false, target = CHAT }: Asked = {}
) =>
  Effect.gen(function* () {
    const request = requestFor(part, { target, region: "US", isPlain, avoidsBridge, guid }, capabilities)
    if ("why" in request) return request.why
    const child = yield* makeChild({ answer: () => Effect.succeed({ ok: true }) })
    yield* Effect.orDie(request.ask(child.session, 1000))
    const [asked] = yield* child.asked
    expect(asked?.method).toBe(request.method)
    return { form: request.form, ...asked }
  })

const TEXT: Part = { _tag: "Text", text: "hi" }
const THREAD: Part = { ...TEXT, replyTo: "m" }
const LOUD: Part = { ...TEXT, effect: "loud" }
const BOLD: Part = { ...TEXT, format: [{ start: 0, length: 2, styles: ["bold"] }] }
const FILE: Part = { _tag: "File", path: "/a.caf" }
const POLL: Part = { _tag: "Poll", question: "Where?", options: ["here", "there"] }
const AS_TEXT = "Where?\n1. here\n2. there"

const bare = (method: string, params: object) => ({ form: "bare", method, params })
const act = (method: string, params: object) => ({ form: "act", method, params })
const bridged = (method: string, params: object) => ({ form: "bridged", method, params })
const plain = bare("send", { chat_id: 7, text: "hi" })
const cannot = (method: string) => `this Mac's imsg cannot do it (${method}): it needs the private bridge`

type Row = readonly [what: string, part: Part, can: Capabilities, expected: object | string, asked?: Asked]

const rows: ReadonlyArray<Row> = [
  ["a text is sent", TEXT, NONE, plain],
  ["a text is sent in the plain way also where there is a bridge", TEXT, ALL, plain],
  [
    "a text whose row can be named is",
    TEXT,
    ALL,
    bridged("send.tracked", { chat_id: 7, text: "hi", attempt_id: GUID }),
    { guid: GUID }
  ],
  [
    "not where it goes to a person",
    TEXT,
    ALL,
    bare("send", { to: PERSON.handle, service: "auto", region: "US", text: "hi" }),
    { guid: GUID, target: PERSON }
  ],
  ["not where a richer form was refused", TEXT, ALL, plain, { guid: GUID, isPlain: true }],
  [
    "a reply goes into its thread",
    THREAD,
    ALL,
    bridged("send.rich", { chat_id: 7, text: "hi", reply_to: "m" })
  ],
  [
    "under a guid of ours where that can be",
    THREAD,
    ALL,
    bridged("send.tracked", { chat_id: 7, text: "hi", reply_to: "m", attempt_id: GUID }),
    { guid: GUID }
  ],
  ["as a text where there is no bridge", THREAD, NONE, plain, { guid: GUID }],
  ["as a text where it was refused", THREAD, ALL, plain, { isPlain: true }],
  [
    "an effect is played",
    LOUD,
    ALL,
    bridged("send.rich", { chat_id: 7, text: "hi", effect: "loud" }),
    { guid: GUID }
  ],
  ["an effect is left out where there is none", LOUD, without("send.rich"), plain],
  [
    "styles are shown",
    BOLD,
    ALL,
    bridged("send.rich", {
      chat_id: 7,
      text: "hi",
      text_formatting: [{ start: 0, length: 2, styles: ["bold"] }]
    })
  ],
  ["styles are left out where there are none", BOLD, NONE, plain],

  [
    "a text goes by no bridge where one would say it twice",
    TEXT,
    NONE,
    bare("send", { chat_id: 7, text: "hi", transport: "applescript" }),
    { avoidsBridge: true }
  ],

  ["a file is sent", FILE, ALL, bare("send", { chat_id: 7, file: "/a.caf" })],
  [
    "a voice note is one",
    { ...FILE, voice: true },
    ALL,
    bridged("send.attachment", { chat_id: 7, file: "/a.caf", audio: true })
  ],
  [
    "a voice note is a file where there is no bridge",
    { ...FILE, voice: true },
    NONE,
    bare("send", { chat_id: 7, file: "/a.caf" })
  ],
  [
    "a file goes into its thread",
    { ...FILE, replyTo: "m" },
    ALL,
    bridged("send.attachment", { chat_id: 7, file: "/a.caf", reply_to: "m" })
  ],

  [
    "a poll is one",
    POLL,
    ALL,
    bridged("poll.send", { chat_id: 7, question: "Where?", options: ["here", "there"] })
  ],
  ["a poll is a text where there are none", POLL, NONE, bare("send", { chat_id: 7, text: AS_TEXT })],
  [
    "a poll is a text where it was refused",
    POLL,
    ALL,
    bare("send", { chat_id: 7, text: AS_TEXT }),
    { isPlain: true }
  ],

  [
    "a tapback goes by its name",
    { _tag: "React", guid: "m", reaction: "Heart" },
    ALL,
    act("tapback", { chat_id: 7, message_id: "m", reaction: "love" })
  ],
  [
    "a tapback is found by its emoji",
    { _tag: "React", guid: "m", reaction: "\u{1f44d}" },
    ALL,
    act("tapback", { chat_id: 7, message_id: "m", reaction: "like" })
  ],
  [
    "a tapback is taken back",
    { _tag: "React", guid: "m", reaction: "like", remove: true },
    ALL,
    act("tapback", { chat_id: 7, message_id: "m", reaction: "like", remove: true })
  ],
  [
    "another emoji needs a bridge that knows it",
    { _tag: "React", guid: "m", reaction: "\u{1f419}" },
    ALL,
    "this Mac's imsg knows no tapback \u{1f419}"
  ],
  [
    "another emoji is a tapback where the bridge knows it",
    { _tag: "React", guid: "m", reaction: "\u{1f419}" },
    knowing(["tapback"], { "tapback.emoji": 2 }),
    act("tapback", { chat_id: 7, message_id: "m", emoji: "\u{1f419}" })
  ],
  [
    "a tapback is left out where there are none",
    { _tag: "React", guid: "m", reaction: "like" },
    NONE,
    cannot("tapback")
  ],
  [
    "a tapback needs a chat",
    { _tag: "React", guid: "m", reaction: "like" },
    ALL,
    "there is no chat yet in which it could be done",
    { target: PERSON }
  ],
  [
    "an edit",
    { _tag: "Edit", guid: "m", text: "ho" },
    ALL,
    act("message.edit", { chat_id: 7, message_id: "m", text: "ho" })
  ],
  [
    "an edit is left out where its selector is missing",
    { _tag: "Edit", guid: "m", text: "ho" },
    without("message.edit"),
    cannot("message.edit")
  ],
  [
    "what is taken back",
    { _tag: "Unsend", guid: "m" },
    ALL,
    act("message.unsend", { chat_id: 7, message_id: "m" })
  ],
  [
    "a vote by its number",
    { _tag: "Vote", guid: "p", option: 2 },
    ALL,
    act("poll.vote", { chat_id: 7, poll_guid: "p", option_index: 2 })
  ],
  [
    "a vote by its words",
    { _tag: "Vote", guid: "p", option: "here" },
    ALL,
    act("poll.vote", { chat_id: 7, poll_guid: "p", option: "here" })
  ],
  [
    "a vote that is taken back",
    { _tag: "Vote", guid: "p", option: 2, remove: true },
    ALL,
    act("poll.unvote", { chat_id: 7, poll_guid: "p", option_index: 2 })
  ],
  [
    "a vote that cannot be taken back",
    { _tag: "Vote", guid: "p", option: 2, remove: true },
    without("poll.unvote"),
    cannot("poll.unvote")
  ],
  ["a group's name", { _tag: "Rename", name: "n" }, ALL, act("group.rename", { chat_id: 7, name: "n" })],
  [
    "a group's icon",
    { _tag: "SetIcon", path: "/i.png" },
    ALL,
    act("group.setIcon", { chat_id: 7, file: "/i.png" })
  ],
  ["a group's icon that goes", { _tag: "SetIcon" }, ALL, act("group.setIcon", { chat_id: 7 })],
  [
    "a member more",
    { _tag: "AddMember", handle: "+15555550102" },
    ALL,
    act("group.addParticipant", { chat_id: 7, address: "+15555550102" })
  ],
  [
    "a member less",
    { _tag: "RemoveMember", handle: "+15555550102" },
    ALL,
    act("group.removeParticipant", { chat_id: 7, address: "+15555550102" })
  ],
  ["a group that is left", { _tag: "Leave" }, ALL, act("group.leave", { chat_id: 7 })]
]

describe("what is asked for", () => {
  for (const [what, part, can, expected, asked = {}] of rows) {
    it.effect(what, () => Effect.map(askedFor(part, can, asked), (found) => expect(found).toEqual(expected)))
  }

  it("a poll in words has its options by number", () => {
    expect(pollAsText({ question: "Where?", options: ["here", "there"] })).toBe(AS_TEXT)
  })
})
