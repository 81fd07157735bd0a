import { describe, expect, it } from "@effect/vitest"
import { Chunk, Deferred, Effect, Fiber, Option, Stream, TestClock } from "effect"
import { Accounts } from "../../src/services/Accounts.ts"
import { accountsOf } from "../support/accounts.ts"

const accounts = accountsOf({
  imessage: { accounts: { one: { name: "One" }, two: { enabled: false, cliPath: "/two" } } }
})

const status = (id: string) => Effect.flatMap(Accounts, ({ get }) => Effect.map(get(id), Option.getOrThrow))

describe("the accounts", () => {
  it.effect("begin stopped, or disabled where the config says so", () =>
    Effect.gen(function* () {
      const { all } = yield* Accounts
      expect((yield* all).map(({ id, name, state }) => ({ id, name, state }))).toEqual([
        { id: "one", name: "One", state: "stopped" },
        { id: "two", name: undefined, state: "disabled" }
      ])
    }).pipe(Effect.provide(accounts))
  )

  it.effect("are those of the config only", () =>
    Effect.gen(function* () {
      const { get, update } = yield* Accounts
      yield* update("three", () => ({ state: "running" }))
      expect(yield* get("three")).toEqual(Option.none())
    }).pipe(Effect.provide(accounts))
  )

  it.effect("change one at a time", () =>
    Effect.gen(function* () {
      const { update } = yield* Accounts
      yield* update("one", ({ restarts }) => ({ restarts: restarts + 1 }))
      yield* update("one", ({ restarts }) => ({ restarts: restarts + 1 }))
      expect(yield* status("one")).toMatchObject({ restarts: 2 })
      expect(yield* status("two")).toMatchObject({ restarts: 0 })
    }).pipe(Effect.provide(accounts))
  )

  it.effect("say since when they are in their state", () =>
    Effect.gen(function* () {
      const { update } = yield* Accounts
      yield* TestClock.adjust(1000)
      yield* update("one", () => ({ state: "running" }))
      yield* TestClock.adjust(1000)
      yield* update("one", () => ({ state: "running", reason: "still" }))
      expect(yield* status("one")).toMatchObject({ since: 1000, reason: "still" })
    }).pipe(Effect.provide(accounts))
  )

  it.effect("show what they are and every change", () =>
    Effect.gen(function* () {
      const { changes, update } = yield* Accounts
      const watching = yield* Deferred.make<void>()
      const seen = yield* changes("one").pipe(
        Stream.tap(() => Deferred.succeed(watching, undefined)),
        Stream.take(2),
        Stream.runCollect,
        Effect.fork
      )
      yield* Deferred.await(watching)
      yield* update("one", () => ({ state: "running" }))
      expect(Chunk.toReadonlyArray(yield* Fiber.join(seen)).map(({ state }) => state)).toEqual([
        "stopped",
        "running"
      ])
    }).pipe(Effect.provide(accounts))
  )

  it.effect("show nothing of one that there is not", () =>
    Effect.gen(function* () {
      const { changes } = yield* Accounts
      expect(yield* Stream.runCollect(changes("three"))).toEqual(Chunk.empty())
    }).pipe(Effect.provide(accounts))
  )
})
