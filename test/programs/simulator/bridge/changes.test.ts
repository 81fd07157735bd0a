/** What the methods of the bridge write, and what of it is announced. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { eventually, type SimulatorOptions } from "../../../support/simulator.ts"
import { ALICE, setUp, type World } from "../world.ts"

const BOB = "+15555550124"

/** A Mac with its bridge, a watch with reactions, and something that Alice said. */
const withBridge = (options: SimulatorOptions = {}) =>
  Effect.gen(function* () {
    const world = yield* setUp([], { bridge: { state: "on" }, holdMs: 0, ...options })
    yield* world.client.request("watch.subscribe", { include_reactions: true, attachments: true })
    return { ...world, heard: yield* world.hear("Shall we meet?") }
  })

/** The messages that the watch brought, once there are so many. */
const announced = ({ client }: World, least: number) =>
  Effect.map(
    eventually(`${least} messages`, client.notified("message"), (all) => all.length >= least),
    (all) => all.map(({ params }) => params?.message)
  )

const results = (world: World, method: string, params: object) =>
  Effect.map(world.client.request(method, { chat_id: world.chat.id, ...params }), ({ error, result }) => {
    expect(error).toBeUndefined()
    return result
  })

const historyOf = ({ chat, client }: World) =>
  Effect.map(client.request("messages.history", { chat_id: chat.id }), ({ result }) => result?.messages)

describe("tapback", () => {
  it.scopedLive("is a reaction of one's own, which the watch announces and the message shows", () =>
    Effect.gen(function* () {
      const world = yield* withBridge()
      const { guid } = world.heard
      expect(yield* results(world, "tapback", { message_id: guid, reaction: "emphasize" })).toEqual({
        ok: true,
        reaction: "emphasize"
      })
      expect(yield* results(world, "tapback", { message_id: guid, emoji: "🎉", part_index: 1 })).toEqual({
        ok: true,
        emoji: "🎉"
      })
      expect(yield* announced(world, 3)).toMatchObject([
        { guid },
        { is_reaction: true, is_reaction_add: true, reaction_type: "emphasis", is_from_me: true },
        { is_reaction: true, reaction_type: "custom", reaction_emoji: "🎉", reacted_to_guid: guid }
      ])
      expect(yield* historyOf(world)).toMatchObject([
        {
          guid,
          reactions: [
            { type: "emphasis", is_from_me: true },
            { type: "custom", emoji: "🎉" }
          ]
        }
      ])
      expect(yield* world.chats.sent()).toEqual([])
    })
  )

  it.scopedLive("is taken back alone", () =>
    Effect.gen(function* () {
      const world = yield* withBridge()
      const { guid } = world.heard
      for (const reaction of ["love", "laugh", "remove-love"])
        yield* results(world, "tapback", { message_id: guid, reaction })
      expect(yield* announced(world, 4)).toMatchObject([
        { guid },
        { reaction_type: "love" },
        { reaction_type: "laugh" },
        { reaction_type: "love", is_reaction_add: false, reacted_to_guid: guid }
      ])
      expect(yield* historyOf(world)).toMatchObject([{ reactions: [{ type: "laugh" }] }])
    })
  )
})

describe("message.edit and message.unsend", () => {
  it.scopedLive("change a message in its place, and no watch announces it", () =>
    Effect.gen(function* () {
      const world = yield* withBridge()
      const first = yield* world.chats.send({ chatId: world.chat.id, text: "At eihgt" })
      const second = yield* world.chats.send({ chatId: world.chat.id, text: "No" })
      yield* results(world, "message.edit", { message_id: first.guid, text: "At eight" })
      yield* results(world, "message.unsend", { message_id: second.guid })
      yield* world.hear("Fine")
      expect(yield* announced(world, 4)).toMatchObject([
        { text: "Shall we meet?" },
        { guid: first.guid },
        { guid: second.guid },
        { text: "Fine" }
      ])
      expect(yield* historyOf(world)).toMatchObject([
        { text: "Fine" },
        { guid: second.guid, text: "" },
        { guid: first.guid, text: "At eight" },
        {}
      ])
    })
  )

  it.scopedLive("leave alone what others wrote, and what is not there", () =>
    Effect.gen(function* () {
      const world = yield* withBridge()
      for (const [guid, detail] of [
        [world.heard.guid, `Message is not from me: ${world.heard.guid}`],
        ["none", "Message not found: none"]
      ] as const) {
        const { error } = yield* world.client.request("message.edit", {
          chat_id: world.chat.id,
          message_id: guid,
          text: "mine"
        })
        expect(error).toMatchObject({ code: -32603, data: { disposition: "not_started", detail } })
      }
      expect(yield* historyOf(world)).toMatchObject([{ text: "Shall we meet?" }])
    })
  )
})

