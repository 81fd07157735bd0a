/** What a child is asked to show, and when, in virtual time. */
import { describe, expect, it } from "@effect/vitest"
import { Clock, Effect, Exit, Fiber, Option, Ref, Scope, TestClock } from "effect"
import * as PresenceLive from "../../../../src/layers/presence/PresenceLive.ts"
import * as AccountContext from "../../../../src/programs/account/AccountContext.ts"
import { PAUSE_MS } from "../../../../src/programs/account/bridgePause.ts"
import { HUNG_MS } from "../../../../src/programs/account/presence/carryOut.ts"
import { showPresence } from "../../../../src/programs/account/presence/showPresence.ts"
import { RpcFailed } from "../../../../src/schemas/errors/imsg.ts"
import type { Target } from "../../../../src/schemas/Target.ts"
import { Presence } from "../../../../src/services/Presence.ts"
import { type ConfigFileContent, makeAccount } from "../../../support/configs.ts"
import { type Answer, type ChildOptions, exited, makeChild } from "../../../support/fakeImsg.ts"

const ACCOUNT = "default"
const one: Target = { _tag: "ChatId", chatId: 1 }
const two: Target = { _tag: "ChatId", chatId: 2 }
const BRIDGE = ["typing", "read"]
const LONG = "10 minutes"

const ok: Answer = () => Effect.succeed({ ok: true })
/** Answers after so many ms. */
const after =
  (ms: number): Answer =>
  () =>
    Effect.delay(Effect.succeed({ ok: true }), ms)
const refuses =
  (rpcCode: number): Answer =>
  ({ method }) =>
    Effect.fail(new RpcFailed({ method, rpcCode, reason: "no" }))

interface Options extends ChildOptions {
  readonly account?: ConfigFileContent
}

/** An account whose child shows what is wanted; what was asked is told as `12.5 typing 1`, in seconds. */
const begin = ({ account = {}, ...child }: Options = {}) =>
  Effect.gen(function* () {
    const context = yield* AccountContext.make(makeAccount(account))
    const startedAt = yield* Clock.currentTimeMillis
    const told = yield* Ref.make<ReadonlyArray<string>>([])
    const answer: Answer = (asked) =>
      Effect.gen(function* () {
        const { chat_id: chatId, typing } = { chat_id: 0, typing: true, ...asked.params }
        const seconds = ((yield* Clock.currentTimeMillis) - startedAt) / 1000
        yield* Ref.update(told, (all) => [
          ...all,
          `${seconds} ${asked.method === "typing" && !typing ? "quiet" : asked.method} ${chatId}`
        ])
        return yield* (child.answer ?? ok)(asked)
      })
    const start = Effect.gen(function* () {
      const { session, ...rest } = yield* makeChild({ methods: BRIDGE, ...child, answer })
      const condemned = yield* context.link.connect(session)
      const fiber = yield* Effect.fork(showPresence(context, session))
      return { ...rest, session, condemned, fiber }
    })
    const presence = yield* Presence
    const turns = yield* Scope.make()
    return {
      context,
      told: Ref.get(told),
      start,
      first: yield* start,
      read: (target: Target) => Effect.zipRight(presence.read(ACCOUNT, target), TestClock.adjust(0)),
      begin: (target: Target) =>
        presence
          .typing(ACCOUNT, target)
          .pipe(Effect.provideService(Scope.Scope, turns), Effect.zipRight(TestClock.adjust(0))),
      end: Effect.zipRight(Scope.close(turns, Exit.void), TestClock.adjust(0)),
      isShown: (target: Target) => presence.isShown(ACCOUNT, target)
    }
  })

const pass = TestClock.adjust

