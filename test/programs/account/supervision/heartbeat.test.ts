import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Option, Ref, TestClock } from "effect"
import { allowance, heartbeat } from "../../../../src/programs/account/supervision/heartbeat.ts"
import { ChildExited, DatabaseUnavailable, RpcFailed } from "../../../../src/schemas/errors/imsg.ts"
import { makeAccount } from "../../../support/configs.ts"
import { makeChild, silent } from "../../../support/fakeImsg.ts"

const BEAT = 30_000
const LIMIT = 10_000
const { supervision } = makeAccount({
  supervision: { heartbeatMs: BEAT, heartbeatTimeoutMs: LIMIT, requestTimeoutMs: LIMIT }
})

type Options = NonNullable<Parameters<typeof makeChild>[0]>

const start = (options: Options) =>
  Effect.gen(function* () {
    const { asked, session } = yield* makeChild(options)
    const fiber = yield* Effect.fork(heartbeat(session, supervision))
    return { asked, fiber }
  })

const alive = Effect.succeed({ chats: [] })

describe("the heartbeat", () => {
  it.effect("asks at once, and not again before its time", () =>
    Effect.gen(function* () {
      const { asked } = yield* start({ answer: () => alive })
      yield* TestClock.adjust(BEAT - 1)
      expect(yield* asked).toHaveLength(1)
    })
  )

  const builds = [
    {
      what: "asks a build from 0.14 on for its status",
      concurrentReads: true,
      asked: { method: "status", params: {} }
    },
    {
      what: "asks an older build for a chat",
      concurrentReads: false,
      asked: { method: "chats.list", params: { limit: 1 } }
    }
  ]
  for (const { asked: expected, concurrentReads, what } of builds) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const { asked } = yield* start({ answer: () => alive, concurrentReads })
        yield* TestClock.adjust(0)
        expect(yield* asked).toEqual([expected])
      })
    )
  }

  it.effect("fails where the status says that the database cannot be read any more", () =>
    Effect.gen(function* () {
      const { fiber } = yield* start({
        answer: () => Effect.succeed({ database: { ready: false, error: "authorization denied (code: 23)" } })
      })
      yield* TestClock.adjust(BEAT)
      expect(yield* Effect.flip(Fiber.join(fiber))).toMatchObject({
        _tag: "PermissionDenied",
        permission: "FullDiskAccess"
      })
    })
  )

  it.effect("asks again and again, and goes on while the child answers", () =>
    Effect.gen(function* () {
      const { asked, fiber } = yield* start({ answer: () => alive })
      yield* TestClock.adjust(10 * BEAT)
      expect(yield* asked).toHaveLength(11)
      expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
    })
  )

  it.effect("fails when the child does not answer within the time of a request", () =>
    Effect.gen(function* () {
      const { fiber } = yield* start({ answer: silent })
      yield* TestClock.adjust(LIMIT - 1)
      expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
      yield* TestClock.adjust(1)
      expect(yield* Effect.flip(Fiber.join(fiber))).toMatchObject({
        _tag: "ChildStuck",
        watch: "heartbeat",
        method: "status",
        afterMs: LIMIT
      })
    })
  )

  it.effect("takes an answer that is late but in time", () =>
    Effect.gen(function* () {
      const { fiber } = yield* start({ answer: () => Effect.delay(alive, LIMIT - 1) })
      yield* TestClock.adjust(3 * (BEAT + LIMIT))
      expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
    })
  )

  it.effect("takes an error as a sign of life", () =>
    Effect.gen(function* () {
      const error = new RpcFailed({ method: "status", rpcCode: -32000, reason: "Server busy" })
      const { asked, fiber } = yield* start({ answer: () => Effect.fail(error) })
      yield* TestClock.adjust(3 * BEAT)
      expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
      expect(yield* asked).toHaveLength(4)
    })
  )

  const ends = [
    { what: "has ended", error: new ChildExited({ command: "imsg rpc", stderr: "" }) },
    { what: "cannot read its database", error: new DatabaseUnavailable({ detail: "denied" }) }
  ]
  for (const { error, what } of ends) {
    it.effect(`fails when the child ${what}`, () =>
      Effect.gen(function* () {
        const { fiber } = yield* start({ answer: () => Effect.fail(error) })
        yield* TestClock.adjust(BEAT)
        expect(yield* Fiber.await(fiber)).toEqual(Exit.fail(error))
      })
    )
  }

  it.effect("leaves a child alone that answers nothing beside a send, as long as it sends", () =>
    Effect.gen(function* () {
      const isSending = yield* Ref.make(true)
      const { asked, fiber } = yield* start({
        answer: silent,
        concurrentReads: false,
        isMutating: Ref.get(isSending)
      })
      yield* TestClock.adjust(5 * BEAT)
      expect(yield* asked).toEqual([])
      yield* Ref.set(isSending, false)
      yield* TestClock.adjust(BEAT + LIMIT)
      expect(yield* Effect.flip(Fiber.join(fiber))).toMatchObject({
        _tag: "ChildStuck",
        method: "chats.list"
      })
    })
  )

  it.effect("asks a child beside a send that answers then too", () =>
    Effect.gen(function* () {
      const { asked } = yield* start({ answer: () => alive, isMutating: Effect.succeed(true) })
      yield* TestClock.adjust(BEAT)
      expect(yield* asked).toHaveLength(2)
    })
  )

  it.effect("lets a child live that says something else meanwhile, for as long as a request may take", () =>
    Effect.gen(function* () {
      const quick = yield* makeChild({
        answer: silent,
        silentFor: Effect.succeed(100)
      })
      const patient = { ...supervision, heartbeatTimeoutMs: 1000 }
      const fiber = yield* Effect.fork(heartbeat(quick.session, patient))
      yield* TestClock.adjust(LIMIT - 1)
      expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
      yield* TestClock.adjust(1)
      expect(yield* Effect.flip(Fiber.join(fiber))).toMatchObject({ _tag: "ChildStuck", afterMs: LIMIT })
    })
  )

  it.effect("gives a child that was quick before only so much time", () =>
    Effect.gen(function* () {
      const isFrozen = yield* Ref.make(false)
      const { session } = yield* makeChild({
        answer: () => Effect.flatMap(Ref.get(isFrozen), (frozen) => (frozen ? Effect.never : alive))
      })
      const fiber = yield* Effect.fork(heartbeat(session, { ...supervision, heartbeatTimeoutMs: 1000 }))
      yield* TestClock.adjust(BEAT - 1)
      yield* Ref.set(isFrozen, true)
      yield* TestClock.adjust(1001)
      expect(yield* Effect.flip(Fiber.join(fiber))).toMatchObject({ _tag: "ChildStuck", afterMs: 1000 })
    })
  )
})

describe("how long a beat may be left unanswered", () => {
  const limits = { ...supervision, heartbeatTimeoutMs: 4000, requestTimeoutMs: 10_000 }
  for (const [what, took, isRemote, expected] of [
    ["is the time of a request where nothing is known yet", [], false, 10_000],
    ["is heartbeatTimeoutMs where the child is quick", [5, 20], false, 4000],
    ["is more where it was slow before", [2000, 2500], false, 8000],
    ["is not more for one slow answer", [3000, 5], false, 4000],
    ["is never more than the time of a request", [9000], false, 10_000],
    ["is the time of a request over SSH, where a network may stand still", [5], true, 10_000]
  ] as const) {
    it(what, () => expect(allowance(limits, took, isRemote)).toBe(expected))
  }

  it("is heartbeatTimeoutMs where that is more than the time of a request", () =>
    expect(allowance({ ...limits, requestTimeoutMs: 300 }, [], false)).toBe(4000))
})
