import { ClusterError } from "@effect/cluster"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Option, TestClock } from "effect"
import { stored } from "../../../src/programs/effects/stored.ts"
import { StoreUnavailable } from "../../../src/schemas/errors/store.ts"

const failure = (trouble: "disk" | "corrupt") =>
  new StoreUnavailable({ file: "gateway.db", detail: "it fails", trouble })

describe("a step that waits for the store", () => {
  it.effect("is tried until the disk takes it", () =>
    Effect.gen(function* () {
      let tries = 0
      const step = Effect.suspend(() =>
        ++tries < 20 ? Effect.fail(failure("disk")) : Effect.succeed("done")
      )
      const waiting = yield* Effect.fork(stored(step))
      yield* TestClock.adjust("5 minutes")
      expect(yield* Fiber.join(waiting)).toBe("done")
      expect(tries).toBe(20)
    })
  )

  const corrupt = [failure("corrupt"), new ClusterError.PersistenceError({ cause: failure("corrupt") })]
  for (const error of corrupt) {
    it.effect(
      `is tried no more where the store is corrupt, as ${error._tag} says it, and waits for its end`,
      () =>
        Effect.gen(function* () {
          let tries = 0
          const step = Effect.suspend(() => {
            tries++
            return Effect.fail(error)
          })
          const waiting = yield* Effect.fork(stored(step))
          yield* TestClock.adjust("5 minutes")
          expect(tries).toBe(1)
          expect(yield* Fiber.poll(waiting)).toEqual(Option.none())
          expect(Exit.isInterrupted(yield* Fiber.interrupt(waiting))).toBe(true)
        })
    )
  }
})
