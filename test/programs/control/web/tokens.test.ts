import { describe, expect, it } from "@effect/vitest"
import { Effect, Redacted, TestClock } from "effect"
import { makeTokens } from "../../../../src/programs/control/web/tokens.ts"

const TOKEN = "the token"
const tokens = makeTokens(Redacted.make(TOKEN), 3)

/** How a try ends: nothing, or the tag of the refusal. */
const tag = <E extends { readonly _tag: string }>(judged: Effect.Effect<void, E>) =>
  Effect.match(judged, { onFailure: ({ _tag }) => _tag, onSuccess: () => "right" })

describe("a token", () => {
  it.effect("is right only as a whole", () =>
    Effect.gen(function* () {
      const judge = yield* makeTokens(Redacted.make(TOKEN), 100)
      const given = [TOKEN, "", "the", "the tokeN", "the token ", "x".repeat(9)]
      expect(yield* Effect.forEach(given, (one) => tag(judge(one, "192.0.2.1")))).toEqual([
        "right",
        ...Array.from({ length: 5 }, () => "WrongToken")
      ])
    })
  )

  it.effect("is not looked at after too many wrong ones from the same address, for a minute", () =>
    Effect.gen(function* () {
      const judge = yield* tokens
      for (let tries = 0; tries < 3; tries++) {
        expect(yield* tag(judge("wrong", "192.0.2.1"))).toBe("WrongToken")
        yield* TestClock.adjust("10 seconds")
      }
      expect(yield* Effect.flip(judge(TOKEN, "192.0.2.1"))).toMatchObject({
        _tag: "TooManyTries",
        retryAfter: 30
      })
      expect(yield* tag(judge(TOKEN, "192.0.2.2"))).toBe("right")
      yield* TestClock.adjust("30 seconds")
      expect(yield* tag(judge(TOKEN, "192.0.2.1"))).toBe("right")
    })
  )

  it.effect("is limited for tries at the same time too", () =>
    Effect.gen(function* () {
      const judge = yield* tokens
      const tries = Effect.replicateEffect(tag(judge("wrong", "192.0.2.1")), 50, { concurrency: "unbounded" })
      expect((yield* tries).filter((one) => one === "WrongToken")).toHaveLength(3)
    })
  )
})