describe("what people are shown", () => {
  it.effect("is that a message is read, then that somebody writes, renewed, and ended after the reply", () =>
    Effect.gen(function* () {
      const { begin: turn, end, isShown, read, told } = yield* begin()
      yield* read(one)
      yield* turn(one)
      yield* pass("35 seconds")
      expect(yield* isShown(one)).toBe(true)
      yield* end
      yield* pass(LONG)
      expect(yield* told).toEqual(["0 read 1", "1 typing 1", "31 typing 1", "35.5 quiet 1"])
      expect(yield* isShown(one)).toBe(false)
    }).pipe(Effect.provide(PresenceLive.layer))
  )

  it.effect("is nothing of a turn that is over before its chat may be called for again", () =>
    Effect.gen(function* () {
      const { begin: turn, end, read, told } = yield* begin()
      yield* read(one)
      yield* turn(one)
      yield* pass(900)
      yield* end
      yield* pass(LONG)
      expect(yield* told).toEqual(["0 read 1"])
    }).pipe(Effect.provide(PresenceLive.layer))
  )

  it.effect("is asked for once a second and chat at most, however much is wanted", () =>
    Effect.gen(function* () {
      const { read, told } = yield* begin()
      for (let time = 0; time < 25; time++) {
        yield* read(one)
        yield* pass(100)
      }
      yield* pass(LONG)
      expect(yield* told).toEqual(["0 read 1", "1 read 1", "2 read 1", "3 read 1"])
    }).pipe(Effect.provide(PresenceLive.layer))
  )

  it.effect("is asked for one call after the other, over all chats of an account", () =>
    Effect.gen(function* () {
      const { read, told } = yield* begin({ answer: after(400) })
      yield* read(one)
      yield* read(two)
      yield* pass(399)
      expect(yield* told).toEqual(["0 read 1"])
      yield* pass(1)
      expect(yield* told).toEqual(["0 read 1", "0.4 read 2"])
    }).pipe(Effect.provide(PresenceLive.layer))
  )

  for (const [account, expected] of [
    [{ typing: false }, ["0 read 1"]],
    [{ sendReadReceipts: false }, ["0 typing 1"]]
  ] as const) {
    it.effect(`is ${expected} where the config says ${JSON.stringify(account)}`, () =>
      Effect.gen(function* () {
        const { begin: turn, read, told } = yield* begin({ account })
        yield* read(one)
        yield* turn(one)
        yield* pass("5 seconds")
        expect(yield* told).toEqual(expected)
      }).pipe(Effect.provide(PresenceLive.layer))
    )
  }

  it.effect("is nothing of somebody whose chat is not known", () =>
    Effect.gen(function* () {
      const { begin: turn, told } = yield* begin()
      yield* turn({ _tag: "Handle", handle: "+15555550123", service: "auto" })
      yield* pass(LONG)
      expect(yield* told).toEqual([])
    }).pipe(Effect.provide(PresenceLive.layer))
  )
})

describe("a child", () => {
  it.effect("without a bridge is asked for nothing", () =>
    Effect.gen(function* () {
      const { begin: turn, first, read, told } = yield* begin({ methods: ["send"] })
      yield* read(one)
      yield* turn(one)
      yield* pass(LONG)
      expect(yield* told).toEqual([])
      expect(yield* first.asked).toEqual([])
    }).pipe(Effect.provide(PresenceLive.layer))
  )

  it.effect("whose bridge comes while a turn runs shows it from then on", () =>
    Effect.gen(function* () {
      const isReady = yield* Ref.make(false)
      const answer: Answer = ({ method }) =>
        method === "status"
          ? Effect.map(Ref.get(isReady), (ready) => ({ methods: BRIDGE, bridge: { ready } }))
          : Effect.succeed({ ok: true })
      const { begin: turn, first, told } = yield* begin({ answer, methods: [] })
      yield* turn(one)
      yield* pass("10 seconds")
      yield* Ref.set(isReady, true)
      yield* first.session.status(1000)
      yield* pass("1 second")
      expect(yield* told).toEqual(["10 status 0", "10 typing 1"])
    }).pipe(Effect.provide(PresenceLive.layer))
  )

  it.effect("is not asked while a delivery is in hand", () =>
    Effect.gen(function* () {
      const { begin: turn, context, told } = yield* begin()
      yield* Ref.set(context.inHand, 1)
      yield* turn(one)
      yield* pass("5 seconds")
      expect(yield* told).toEqual([])
      yield* Ref.set(context.inHand, 0)
      yield* pass(250)
      expect(yield* told).toEqual(["5.25 typing 1"])
    }).pipe(Effect.provide(PresenceLive.layer))
  )

  for (const { asked, concurrentReads } of [
    { concurrentReads: true, asked: ["0 typing 1"] },
    { concurrentReads: false, asked: [] }
  ]) {
    const build = concurrentReads ? "of 0.14" : "of before 0.14"
    it.effect(`${build} that is busy with a read is asked for ${asked.length} calls`, () =>
      Effect.gen(function* () {
        const { begin: turn, told } = yield* begin({ concurrentReads, isIdle: Effect.succeed(false) })
        yield* turn(one)
        yield* pass("5 seconds")
        expect(yield* told).toEqual(asked)
      }).pipe(Effect.provide(PresenceLive.layer))
    )
  }

  it.effect("that mutates something for somebody else is not asked", () =>
    Effect.gen(function* () {
      const { begin: turn, told } = yield* begin({ isMutating: Effect.succeed(true) })
      yield* turn(one)
      yield* pass("5 seconds")
      expect(yield* told).toEqual([])
    }).pipe(Effect.provide(PresenceLive.layer))
  )

  it.effect("that ends leaves nobody writing", () =>
    Effect.gen(function* () {
      const { begin: turn, first, told } = yield* begin()
      yield* turn(one)
      yield* turn(two)
      yield* pass("5 seconds")
      yield* Fiber.interrupt(first.fiber)
      expect(yield* told).toEqual(["0 typing 1", "0 typing 2", "5 quiet 1", "5 quiet 2"])
    }).pipe(Effect.provide(PresenceLive.layer))
  )

  it.effect("that has ended by itself is told nothing, and the next one shows it again", () =>
    Effect.gen(function* () {
      const { begin: turn, first, start, told } = yield* begin()
      yield* turn(one)
      yield* pass("5 seconds")
      yield* first.end(exited)
      yield* Fiber.interrupt(first.fiber)
      yield* start
      yield* pass("2 seconds")
      expect((yield* told).at(-1)).toBe("6 typing 1")
    }).pipe(Effect.provide(PresenceLive.layer))
  )

  it.effect("cannot hold the end up for more than a second", () =>
    Effect.gen(function* () {
      const answer: Answer = ({ params }) =>
        "typing" in params && params.typing === false ? Effect.never : Effect.succeed({ ok: true })
      const { begin: turn, first } = yield* begin({ answer })
      yield* turn(one)
      yield* pass("5 seconds")
      const ending = yield* Effect.fork(Fiber.interrupt(first.fiber))
      yield* pass(1000)
      expect(Option.isSome(yield* Fiber.poll(ending))).toBe(true)
    }).pipe(Effect.provide(PresenceLive.layer))
  )
})

