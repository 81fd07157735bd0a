import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Option, TestClock } from "effect"
import * as FlowControlLive from "../../../src/layers/inbox/FlowControlLive.ts"
import { FlowControl } from "../../../src/services/FlowControl.ts"

/** As in the layer: messages in flight at once, and those of one session before it counts as having a backlog. */
const PERMITS = 64
const BACKLOG = 16

/** Lets every fiber go as far as it can without the clock. */
const settled = Effect.repeatN(Effect.yieldNow(), 50)

/** Starts to admit a message, and gives whether it has been admitted since. */
const admit = (sessionKey: string, key: string) =>
  Effect.gen(function* () {
    const flowControl = yield* FlowControl
    const fiber = yield* Effect.fork(flowControl.admit(sessionKey, key))
    yield* settled
    return {
      fiber,
      isAdmitted: settled.pipe(Effect.zipRight(Fiber.poll(fiber)), Effect.map(Option.isSome))
    }
  })

/** Takes every permit, each for a session of its own. */
const takeAll = Effect.gen(function* () {
  const flowControl = yield* FlowControl
  for (let at = 0; at < PERMITS; at++) yield* flowControl.admit(`session-${at}`, `key-${at}`)
})

describe("a message", () => {
  it.effect("is admitted at once while there are permits", () =>
    Effect.gen(function* () {
      yield* takeAll
    }).pipe(Effect.provide(FlowControlLive.layer))
  )

  it.effect("waits where there is none", () =>
    Effect.gen(function* () {
      yield* takeAll
      const late = yield* admit("late", "late")
      expect(yield* late.isAdmitted).toBe(false)
    }).pipe(Effect.provide(FlowControlLive.layer))
  )

  it.effect("is admitted as soon as another is done with", () =>
    Effect.gen(function* () {
      const flowControl = yield* FlowControl
      yield* takeAll
      const late = yield* admit("late", "late")
      yield* flowControl.finished("session-9", "key-9")
      expect(yield* late.isAdmitted).toBe(true)
    }).pipe(Effect.provide(FlowControlLive.layer))
  )

  it.effect("is admitted where another is done with while it begins to wait", () =>
    Effect.gen(function* () {
      const flowControl = yield* FlowControl
      yield* takeAll
      const late = yield* Effect.fork(flowControl.admit("late", "late"))
      yield* Effect.yieldNow()
      yield* flowControl.finished("session-9", "key-9")
      yield* settled
      expect(Option.isSome(yield* Fiber.poll(late))).toBe(true)
    }).pipe(Effect.provide(FlowControlLive.layer))
  )

  it.effect("is not admitted when one is done with that had no permit", () =>
    Effect.gen(function* () {
      const flowControl = yield* FlowControl
      yield* takeAll
      const late = yield* admit("late", "late")
      yield* flowControl.finished("session-9", "another")
      expect(yield* late.isAdmitted).toBe(false)
    }).pipe(Effect.provide(FlowControlLive.layer))
  )

  it.effect("is admitted after a second, whatever hangs", () =>
    Effect.gen(function* () {
      yield* takeAll
      const late = yield* admit("late", "late")
      yield* TestClock.adjust(999)
      expect(yield* late.isAdmitted).toBe(false)
      yield* TestClock.adjust(1)
      expect(yield* late.isAdmitted).toBe(true)
    }).pipe(Effect.provide(FlowControlLive.layer))
  )

  it.effect("waits only for what is left of the second of the oldest permit", () =>
    Effect.gen(function* () {
      yield* takeAll
      yield* TestClock.adjust(600)
      const late = yield* admit("late", "late")
      yield* TestClock.adjust(400)
      expect(yield* late.isAdmitted).toBe(true)
    }).pipe(Effect.provide(FlowControlLive.layer))
  )

  it.effect("that is done with gives its permit back, so that any number passes one after the other", () =>
    Effect.gen(function* () {
      const flowControl = yield* FlowControl
      for (let at = 0; at < 10 * PERMITS; at++) {
        yield* flowControl.admit("session", `key-${at}`)
        yield* flowControl.finished("session", `key-${at}`)
      }
    }).pipe(Effect.provide(FlowControlLive.layer))
  )

  it.effect("that gave up waiting leaves its turn to the next", () =>
    Effect.gen(function* () {
      const flowControl = yield* FlowControl
      yield* takeAll
      const first = yield* admit("first", "first")
      const second = yield* admit("second", "second")
      yield* Fiber.interrupt(first.fiber)
      yield* flowControl.finished("session-0", "key-0")
      expect(yield* second.isAdmitted).toBe(true)
    }).pipe(Effect.provide(FlowControlLive.layer))
  )

  it.effect("that comes again while it is unfinished has one permit", () =>
    Effect.gen(function* () {
      const flowControl = yield* FlowControl
      for (let time = 0; time < 10; time++) yield* flowControl.admit("session", "key")
      for (let at = 1; at < PERMITS; at++) yield* flowControl.admit(`session-${at}`, `key-${at}`)
      const late = yield* admit("late", "late")
      expect(yield* late.isAdmitted).toBe(false)
    }).pipe(Effect.provide(FlowControlLive.layer))
  )

  it.effect("that comes again holds its permit for another second, and nobody else's", () =>
    Effect.gen(function* () {
      const flowControl = yield* FlowControl
      yield* takeAll
      yield* TestClock.adjust(500)
      yield* flowControl.admit("session-0", "key-0")
      const late = yield* admit("late", "late")
      yield* TestClock.adjust(500)
      expect(yield* late.isAdmitted).toBe(true)
    }).pipe(Effect.provide(FlowControlLive.layer))
  )

  it.effect("that is finished without having been admitted is no matter", () =>
    Effect.gen(function* () {
      const flowControl = yield* FlowControl
      for (let at = 0; at < 100; at++) yield* flowControl.finished("session", `key-${at}`)
      yield* takeAll
      const late = yield* admit("late", "late")
      expect(yield* late.isAdmitted).toBe(false)
    }).pipe(Effect.provide(FlowControlLive.layer))
  )
})

