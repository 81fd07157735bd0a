import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Option, Ref, TestClock } from "effect"
import * as LifecycleLive from "../../../src/layers/process/LifecycleLive.ts"
import { Lifecycle } from "../../../src/services/Lifecycle.ts"

/** Whether the fiber has ended by now. */
const hasEnded = <A, E>(fiber: Fiber.Fiber<A, E>) => Effect.map(Fiber.poll(fiber), Option.isSome)

/** Starts a piece of work that runs until `finish`. */
const startWork = Effect.gen(function* () {
  const { work } = yield* Lifecycle
  const begun = yield* Deferred.make<void>()
  const finish = yield* Deferred.make<void>()
  const fiber = yield* Effect.fork(
    work(Deferred.succeed(begun, undefined).pipe(Effect.zipRight(Deferred.await(finish))))
  )
  yield* Deferred.await(begun)
  return { fiber, finish: Deferred.succeed(finish, undefined) }
})

describe("work", () => {
  it.effect("gives what its effect gives", () =>
    Effect.gen(function* () {
      const { work } = yield* Lifecycle
      expect(yield* work(Effect.succeed(1))).toBe(1)
      expect(yield* Effect.flip(work(Effect.fail("no")))).toBe("no")
    }).pipe(Effect.provide(LifecycleLive.layer))
  )

  it.effect("does not start once the stop has begun", () =>
    Effect.gen(function* () {
      const { stop, work } = yield* Lifecycle
      const ran = yield* Ref.make(false)
      yield* stop(0)
      const fiber = yield* Effect.fork(work(Ref.set(ran, true)))
      yield* TestClock.adjust("1 minute")
      expect(yield* Ref.get(ran)).toBe(false)
      expect(yield* hasEnded(fiber)).toBe(false)
    }).pipe(Effect.provide(LifecycleLive.layer))
  )

  it.effect("that does not start can be interrupted", () =>
    Effect.gen(function* () {
      const { stop, work } = yield* Lifecycle
      yield* stop(0)
      const fiber = yield* Effect.fork(work(Effect.void))
      yield* Effect.yieldNow()
      expect(Exit.isInterrupted(yield* Fiber.interrupt(fiber))).toBe(true)
    }).pipe(Effect.provide(LifecycleLive.layer))
  )
})

