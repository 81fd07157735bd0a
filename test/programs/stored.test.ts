import { ClusterError } from "@effect/cluster"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, TestClock } from "effect"
import { stored } from "../../src/programs/stored.ts"
import { StoreUnavailable } from "../../src/schemas/errors/store.ts"

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
    it.effect(`ends at once where the store is corrupt, as ${error._tag} says it`, () =>
      Effect.gen(function* () {
        const ended = yield* Effect.exit(Effect.uninterruptible(stored(Effect.fail(error))))
        expect(Exit.isInterrupted(ended)).toBe(true)
      })
    )
  }
})
