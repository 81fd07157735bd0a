import { expect, it } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import * as BegunTurnsSql from "../../../src/layers/turns/BegunTurnsSql.ts"
import { BegunTurns } from "../../../src/services/BegunTurns.ts"
import { database, describe } from "../../support/databases.ts"
import { onOneHost, sharedStore } from "../../support/severalHosts.ts"

const store = BegunTurnsSql.layer.pipe(Layer.provideMerge(database))

const turn = (keys: ReadonlyArray<string>, attempt = 0) => ({ keys, attempt })

describe("a turn that an agent with tools is given", () => {
  it.effect("is known by each of its messages, and as this attempt", () =>
    Effect.gen(function* () {
      const { begin, stateOf } = yield* BegunTurns
      expect(yield* stateOf(turn(["a"]))).toBe("unbegun")
      yield* begin(turn(["a", "b"]))
      expect(yield* stateOf(turn(["a", "b"]))).toBe("begun")
      expect(yield* stateOf(turn(["b"]))).toBe("begun")
      expect(yield* stateOf(turn(["b", "c"]))).toBe("begun")
      expect(yield* stateOf(turn(["c"]))).toBe("unbegun")
      expect(yield* stateOf(turn(["a", "b"], 1))).toBe("unbegun")
    }).pipe(Effect.provide(store))
  )

  it.effect("is over once it ended without a word, all of it", () =>
    Effect.gen(function* () {
      const { begin, end, stateOf } = yield* BegunTurns
      yield* begin(turn(["a", "b"]))
      yield* end(turn(["a", "b"]))
      expect(yield* stateOf(turn(["a", "b"]))).toBe("over")
      expect(yield* stateOf(turn(["b"]))).toBe("over")
      // One that was not in it is not done with.
      expect(yield* stateOf(turn(["b", "c"]))).toBe("begun")
    }).pipe(Effect.provide(store))
  )

  it.effect("is as if it had never been once it is taken back", () =>
    Effect.gen(function* () {
      const { begin, stateOf, takeBack } = yield* BegunTurns
      yield* begin(turn(["a", "b"]))
      yield* takeBack(turn(["a", "b"]))
      expect(yield* stateOf(turn(["a", "b"]))).toBe("unbegun")
    }).pipe(Effect.provide(store))
  )
})

describe("what an earlier process wrote down", () => {
  it.effect("is found by the next", () =>
    Effect.gen(function* () {
      const { begin } = yield* BegunTurns
      yield* begin(turn(["a"]))
      const next = yield* Layer.build(Layer.fresh(BegunTurnsSql.layer))
      const { stateOf } = yield* Effect.provide(BegunTurns, next)
      expect(yield* stateOf(turn(["a"]))).toBe("begun")
    }).pipe(Effect.scoped, Effect.provide(store))
  )
})

describe("a turn that another host has begun", () => {
  it.effect("is known to one that had begun none", () =>
    Effect.gen(function* () {
      const host = Effect.map(onOneHost(BegunTurnsSql.layer), Context.get(BegunTurns))
      const [one, other] = yield* Effect.all([host, host])
      expect(yield* other.stateOf(turn(["a"]))).toBe("unbegun")
      yield* one.begin(turn(["a"]))
      expect(yield* other.stateOf(turn(["a"]))).toBe("begun")
    }).pipe(Effect.scoped, Effect.provide(sharedStore))
  )
})