describe("a call", () => {
  it.effect("that takes long is the last one of its child", () =>
    Effect.gen(function* () {
      const answer: Answer = (asked) =>
        after("typing" in asked.params && asked.params.typing ? 3001 : 0)(asked)
      const { begin: turn, first, read, start, told } = yield* begin({ answer })
      yield* turn(one)
      yield* pass("5 seconds")
      yield* read(two)
      yield* pass(LONG)
      expect(yield* told).toEqual(["0 typing 1"])
      yield* Fiber.interrupt(first.fiber)
      yield* start
      yield* pass("1 second")
      expect((yield* told).slice(1)).toEqual(["605 quiet 1", "606 typing 1"])
    }).pipe(Effect.provide(PresenceLive.layer))
  )

  /** Never answers a call; other questions as it is said. */
  const hanging =
    (other: Answer = () => Effect.succeed({ methods: BRIDGE, bridge: { ready: true } })): Answer =>
    (asked) =>
      BRIDGE.includes(asked.method) ? Effect.never : other(asked)

  it.effect("that is never answered costs the child once, and nothing is shown for an hour", () =>
    Effect.gen(function* () {
      const { begin: turn, first, start, told } = yield* begin({ answer: hanging() })
      const replaced = yield* Effect.fork(Effect.flip(first.condemned))
      yield* turn(one)
      yield* pass(HUNG_MS)
      expect((yield* Fiber.join(replaced)).message).toContain("`typing` within 6000 ms")
      yield* Fiber.interrupt(first.fiber)
      yield* start
      yield* pass(PAUSE_MS - 1)
      expect(yield* told).toEqual(["0 typing 1", "6 status 0"])
      yield* pass(1)
      yield* turn(two)
      expect((yield* told)[2]).toBe("3606 typing 1")
    }).pipe(Effect.provide(PresenceLive.layer))
  )

  it.effect("that is unanswered when a send behind it gives the child up is not tried with the next", () =>
    Effect.gen(function* () {
      const { begin: turn, first, start, told } = yield* begin({ answer: hanging() })
      yield* turn(one)
      yield* pass("5 seconds")
      yield* Fiber.interrupt(first.fiber)
      yield* start
      yield* pass("50 minutes")
      expect(yield* told).toEqual(["0 typing 1"])
    }).pipe(Effect.provide(PresenceLive.layer))
  )

  it.effect("that is unanswered for a moment when the child ends is tried again", () =>
    Effect.gen(function* () {
      const { begin: turn, first, start, told } = yield* begin({ answer: hanging() })
      yield* turn(one)
      yield* pass("2 seconds")
      yield* first.end(exited)
      yield* Fiber.interrupt(first.fiber)
      yield* start
      yield* pass("1 minute")
      expect((yield* told)[1]).toBe("30 typing 1")
    }).pipe(Effect.provide(PresenceLive.layer))
  )

  it.effect("of a child that answers nothing else either is the heartbeat's business", () =>
    Effect.gen(function* () {
      const { begin: turn, context, told } = yield* begin({ answer: hanging(() => Effect.never) })
      yield* turn(one)
      yield* pass(LONG)
      expect(yield* told).toEqual(["0 typing 1", "6 status 0"])
      expect(Option.isSome(yield* context.link.poll)).toBe(true)
    }).pipe(Effect.provide(PresenceLive.layer))
  )

  for (const { answer, calls, what } of [
    { what: "that is refused each time is tried three times", answer: refuses(-32603), calls: 3 },
    { what: "that the build does not know is tried once", answer: refuses(-32601), calls: 1 },
    { what: "that is refused for want of the bridge is tried once", answer: refuses(-32003), calls: 1 }
  ]) {
    it.effect(`${what}, and is not shown`, () =>
      Effect.gen(function* () {
        const { begin: turn, isShown, told } = yield* begin({ answer })
        yield* turn(one)
        yield* pass(LONG)
        expect((yield* told).length).toBe(calls)
        expect(yield* isShown(one)).toBe(false)
      }).pipe(Effect.provide(PresenceLive.layer))
    )
  }
})
