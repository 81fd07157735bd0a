import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { OWN_HANDLE } from "../../../src/programs/simulator/ChatModel.ts"
import { eventually } from "../../support/simulator.ts"
import { openClient } from "./client.ts"
import { ALICE, setUp, struck, texts } from "./world.ts"

describe("the watch", () => {
  it.scopedLive("stall: is silent while requests are answered, until the next process", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "stall" }])
      yield* world.client.request("watch.subscribe", {})
      yield* world.hear("unheard")
      yield* struck(world, "stall")
      expect((yield* world.client.request("status")).error).toBeUndefined()
      expect(yield* world.client.messages).toEqual([])
      const next = yield* openClient(world)
      yield* next.request("watch.subscribe", { since_rowid: -1 })
      yield* eventually("the message", next.messages, (all) => all.length === 1)
    })
  )

  it.scopedLive("duplicate: writes a notification twice", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "duplicate" }])
      yield* world.client.request("watch.subscribe", {})
      yield* world.hear("one")
      yield* eventually("two notifications", texts(world), (all) => all.length >= 2)
      yield* world.hear("two")
      yield* eventually("the last", texts(world), (all) => all.includes("two"))
      expect(yield* texts(world)).toEqual(["one", "one", "two"])
    })
  )

  it.scopedLive("reorder: lets the first two notifications of a write change places", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "reorder" }])
      yield* world.client.request("watch.subscribe", {})
      yield* world.hear("alone")
      yield* eventually("the first", texts(world), (all) => all.length === 1)
      for (const pair of [
        ["one", "two"],
        ["three", "four"]
      ]) {
        const before = (yield* texts(world)).length
        yield* world.chats.insertMany(pair.map((text) => ({ chatId: world.chat.id, sender: ALICE, text })))
        yield* eventually("the pair", texts(world), (all) => all.length === before + 2)
      }
      expect(yield* texts(world)).toEqual(["alone", "two", "one", "three", "four"])
    })
  )

  it.scopedLive("garble: writes a broken line and one for people before a notification", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "garble" }])
      yield* world.client.request("watch.subscribe", {})
      yield* world.hear("one")
      yield* eventually("the message", texts(world), (all) => all.length === 1)
      const [, broken, forPeople] = yield* world.client.lines
      expect([broken?.startsWith('{"jsonrpc'), forPeople]).toEqual([true, "Could not fetch group 0:ABGroup"])
    })
  )

  it.scopedLive("overflow: ends with the rowid to resume after", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "overflow" }], { holdMs: 0 })
      yield* world.client.request("watch.subscribe", { since_rowid: -1 })
      yield* world.hear("too much")
      const over = yield* eventually(
        "overflow",
        world.client.notified("watch.overflow"),
        (all) => all.length > 0
      )
      expect(over[0]?.params).toEqual({
        subscription: 1,
        resume_after_rowid: -1,
        reason: "buffer_limit_exceeded",
        terminal: true
      })
      yield* world.client.request("watch.subscribe", { since_rowid: -1 })
      yield* eventually("the message", texts(world), (all) => all.length === 1)
    })
  )

  it.scopedLive("overflows when its reader is slow and buffer_limit rows wait", () =>
    Effect.gen(function* () {
      const world = yield* setUp()
      yield* world.client.request("watch.subscribe", { buffer_limit: 10 })
      yield* world.chats.fault({ _tag: "splitWrites", times: 1 })
      yield* world.chats.insertMany(
        Array.from({ length: 300 }, () => ({ chatId: world.chat.id, sender: ALICE, text: "é" }))
      )
      const over = yield* eventually(
        "overflow",
        world.client.notified("watch.overflow"),
        (all) => all.length > 0
      )
      expect(over[0]?.params).toMatchObject({ resume_after_rowid: 100 })
    })
  )
})

