import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Layer, Redacted, TestClock } from "effect"
import * as DatabaseSqlite from "../../../../src/layers/sqlite/DatabaseSqlite.ts"
import * as AccessTokensSql from "../../../../src/layers/web/AccessTokensSql.ts"
import { makeTokens } from "../../../../src/programs/control/web/tokens.ts"
import { AccessTokens } from "../../../../src/services/AccessTokens.ts"

const TOKEN = "the token"
const store = Layer.provide(AccessTokensSql.layer, DatabaseSqlite.memory)
const configured = Redacted.make(TOKEN)
const tokens = makeTokens(configured, { perNetwork: 3, overall: 5 })

/** How a try ends: nothing, or the tag of the refusal. */
const tag = <E extends { readonly _tag: string }>(judged: Effect.Effect<unknown, E>) =>
  Effect.match(judged, { onFailure: ({ _tag }) => _tag, onSuccess: () => "right" })

/** How a try ends that may have to wait for its answer, and how long that took, in ms. */
const answer = <E extends { readonly _tag: string }>(judged: Effect.Effect<unknown, E>) =>
  Effect.gen(function* () {
    const told = yield* Effect.fork(Effect.timed(tag(judged)))
    yield* TestClock.adjust("5 seconds")
    const [took, said] = yield* Fiber.join(told)
    return [said, Duration.toMillis(took)]
  })

describe("a token", () => {
  it.effect("is right only as a whole", () =>
    Effect.gen(function* () {
      const { judge } = yield* tokens
      const given = [TOKEN, "", "the", "the tokeN", "the token ", "x".repeat(9)]
      expect(yield* Effect.forEach(given, (one) => tag(judge(one, "192.0.2.1")))).toEqual([
        "right",
        ...Array.from({ length: 3 }, () => "WrongToken"),
        ...Array.from({ length: 2 }, () => "TooManyTries")
      ])
    }).pipe(
      Effect.provide(store),
      Effect.fork,
      Effect.tap(TestClock.adjust("5 seconds")),
      Effect.flatMap(Fiber.join)
    )
  )

  it.effect("of the store is right too, is noted once a minute, and no more once it was revoked", () =>
    Effect.gen(function* () {
      const { all, create, revoke } = yield* AccessTokens
      yield* TestClock.setTime(1_000_000)
      const { number, token } = yield* create("laptop", ["admin"])
      const { judge } = yield* makeTokens(undefined)
      const shown = judge(Redacted.value(token), "192.0.2.1")
      const lastUsed = Effect.map(all, (tokens) => tokens.map(({ lastUsedAt }) => lastUsedAt))
      /** The note is made beside the answer. */
      const noted = (at: number) => Effect.repeat(lastUsed, { until: ([last]) => last === at })
      expect(yield* tag(shown)).toBe("right")
      yield* noted(1_000_000)
      yield* TestClock.adjust("59 seconds")
      expect(yield* tag(shown)).toBe("right")
      expect(yield* lastUsed).toEqual([1_000_000])
      yield* TestClock.adjust("1 second")
      expect(yield* tag(shown)).toBe("right")
      yield* noted(1_060_000)
      yield* revoke(number)
      expect(yield* tag(shown)).toBe("WrongToken")
    }).pipe(Effect.provide(store))
  )

  it.effect("that was never made is wrong where the config has none, the empty one too", () =>
    Effect.gen(function* () {
      const { judge } = yield* makeTokens(undefined)
      for (const given of ["", TOKEN, "undefined"])
        expect(yield* tag(judge(given, "192.0.2.1"))).toBe("WrongToken")
    }).pipe(Effect.provide(store))
  )

  it.effect("that is right is taken at once, whoever guessed before", () =>
    Effect.gen(function* () {
      const { judge } = yield* tokens
      for (const network of ["a", "a", "a", "b", "b", "c", "a"]) yield* answer(judge("wrong", network))
      for (const network of ["a", "b", "c", "d"]) expect(yield* tag(judge(TOKEN, network))).toBe("right")
    }).pipe(Effect.provide(store))
  )

  it.effect("that is wrong is answered slowly after too many of its network, for a minute", () =>
    Effect.gen(function* () {
      const { judge } = yield* tokens
      for (let tries = 0; tries < 3; tries++) {
        expect(yield* tag(judge("wrong", "192.0.2.1"))).toBe("WrongToken")
        yield* TestClock.adjust("10 seconds")
      }
      const late = yield* Effect.fork(Effect.flip(judge("wrong", "192.0.2.1")))
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(late)).toMatchObject({ _tag: "TooManyTries", retryAfter: 30 })
      expect(yield* answer(judge("wrong", "192.0.2.1"))).toEqual(["TooManyTries", 1000])
      expect(yield* answer(judge("wrong", "192.0.2.2"))).toEqual(["WrongToken", 0])
      yield* TestClock.adjust("30 seconds")
      expect(yield* answer(judge("wrong", "192.0.2.1"))).toEqual(["WrongToken", 0])
    }).pipe(Effect.provide(store))
  )

  it.effect("that is wrong is answered slowly after too many of all networks together", () =>
    Effect.gen(function* () {
      const { judge } = yield* tokens
      for (const network of ["a", "b", "c", "d", "e"])
        expect(yield* tag(judge("wrong", network))).toBe("WrongToken")
      expect(yield* answer(judge("wrong", "f"))).toEqual(["TooManyTries", 1000])
    }).pipe(Effect.provide(store))
  )

  it.effect("is counted for tries at the same time too", () =>
    Effect.gen(function* () {
      const { judge } = yield* tokens
      const tries = yield* Effect.fork(
        Effect.replicateEffect(tag(judge("wrong", "192.0.2.1")), 50, { concurrency: "unbounded" })
      )
      yield* TestClock.adjust("1 second")
      expect((yield* Fiber.join(tries)).filter((one) => one === "WrongToken")).toHaveLength(3)
    }).pipe(Effect.provide(store))
  )
})
