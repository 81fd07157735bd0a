/** What builds from 0.14 refuse of the parameters of the bridge's methods, and older ones take. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { ALICE, setUp } from "../world.ts"

const M = { chat_id: 1, message_id: "some" }
const POLL = { chat_id: 1, question: "Where?", options: ["Here", "There"] }

describe("builds from 0.14", () => {
  it.scopedLive("refuse what is not exactly as documented", () =>
    Effect.gen(function* () {
      const { asked, chat, chats, client } = yield* setUp([], { bridge: true })
      const refused: ReadonlyArray<readonly [string, object]> = [
        ["tapback", { message_id: "some", reaction: "love" }],
        ["tapback", { ...M, chat_guid: chat.guid, reaction: "love" }],
        ["tapback", { chat_id: 1, reaction: "love" }],
        ["tapback", M],
        ["tapback", { ...M, reaction: "hug" }],
        ["tapback", { ...M, reaction: "love", emoji: "🎉" }],
        ["tapback", { ...M, reaction: "love", partIndex: 0 }],
        ["tapback", { ...M, reaction: "love", part_index: "0" }],
        ["tapback", { ...M, reaction: "love", part_index: -1 }],
        ["tapback", { ...M, chat_id: 99, reaction: "love" }],
        ["message.edit", M],
        ["message.edit", { ...M, text: "" }],
        ["message.edit", { ...M, new_text: "hi" }],
        ["message.unsend", { chat_id: 1 }],
        ["send.rich", { chat_id: 1 }],
        ["send.rich", { to: ALICE, text: "hi" }],
        ["send.rich", { chat_id: 1, text: "hi", effect: "snow" }],
        ["send.rich", { chat_id: 1, text: "hi", effect_id: "confetti" }],
        ["send", { chat_id: 1, text: "hi", text_formatting: [{ start: 0, length: 3, styles: ["bold"] }] }],
        ["send", { chat_id: 1, text: "hi", text_formatting: [{ start: 0, length: 1, styles: ["loud"] }] }],
        ["send", { chat_id: 1, text: "hi", text_formatting: [{ start: 0, length: 1, styles: [] }] }],
        ["send", { chat_id: 1, text: "hi", text_formatting: [{ start: 0, length: 1 }] }],
        ["send.attachment", { chat_id: 1 }],
        ["send.attachment", { chat_id: 1, file: "x", audio: "yes" }],
        ["poll.send", { ...POLL, options: ["Here"] }],
        ["poll.send", { ...POLL, options: ["Here", " "] }],
        ["poll.send", { ...POLL, options: "Here,There" }],
        ["poll.send", { ...POLL, question: "" }],
        ["poll.vote", { chat_id: 1, poll_guid: "some" }],
        ["poll.vote", { chat_id: 1, poll_guid: "some", option: "Here", option_index: 1 }],
        ["poll.vote", { chat_id: 1, poll_guid: "some", option_index: 0 }],
        ["poll.vote", { chat_id: 1, option_index: 1 }],
        ["chats.create", { addresses: [] }],
        ["chats.create", { addresses: ALICE }],
        ["chats.create", { addresses: [ALICE], service: "SMS" }],
        ["group.rename", { chat_id: 1 }],
        ["group.addParticipant", { chat_id: 1 }],
        ["group.removeParticipant", { chat_id: 1, address: "" }],
        ["group.leave", {}],
        ["chats.markUnread", { chat_id: 1, unread: true }],
        ["typing", { chat_id: 1, typing: "true" }],
        ["typing", { to: ALICE, chat_id: 1 }],
        ["read", { chat_id: 1, service: "imessage" }],
        ["handles.check", { address: ALICE, alias_type: "fax" }]
      ]
      for (const [method, params] of refused) {
        expect([method, params, (yield* client.request(method, params)).error?.code]).toEqual([
          method,
          params,
          -32602
        ])
      }
      expect(yield* chats.sent()).toEqual([])
      expect(yield* asked("group.leave")).toEqual([{}])
    })
  )
})

describe("builds before 0.14", () => {
  it.scopedLive("take what they can read, and no notice of the rest", () =>
    Effect.gen(function* () {
      const { chats, client, hear } = yield* setUp([], { build: "0.13.4", bridge: true })
      const { guid } = yield* hear("hi")
      for (const [method, params] of [
        ["tapback", { chat_id: "1", message_id: guid, reaction: "love", part_index: "0", unknown: 1 }],
        ["send.rich", { chat_id: 1, text: "one", effect: "snow" }],
        ["send.rich", { chat_id: 1, text: "two", text_formatting: "bold" }],
        ["poll.send", { ...POLL, options: "Here,There" }]
      ] as const) {
        expect([method, (yield* client.request(method, params)).error]).toEqual([method, undefined])
      }
      expect((yield* chats.sent()).map(({ text }) => text)).toEqual(["one", "two", "", "Where?"])
    })
  )
})
