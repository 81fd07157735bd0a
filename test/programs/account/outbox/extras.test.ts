/** What a part is sent without, by what the child can do; and what is asked of it for a new chat. */
import { describe, expect, it } from "@effect/vitest"
import { lackingIn } from "../../../../src/programs/account/outbox/extras.ts"
import { requestFor } from "../../../../src/programs/account/outbox/request.ts"
import { NO_CAPABILITIES } from "../../../../src/schemas/Capabilities.ts"
import type { Part } from "../../../../src/schemas/Delivery.ts"
import type { Extra } from "../../../../src/schemas/Extra.ts"
import type { Destination } from "../../../../src/schemas/Target.ts"

const CHAT: Destination = { _tag: "ChatId", chatId: 7 }
const SAM: Destination = { _tag: "Handle", handle: "+15555550101", service: "auto" }
const NEW: Destination = { _tag: "NewChat", addresses: ["+15555550101", "+15555550102"] }

const requested = (
  part: Part,
  methods: ReadonlyArray<string>,
  { isPlain = false, target = CHAT }: { readonly isPlain?: boolean; readonly target?: Destination } = {}
) =>
  requestFor(
    part,
    { target, region: "US", isPlain, avoidsBridge: false, guid: "0b2f" },
    { ...NO_CAPABILITIES, methods: new Set(methods) }
  )

const text: Part = { _tag: "Text", text: "yes", replyTo: "g", effect: "confetti" }
const note: Part = { _tag: "File", path: "/a.caf", replyTo: "g", voice: true }
const poll: Part = { _tag: "Poll", question: "When?", options: ["now", "later"], replyTo: "g" }
const plain: Part = { _tag: "Text", text: "yes" }

describe("a part", () => {
  it.each<[what: string, part: Part, methods: ReadonlyArray<string>, lacks: ReadonlyArray<Extra>]>([
    ["a text with all of it", text, ["send.rich"], []],
    ["a text whose guid is chosen: effects need the other form", text, ["send.tracked"], ["effect"]],
    ["a text without a bridge", text, [], ["reply_to", "effect"]],
    ["a text of words alone lacks nothing", plain, [], []],
    ["a voice note", note, ["send.attachment"], []],
    ["a voice note without a bridge is a file", note, [], ["reply_to", "voice"]],
    ["a poll", poll, ["poll.send"], []],
    ["a poll without a bridge is a text", poll, [], ["poll", "reply_to"]],
    ["an act lacks nothing: it is done or left out", { _tag: "Unsend", guid: "g" }, ["message.unsend"], []]
  ])("%s", (_, part, methods, lacks) => {
    const request = requested(part, methods)
    expect("params" in request ? lackingIn(part, request.params) : request).toEqual(lacks)
  })

  it.each([
    ["was refused with more than words", { isPlain: true }],
    ["goes to somebody, not to a chat", { target: SAM }]
  ])("lacks all of it where it %s", (_, terms) => {
    const request = requested(text, ["send.rich", "send.tracked"], terms)
    expect("params" in request ? lackingIn(text, request.params) : request).toEqual(["reply_to", "effect"])
  })
})

describe("a new chat", () => {
  const chat: Part = { _tag: "CreateChat", addresses: ["+15555550101", "+15555550102"], text: "hello" }

  it("is asked for with those in it and its first message, by iMessage", () => {
    expect(requested(chat, ["chats.create"], { target: NEW })).toMatchObject({
      method: "chats.create",
      params: { addresses: ["+15555550101", "+15555550102"], service: "iMessage", text: "hello" }
    })
  })

  it.each<[what: string, part: Part, methods: ReadonlyArray<string>, why: string]>([
    ["is not made where the Mac cannot", chat, [], "chats.create"],
    ["is nothing to say something in before", plain, ["send.rich"], "no chat yet"],
    ["is nothing to do something in before", { _tag: "Leave" }, ["group.leave"], "no chat yet"]
  ])("%s", (_, part, methods, why) => {
    expect(requested(part, methods, { target: NEW })).toEqual({ why: expect.stringContaining(why) })
  })
})