describe("the stop", () => {
  it.effect("is over at once where nothing runs", () =>
    Effect.gen(function* () {
      const { stop } = yield* Lifecycle
      expect(yield* stop(1000)).toBe(true)
    }).pipe(Effect.provide(LifecycleLive.layer))
  )

  it.effect("is over at once where all work has ended before", () =>
    Effect.gen(function* () {
      const { stop, work } = yield* Lifecycle
      yield* work(Effect.void)
      yield* Effect.exit(work(Effect.fail("no")))
      yield* Effect.exit(work(Effect.die("defect")))
      expect(yield* stop(1000)).toBe(true)
    }).pipe(Effect.provide(LifecycleLive.layer))
  )

  it.effect("waits for what runs, all of it", () =>
    Effect.gen(function* () {
      const { stop } = yield* Lifecycle
      const one = yield* startWork
      const two = yield* startWork
      const stopping = yield* Effect.fork(stop(1000))
      yield* one.finish
      yield* TestClock.adjust(999)
      expect(yield* hasEnded(stopping)).toBe(false)
      yield* two.finish
      expect(yield* Fiber.join(stopping)).toBe(true)
    }).pipe(Effect.provide(LifecycleLive.layer))
  )

  it.effect("gives up after its time, and does not end what runs", () =>
    Effect.gen(function* () {
      const { stop } = yield* Lifecycle
      const { fiber } = yield* startWork
      const stopping = yield* Effect.fork(stop(1000))
      yield* TestClock.adjust(1000)
      expect(yield* Fiber.join(stopping)).toBe(false)
      expect(yield* hasEnded(fiber)).toBe(false)
    }).pipe(Effect.provide(LifecycleLive.layer))
  )

  it.effect("gives up after its time also in a finalizer, where nothing can be interrupted", () =>
    Effect.gen(function* () {
      const { stop } = yield* Lifecycle
      yield* startWork
      const answer = yield* Ref.make<boolean | undefined>(undefined)
      const closing = yield* Effect.fork(
        Effect.scoped(Effect.addFinalizer(() => Effect.flatMap(stop(1000), (all) => Ref.set(answer, all))))
      )
      yield* TestClock.adjust(1000)
      yield* Effect.repeatN(Effect.yieldNow(), 100)
      expect(yield* hasEnded(closing)).toBe(true)
      expect(yield* Ref.get(answer)).toBe(false)
    }).pipe(Effect.provide(LifecycleLive.layer))
  )

  it.effect("waits on where an interruption comes while it waits in a finalizer", () =>
    Effect.gen(function* () {
      const { stop } = yield* Lifecycle
      const { finish } = yield* startWork
      const answer = yield* Ref.make<boolean | undefined>(undefined)
      const closing = yield* Effect.fork(
        Effect.scoped(Effect.addFinalizer(() => Effect.flatMap(stop(1000), (all) => Ref.set(answer, all))))
      )
      yield* Effect.repeatN(Effect.yieldNow(), 100)
      const interrupting = yield* Effect.fork(Fiber.interrupt(closing))
      yield* Effect.repeatN(Effect.yieldNow(), 100)
      yield* finish
      yield* Fiber.join(interrupting)
      expect(yield* Ref.get(answer)).toBe(true)
    }).pipe(Effect.provide(LifecycleLive.layer))
  )

  it.effect("counts interrupted work as ended", () =>
    Effect.gen(function* () {
      const { stop } = yield* Lifecycle
      const { fiber } = yield* startWork
      yield* Fiber.interrupt(fiber)
      expect(yield* stop(1000)).toBe(true)
    }).pipe(Effect.provide(LifecycleLive.layer))
  )

  it.effect("does not wait for work that came too late", () =>
    Effect.gen(function* () {
      const { stop, work } = yield* Lifecycle
      const running = yield* startWork
      const stopping = yield* Effect.fork(stop(1000))
      yield* TestClock.adjust(1)
      yield* Effect.fork(work(Effect.never))
      yield* running.finish
      expect(yield* Fiber.join(stopping)).toBe(true)
    }).pipe(Effect.provide(LifecycleLive.layer))
  )

  it.effect("is announced when it begins, not when it is over", () =>
    Effect.gen(function* () {
      const { stop, stopping } = yield* Lifecycle
      yield* startWork
      const announced = yield* Effect.fork(stopping)
      yield* Effect.yieldNow()
      expect(yield* hasEnded(announced)).toBe(false)
      yield* Effect.fork(stop(1000))
      yield* Fiber.join(announced)
    }).pipe(Effect.provide(LifecycleLive.layer))
  )

  it.effect("is announced to who asks later", () =>
    Effect.gen(function* () {
      const { stop, stopping } = yield* Lifecycle
      yield* stop(0)
      yield* stopping
    }).pipe(Effect.provide(LifecycleLive.layer))
  )

  it.effect("leaves none of many begun beside it unnoticed", () =>
    Effect.gen(function* () {
      const { stop, work } = yield* Lifecycle
      const inside = yield* Ref.make(0)
      const piece = work(
        Ref.update(inside, (count) => count + 1).pipe(
          Effect.zipRight(Effect.yieldNow()),
          Effect.ensuring(Ref.update(inside, (count) => count - 1))
        )
      )
      yield* Effect.forEach(Array.from({ length: 200 }), () => Effect.fork(Effect.forever(piece)))
      yield* Effect.yieldNow()
      expect(yield* stop(1000)).toBe(true)
      expect(yield* Ref.get(inside)).toBe(0)
    }).pipe(Effect.provide(LifecycleLive.layer))
  )
})