describe("a message over the bridge", () => {
  it.scopedLive("replies, with its effect, subject and styles", () =>
    Effect.gen(function* () {
      const world = yield* withBridge()
      const { guid: replyTo } = world.heard
      const text_formatting = [{ start: 0, length: 3, styles: ["bold", "italic"] }]
      const words = { text: "Yes!", reply_to: replyTo, text_formatting }
      const rich = yield* results(world, "send.rich", { ...words, effect: "confetti", subject: "Tonight" })
      const plain = yield* results(world, "send", words)
      const sent = yield* world.chats.sent()
      expect(sent).toMatchObject([
        {
          text: "Yes!",
          replyTo,
          extras: { effect: "confetti", subject: "Tonight", styles: text_formatting }
        },
        { text: "Yes!", replyTo, extras: { styles: text_formatting } }
      ])
      expect([rich, plain]).toEqual([
        { ok: true, guid: sent[0]?.guid, message_id: sent[0]?.guid, chat_guid: world.chat.guid },
        expect.objectContaining({ transport: "bridge", guid: sent[1]?.guid })
      ])
      const reply = {
        reply_to_guid: replyTo,
        thread_originator_guid: replyTo,
        thread_originator_part: "0:0:14",
        reply_to_text: "Shall we meet?",
        reply_to_sender: ALICE
      }
      expect(yield* announced(world, 3)).toMatchObject([{}, reply, reply])
    })
  )

  it.scopedLive("is plain on a macOS that has no styles", () =>
    Effect.gen(function* () {
      const world = yield* withBridge({ bridge: { state: "on", macos: 14 } })
      const text_formatting = [{ start: 0, length: 2, styles: ["bold"] }]
      yield* results(world, "send", { text: "hi", text_formatting })
      const [row] = yield* world.chats.sent()
      expect([row?.text, row?.extras]).toEqual(["hi", undefined])
    })
  )

  it.scopedLive("is of a file, which may be a voice note", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const world = yield* withBridge()
      const file = `${world.dir}/note.m4a`
      yield* fs.writeFileString(file, "voice")
      const note = yield* results(world, "send.attachment", { file, audio: true })
      const captioned = yield* results(world, "send.rich", { file, text: "Listen" })
      const [first, second] = yield* world.chats.sent()
      expect([note, captioned]).toMatchObject([
        { guid: first?.guid, id: first?.rowId },
        { guid: second?.guid, id: second?.rowId }
      ])
      expect([first?.extras, second?.extras]).toEqual([{ isAudio: true }, undefined])
      expect(yield* announced(world, 3)).toMatchObject([
        {},
        { text: "\uFFFC", attachments: [{ transfer_name: "note.m4a", missing: false }] },
        { text: "\uFFFCListen", attachments: [{ transfer_name: "note.m4a" }] }
      ])
      const { error } = yield* world.client.request("send.attachment", { chat_id: 1, file: "/nowhere" })
      expect(error).toMatchObject({
        data: { disposition: "not_started", detail: "File not found: /nowhere" }
      })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("cannot reply by AppleScript, nor without the bridge", () =>
    Effect.gen(function* () {
      const world = yield* withBridge()
      const reply = { chat_id: world.chat.id, text: "Yes", reply_to: world.heard.guid }
      const scripted = yield* world.client.request("send", { ...reply, transport: "applescript" })
      expect(scripted.error?.code).toBe(-32602)
      yield* world.chats.setBridge({ state: "off" })
      const { error } = yield* world.client.request("send", reply)
      expect(error).toMatchObject({ code: -32603, data: { disposition: "not_started" } })
      expect(yield* world.chats.sent()).toEqual([])
    })
  )

  it.scopedLive("replies to nothing in builds that do not know how to", () =>
    Effect.gen(function* () {
      const world = yield* withBridge({ build: "0.11.0" })
      yield* results(world, "send", { text: "Yes", reply_to: world.heard.guid })
      const [row] = yield* world.chats.sent()
      expect([row?.text, row?.replyTo]).toEqual(["Yes", undefined])
    })
  )
})

describe("polls", () => {
  it.scopedLive("are made, voted in, and voted out of; votes are no messages of one's own", () =>
    Effect.gen(function* () {
      const world = yield* withBridge()
      const made = yield* results(world, "poll.send", { question: "Where?", options: ["Here", "There"] })
      const poll = yield* world.chats.sent().pipe(Effect.map(([row]) => row))
      const options = [
        { id: expect.any(String), text: "Here" },
        { id: expect.any(String), text: "There" }
      ]
      expect(made).toMatchObject({ ok: true, guid: poll?.guid, poll: { question: "Where?", options } })
      const voted = yield* results(world, "poll.vote", { poll_guid: poll?.guid, option_index: 2 })
      expect(voted).toMatchObject({ ok: true, poll_guid: poll?.guid, option: "There" })
      yield* results(world, "poll.unvote", { poll_guid: poll?.guid, option: "There" })
      yield* world.chats.vote({ poll: poll?.guid ?? "", sender: ALICE, option: { text: "Here" } })
      const [, created, caption, ...votes] = yield* announced(world, 6)
      expect(created).toMatchObject({
        is_from_me: true,
        text: "",
        balloon_bundle_id: expect.stringMatching(/com\.apple\.messages\.Polls$/u),
        poll: { kind: "created", poll_guid: poll?.guid, question: "Where?", options }
      })
      expect(caption).toMatchObject({ text: "Where?", is_from_me: true })
      const vote = { kind: "vote", poll_guid: poll?.guid }
      expect(votes).toMatchObject([
        {
          is_from_me: true,
          poll: { ...vote, vote: { event_type: "selected", option_id: voted?.option_id } }
        },
        { is_from_me: true, poll: { ...vote, vote: { event_type: "removed", option_id: voted?.option_id } } },
        { is_from_me: false, sender: ALICE, poll: { ...vote, vote: { participant: ALICE } } }
      ])
      expect((yield* world.chats.sent()).map(({ text }) => text)).toEqual(["", "Where?"])
    })
  )

  for (const [build, suppress, texts] of [
    ["0.12.0", false, [""]],
    ["0.12.3", false, ["", "Where?"]],
    ["0.13.0", true, ["", "Where?"]],
    ["0.13.4", true, [""]],
    ["0.15.0", true, [""]]
  ] as const) {
    it.scopedLive(
      `go out as ${texts.length} message(s) in ${build}${suppress ? ", where one is asked for" : ""}`,
      () =>
        Effect.gen(function* () {
          const world = yield* withBridge({ build })
          const asked = { question: "Where?", options: ["Here", "There"] }
          yield* results(world, "poll.send", suppress ? { ...asked, suppress_comment: true } : asked)
          expect((yield* world.chats.sent()).map(({ text }) => text)).toEqual(texts)
        })
    )
  }

  it.scopedLive("are said to be none in what is no poll, and by options that they do not have", () =>
    Effect.gen(function* () {
      const world = yield* withBridge()
      const poll = yield* world.chats.poll({
        chatId: world.chat.id,
        sender: ALICE,
        question: "When?",
        options: ["Now", "Later"]
      })
      for (const [poll_guid, option, detail] of [
        [world.heard.guid, "Now", "Message is not a poll"],
        [poll.guid, "Never", "Poll option not found"]
      ] as const) {
        const { error } = yield* world.client.request("poll.vote", { chat_id: 1, poll_guid, option })
        expect(error).toMatchObject({
          data: { disposition: "not_started", detail: expect.stringContaining(detail) }
        })
      }
    })
  )
})

describe("groups", () => {
  it.scopedLive("are renamed, joined, left by others, and left", () =>
    Effect.gen(function* () {
      const world = yield* withBridge()
      const group = yield* world.chats.addGroupChat({ handles: [ALICE], name: "Two" })
      const change = (method: string, params: object) =>
        results(world, method, { ...params, chat_id: group.id })
      const now = world.chats.chat({ chatId: group.id })
      yield* change("group.rename", { name: "Three" })
      yield* change("group.addParticipant", { address: BOB })
      expect(yield* now).toMatchObject({
        value: { name: "Three", participants: [ALICE, BOB], hasLeft: false }
      })
      yield* change("group.removeParticipant", { address: ALICE })
      yield* change("group.setIcon", { file: world.dbPath })
      yield* change("group.leave", {})
      expect(yield* now).toMatchObject({ value: { participants: [BOB], hasLeft: true } })
      for (const [method, params] of [
        ["group.rename", { chat_id: world.chat.id, name: "x" }],
        ["group.rename", { chat_id: group.id, name: "x" }]
      ] as const) {
        const { error } = yield* world.client.request(method, params)
        expect(error).toMatchObject({ data: { disposition: "not_started", operation: "group.rename" } })
      }
    })
  )

  it.scopedLive("and chats are made, with a first message where there is one", () =>
    Effect.gen(function* () {
      const world = yield* withBridge()
      const create = (params: object) =>
        Effect.map(world.client.request("chats.create", params), ({ result }) => result)
      const group = yield* create({ addresses: [ALICE, BOB], name: "Three", text: "Hello both" })
      const direct = yield* create({ addresses: [ALICE] })
      const [said] = yield* world.chats.sent()
      expect(said).toMatchObject({ text: "Hello both" })
      expect(group).toEqual({
        ok: true,
        chat_guid: expect.stringContaining(";+;"),
        message_guid: said?.guid
      })
      expect(direct).toEqual({ ok: true, chat_guid: world.chat.guid })
    })
  )

  it.scopedLive("and chats count as read and as not read", () =>
    Effect.gen(function* () {
      const world = yield* withBridge()
      const unread = Effect.map(world.chats.chats(1), ([chat]) => chat?.unreadCount)
      yield* results(world, "read", {})
      expect(yield* unread).toBe(0)
      yield* results(world, "chats.markUnread", {})
      expect(yield* unread).toBe(1)
    })
  )
})