describe("a session with a backlog", () => {
  const build = Effect.gen(function* () {
    const flowControl = yield* FlowControl
    for (let at = 0; at < BACKLOG; at++) yield* flowControl.admit("hung", `hung-${at}`)
  })

  it.effect("is admitted without a permit", () =>
    Effect.gen(function* () {
      yield* build
      yield* takeAll.pipe(Effect.timeout("1 minute"), Effect.fork)
      const more = yield* admit("hung", "more")
      expect(yield* more.isAdmitted).toBe(true)
    }).pipe(Effect.provide(FlowControlLive.layer))
  )

  it.effect("leaves the permits to the others", () =>
    Effect.gen(function* () {
      const flowControl = yield* FlowControl
      yield* build
      for (let at = 0; at < 1000; at++) yield* flowControl.admit("hung", `more-${at}`)
      for (let at = 0; at < PERMITS - BACKLOG; at++) yield* flowControl.admit(`session-${at}`, `key-${at}`)
    }).pipe(Effect.provide(FlowControlLive.layer))
  )

  it.effect("takes permits again when its messages are done with", () =>
    Effect.gen(function* () {
      const flowControl = yield* FlowControl
      yield* build
      for (let at = 0; at < BACKLOG; at++) yield* flowControl.finished("hung", `hung-${at}`)
      yield* takeAll
      const late = yield* admit("hung", "late")
      expect(yield* late.isAdmitted).toBe(false)
    }).pipe(Effect.provide(FlowControlLive.layer))
  )

  it.effect("has none where one message was shown again and again", () =>
    Effect.gen(function* () {
      const flowControl = yield* FlowControl
      for (let time = 0; time < 2 * BACKLOG; time++) yield* flowControl.admit("session", "key")
      yield* flowControl.finished("session", "key")
      yield* takeAll
      const late = yield* admit("session", "late")
      expect(yield* late.isAdmitted).toBe(false)
    }).pipe(Effect.provide(FlowControlLive.layer))
  )

  it.effect("is not thought to have one for ever by messages that nobody reports as finished", () =>
    Effect.gen(function* () {
      yield* build
      yield* TestClock.adjust("1 minute")
      yield* takeAll
      const late = yield* admit("hung", "late")
      expect(yield* late.isAdmitted).toBe(false)
    }).pipe(Effect.provide(FlowControlLive.layer))
  )
})
