/** What can go wrong with the helper of the bridge, build by build. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import type { Fault } from "../../../../src/programs/simulator/Fault.ts"
import { eventually } from "../../../support/simulator.ts"
import { requestRead, setUp, struck, type World } from "../world.ts"

const withBridge = (faults: ReadonlyArray<Fault>, build = "0.15.0") =>
  setUp(faults, { build, bridge: { state: "on" } })

const rich = ({ client }: World, text: string) => client.request("send.rich", { chat_id: 1, text })

const outcomes = ({ chats }: World) =>
  Effect.map(chats.recorded(), (all) =>
    all.flatMap(({ event }) => (event._tag === "bridge" ? [[event.method, event.outcome]] : []))
  )

describe("helperDies", () => {
  for (const done of [true, false]) {
    it.scopedLive(
      `nobody knows whether it was done, which it was${done ? "" : " not"}; the bridge is gone until it is launched`,
      () =>
        Effect.gen(function* () {
          const world = yield* withBridge([{ _tag: "helperDies", done }])
          expect((yield* rich(world, "one")).error).toMatchObject({
            code: -32001,
            data: { retry_safe: false, disposition: "may_have_completed", operation: "send.rich" }
          })
          expect((yield* world.chats.sent()).map(({ text }) => text)).toEqual(done ? ["one"] : [])
          expect((yield* world.client.request("status")).result).toMatchObject({ bridge: { ready: false } })
          expect((yield* rich(world, "two")).error).toMatchObject({
            code: -32603,
            data: { disposition: "not_started" }
          })
          yield* world.chats.setBridge({ state: "on" })
          expect((yield* rich(world, "three")).error).toBeUndefined()
          expect(yield* outcomes(world)).toEqual([
            ["send.rich", "died"],
            ["send.rich", "done"]
          ])
        })
    )
  }

  it.scopedLive("is a failure like any other before 0.14", () =>
    Effect.gen(function* () {
      const world = yield* withBridge([{ _tag: "helperDies", done: true }], "0.13.0")
      expect((yield* rich(world, "one")).error).toEqual({
        code: -32603,
        message: "Internal error",
        data: "Timed out waiting for response to 'send.rich'"
      })
      expect(yield* world.chats.sent()).toHaveLength(1)
    })
  )

  for (const [build, transport, texts] of [
    ["0.13.0", "auto", ["hi", "hi"]],
    ["0.13.0", "bridge", ["hi"]],
    ["0.15.0", "auto", ["hi"]]
  ] as const) {
    it.scopedLive(
      `has a send of ${build} by ${transport} said ${texts.length === 2 ? "twice: AppleScript takes over" : "once"}`,
      () =>
        Effect.gen(function* () {
          const world = yield* withBridge([{ _tag: "helperDies", done: true }], build)
          const { error, result } = yield* world.client.request("send", { chat_id: 1, text: "hi", transport })
          expect((yield* world.chats.sent()).map(({ text }) => text)).toEqual(texts)
          if (texts.length === 2) expect(result).toMatchObject({ transport: "applescript", id: 2 })
          else expect(error).toBeDefined()
        })
    )
  }
})

describe("helperHangs", () => {
  it.scopedLive("holds up every change behind it, and no read", () =>
    Effect.gen(function* () {
      const world = yield* withBridge([{ _tag: "helperHangs", method: "typing" }])
      const typing = yield* world.client.post("typing", { chat_id: 1 })
      yield* struck(world, "helperHangs")
      const send = yield* world.client.post("send", { chat_id: 1, text: "hi" })
      yield* requestRead(world, "send")
      expect((yield* world.client.request("chats.list")).error).toBeUndefined()
      const answered = (yield* world.client.frames).map(({ id }) => id)
      expect([answered.includes(typing), answered.includes(send)]).toEqual([false, false])
      expect(yield* world.chats.sent()).toEqual([])
    })
  )
})

describe("helperRefuses", () => {
  it.scopedLive("the method that it is for, as often as it says, in its words", () =>
    Effect.gen(function* () {
      const detail = "Message not found: 1"
      const world = yield* withBridge([{ _tag: "helperRefuses", method: "send.rich", detail, times: 2 }])
      expect((yield* world.client.request("typing", { chat_id: 1 })).error).toBeUndefined()
      for (const text of ["one", "two"]) {
        expect((yield* rich(world, text)).error).toMatchObject({
          code: -32603,
          data: { retry_safe: true, disposition: "not_started", transport: "bridge", detail }
        })
      }
      expect((yield* rich(world, "three")).error).toBeUndefined()
      expect((yield* world.chats.sent()).map(({ text }) => text)).toEqual(["three"])
    })
  )

  it.scopedLive("names the helper before 0.14", () =>
    Effect.gen(function* () {
      const world = yield* withBridge([{ _tag: "helperRefuses", detail: "Chat not found" }], "0.9.0")
      expect((yield* rich(world, "one")).error).toMatchObject({
        code: -32603,
        data: "Dylib error: Chat not found"
      })
    })
  )
})

describe("loseReply", () => {
  it.scopedLive("what was asked for is done, and never answered; what comes after is", () =>
    Effect.gen(function* () {
      const world = yield* withBridge([{ _tag: "loseReply", method: "send.rich" }])
      const lost = yield* world.client.post("send.rich", { chat_id: 1, text: "one" })
      expect((yield* rich(world, "two")).error).toBeUndefined()
      expect((yield* world.client.frames).map(({ id }) => id)).not.toContain(lost)
      expect((yield* world.chats.sent()).map(({ text }) => text)).toEqual(["one", "two"])
      expect(yield* outcomes(world)).toEqual([
        ["send.rich", "unanswered"],
        ["send.rich", "done"]
      ])
    })
  )

  it.scopedLive("or the child dies of it", () =>
    Effect.gen(function* () {
      const world = yield* withBridge([{ _tag: "loseReply", exits: true }])
      yield* world.client.post("poll.send", { chat_id: 1, question: "Where?", options: ["Here", "There"] })
      expect(yield* world.client.exit).toEqual(Exit.succeed(1))
      expect(yield* eventually("the poll", world.chats.sent(), (all) => all.length === 2)).toMatchObject([
        { extras: { poll: { question: "Where?" } } },
        { text: "Where?" }
      ])
      expect(yield* world.client.frames).toEqual([])
    })
  )
})