describe("send", () => {
  it.scopedLive("loseSendReply: writes the row and never answers", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "loseSendReply" }])
      const lost = yield* world.client.post("send", { to: ALICE, text: "one" })
      yield* world.client.request("send", { to: ALICE, text: "two" })
      expect((yield* world.awaitSent(2)).map(({ text }) => text)).toEqual(["one", "two"])
      expect((yield* world.client.frames).some(({ id }) => id === lost)).toBe(false)
    })
  )

  it.scopedLive("failSend: answers with its error and writes no row", () =>
    Effect.gen(function* () {
      const error = {
        code: -32004,
        message: "Blocked",
        data: { retry_safe: false, disposition: "still_in_flight" }
      }
      const world = yield* setUp([{ _tag: "failSend", ...error }])
      expect((yield* world.client.request("send", { to: ALICE, text: "hi" })).error).toEqual(error)
      expect(yield* world.chats.sent()).toEqual([])
    })
  )

  for (const [build, data] of [
    ["0.9.0", "AppleScript failed: Not authorized to send Apple events to Messages. (-1743)"],
    [
      "0.15.0",
      {
        retry_safe: true,
        disposition: "not_started",
        transport: "applescript",
        operation: "send",
        detail: "Messages automation failed with AppleScript error -1743."
      }
    ]
  ] as const) {
    it.scopedLive(`denyAutomation: ${build} refuses each send until it is cleared`, () =>
      Effect.gen(function* () {
        const world = yield* setUp([{ _tag: "denyAutomation" }], { build })
        for (const _ of [1, 2]) {
          const { error } = yield* world.client.request("send", { to: ALICE, text: "hi" })
          expect([error?.code, error?.data]).toEqual([-32603, data])
        }
        yield* world.chats.clearFaults
        expect((yield* world.client.request("send", { to: ALICE, text: "hi" })).result).toMatchObject({
          ok: true
        })
      })
    )
  }

  it.scopedLive("mirror: in a chat with oneself each message is two rows, from both sides", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "mirror" }])
      const self = yield* world.chats.addDirectChat({ handle: OWN_HANDLE })
      yield* world.client.request("watch.subscribe", {})
      yield* world.client.request("send", { to: ALICE, text: "not mirrored" })
      yield* world.client.request("send", { chat_id: self.id, text: "said" })
      yield* world.chats.receive({ chatId: self.id, sender: OWN_HANDLE, text: "written" })
      const heard = yield* eventually("five rows", world.client.messages, (all) => all.length >= 5)
      expect(heard.map(({ message }) => [message.text, message.is_from_me])).toEqual([
        ["not mirrored", true],
        ["said", true],
        ["said", false],
        ["written", true],
        ["written", false]
      ])
      expect(new Set(heard.map(({ message }) => message.guid)).size).toBe(5)
    })
  )

  it.scopedLive("mirror: the second row can have a prefix, as a recovered text has", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "mirror", prefix: "+\u0004" }])
      const self = yield* world.chats.addDirectChat({ handle: OWN_HANDLE })
      yield* world.client.request("watch.subscribe", {})
      yield* world.client.request("send", { chat_id: self.id, text: "said" })
      const heard = yield* eventually("two rows", world.client.messages, (all) => all.length >= 2)
      expect(heard.map(({ message }) => [message.text, message.is_from_me])).toEqual([
        ["said", true],
        ["+\u0004said", false]
      ])
    })
  )
})

describe("a missing Full Disk Access", () => {
  it.scopedLive("from 0.14 is answered per method, and recovers in the same process", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "denyFullDisk" }])
      expect((yield* world.client.request("status")).result).toMatchObject({
        database: { ready: false, error: expect.stringContaining("grant Full Disk Access") }
      })
      for (const [method, params] of [
        ["chats.list", {}],
        ["watch.subscribe", {}],
        ["send", { to: ALICE, text: "hi" }]
      ] as const) {
        expect([method, (yield* world.client.request(method, params)).error?.code]).toEqual([method, -32002])
      }
      yield* world.chats.clearFaults
      expect((yield* world.client.request("chats.list")).error).toBeUndefined()
    })
  )

  it.scopedLive("from 0.14 ends a running watch with an error", () =>
    Effect.gen(function* () {
      const world = yield* setUp()
      yield* world.client.request("watch.subscribe", {})
      yield* world.chats.fault({ _tag: "denyFullDisk" })
      const errors = yield* eventually("the error", world.client.notified("error"), (all) => all.length > 0)
      expect(errors[0]?.params).toMatchObject({ subscription: 1, error: { code: -32002 } })
    })
  )

  it.scopedLive("from 0.8.2 to 0.13 refuses every request of that process", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "denyFullDisk" }], { build: "0.8.2" })
      const refused = yield* world.client.request("chats.list")
      expect(refused.error).toMatchObject({ code: -32603, data: expect.stringContaining("Permission Error") })
      yield* world.chats.clearFaults
      expect((yield* world.client.request("watch.unsubscribe", { subscription: 1 })).error?.code).toBe(-32603)
    })
  )

  it.scopedLive("up to 0.8.1 is a text on stdout and exit 1", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "denyFullDisk" }], { build: "0.8.1" })
      expect(yield* world.client.exit).toEqual(Exit.succeed(1))
      expect(yield* world.client.stdout).toContain("Permission Error: Cannot access Messages database")
    })
  )
})
