import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Option, Ref, Scope, TestClock } from "effect"
import { announce } from "../../../src/programs/gateway/announce.ts"
import { Notify } from "../../../src/services/Notify.ts"

/** Announces a gateway whose store answers as `answers` says; `told` is what the service manager heard. */
const announced = <A, E>(
  answers: Effect.Effect<A, E>,
  watchdogMs: Option.Option<number> = Option.some(60_000)
) =>
  Effect.gen(function* () {
    const told = yield* Ref.make<ReadonlyArray<string>>([])
    const tell = (word: string) => Ref.update(told, (words) => [...words, word])
    const scope = yield* Scope.make()
    yield* announce(answers).pipe(
      Scope.extend(scope),
      Effect.provideService(Notify, {
        ready: tell("ready"),
        alive: tell("alive"),
        stopping: tell("stopping"),
        watchdogMs
      })
    )
    yield* TestClock.adjust(0)
    return { told: Ref.get(told), close: Scope.close(scope, Exit.void) }
  })

describe("the service manager", () => {
  it.effect("hears at once that the gateway is up and well", () =>
    Effect.gen(function* () {
      const { told } = yield* announced(Effect.void)
      expect(yield* told).toEqual(["ready", "alive"])
    })
  )

  it.effect("hears every half of its time that the gateway is well", () =>
    Effect.gen(function* () {
      const { told } = yield* announced(Effect.void)
      yield* TestClock.adjust(29_999)
      expect(yield* told).toEqual(["ready", "alive"])
      yield* TestClock.adjust(1)
      yield* TestClock.adjust(30_000)
      expect(yield* told).toEqual(["ready", "alive", "alive", "alive"])
    })
  )

  it.effect("hears nothing between start and stop without a watchdog", () =>
    Effect.gen(function* () {
      const { close, told } = yield* announced(Effect.void, Option.none())
      yield* TestClock.adjust("1 hour")
      yield* close
      expect(yield* told).toEqual(["ready", "stopping"])
    })
  )

  it.effect("hears of the stop once, and nothing after it", () =>
    Effect.gen(function* () {
      const { close, told } = yield* announced(Effect.void)
      yield* close
      yield* TestClock.adjust("1 hour")
      expect(yield* told).toEqual(["ready", "alive", "stopping"])
    })
  )

  it.effect("hears nothing while the store fails, and again once it answers", () =>
    Effect.gen(function* () {
      const fails = yield* Ref.make(true)
      const { told } = yield* announced(Effect.filterOrFail(Ref.get(fails), (is) => !is))
      yield* TestClock.adjust("2 minutes")
      expect(yield* told).toEqual(["ready"])
      yield* Ref.set(fails, false)
      yield* TestClock.adjust("30 seconds")
      expect(yield* told).toEqual(["ready", "alive"])
    })
  )

  it.effect("hears nothing from a store that never answers", () =>
    Effect.gen(function* () {
      const { close, told } = yield* announced(Effect.never)
      yield* TestClock.adjust("10 minutes")
      expect(yield* told).toEqual(["ready"])
      yield* close
    })
  )

  it.effect("hears again from a gateway of which one question was never answered", () =>
    Effect.gen(function* () {
      const asked = yield* Ref.make(0)
      const { told } = yield* announced(
        Effect.flatMap(
          Ref.updateAndGet(asked, (count) => count + 1),
          (count) => (count === 1 ? Effect.never : Effect.void)
        )
      )
      yield* TestClock.adjust("30 seconds")
      yield* TestClock.adjust("30 seconds")
      expect((yield* told).slice(0, 2)).toEqual(["ready", "alive"])
    })
  )

  it.effect("hears nothing from a store that dies", () =>
    Effect.gen(function* () {
      const { told } = yield* announced(Effect.die("defect"))
      yield* TestClock.adjust("10 minutes")
      expect(yield* told).toEqual(["ready"])
    })
  )
})
