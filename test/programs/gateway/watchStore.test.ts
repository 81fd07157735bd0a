import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Fiber, Option, SubscriptionRef, TestClock } from "effect"
import { watchStore } from "../../../src/programs/gateway/watchStore.ts"
import { StoreUnavailable } from "../../../src/schemas/errors/store.ts"
import { type AccountStatus, Accounts } from "../../../src/services/Accounts.ts"
import { StoreHealth } from "../../../src/services/StoreHealth.ts"
import { accountsOf } from "../../support/accounts.ts"

const full = new StoreUnavailable({ file: "gateway.db", detail: "database or disk is full", trouble: "disk" })
const corrupt = new StoreUnavailable({ file: "gateway.db", detail: "it is malformed", trouble: "corrupt" })
const shown = { code: full.code, message: full.message, hint: full.hint }
const other = { code: "child_exited", message: "imsg exited", hint: "wait" }

/** A watched store, whose health the test decides, and an account that shows it. */
const watched = Effect.gen(function* () {
  const refusal = yield* SubscriptionRef.make<StoreUnavailable | undefined>(undefined)
  const corruption = yield* Deferred.make<never, StoreUnavailable>()
  const accounts = yield* Accounts
  const watching = yield* watchStore.pipe(
    Effect.provideService(StoreHealth, {
      refusals: refusal.changes,
      corrupted: Deferred.await(corruption)
    }),
    Effect.fork
  )
  const settle = TestClock.adjust("1 second")
  yield* settle
  return {
    watching,
    corruption,
    lastError: Effect.map(
      accounts.get("default"),
      Option.map(({ lastError }) => lastError)
    ),
    change: (to: StoreUnavailable | undefined) => Effect.zipRight(SubscriptionRef.set(refusal, to), settle),
    update: (change: Partial<AccountStatus>) =>
      Effect.zipRight(
        accounts.update("default", () => change),
        settle
      )
  }
})

const layer = accountsOf()

describe("a store that cannot be written", () => {
  it.effect("is the last error of the account until it can", () =>
    Effect.gen(function* () {
      const { change, lastError } = yield* watched
      expect(yield* lastError).toEqual(Option.some(undefined))
      yield* change(full)
      expect(yield* lastError).toEqual(Option.some(shown))
      yield* change(undefined)
      expect(yield* lastError).toEqual(Option.some(undefined))
    }).pipe(Effect.provide(layer))
  )

  it.effect("is so again where another error, or none, has taken its place meanwhile", () =>
    Effect.gen(function* () {
      const { change, lastError, update } = yield* watched
      yield* change(full)
      for (const lastErrorNow of [other, undefined]) {
        yield* update({ lastError: lastErrorNow })
        expect(yield* lastError).toEqual(Option.some(shown))
      }
    }).pipe(Effect.provide(layer))
  )

  it.effect("leaves another error alone when it can be written again", () =>
    Effect.gen(function* () {
      const { change, lastError, update } = yield* watched
      yield* update({ lastError: other })
      yield* change(undefined)
      expect(yield* lastError).toEqual(Option.some(other))
    }).pipe(Effect.provide(layer))
  )
})

describe("a store that is corrupt", () => {
  it.effect("ends the watch with what is wrong", () =>
    Effect.gen(function* () {
      const { corruption, watching } = yield* watched
      yield* Deferred.fail(corruption, corrupt)
      expect(yield* Effect.flip(Fiber.join(watching))).toBe(corrupt)
    }).pipe(Effect.provide(layer))
  )
})
