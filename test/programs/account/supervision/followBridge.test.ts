/** What of a child's bridge stands in its account's status, and when it is asked for. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Option, Ref, TestClock } from "effect"
import { followBridge } from "../../../../src/programs/account/supervision/followBridge.ts"
import { type Capabilities, NO_CAPABILITIES } from "../../../../src/schemas/Capabilities.ts"
import { Accounts } from "../../../../src/services/Accounts.ts"
import { accountsOf } from "../../../support/accounts.ts"
import { makeChild } from "../../../support/fakeImsg.ts"

const READY: Capabilities = {
  ...NO_CAPABILITIES,
  ...{ bridge: "ready", bridgeVersion: "2", methods: new Set(["send", "typing", "tapback"]) }
}
const SHOWN = { state: "ready", version: "2", error: null, features: ["typing", "tapback"] }
const ABSENT = { state: "absent", version: null, error: null, features: [] }

const bridge = Effect.flatMap(Accounts, ({ get }) =>
  Effect.map(get("default"), (found) => Option.getOrThrow(found).bridge)
)

/** A child of before 0.14, of which the command says what the test sets; how often it was run. */
const old = Effect.gen(function* () {
  const says = yield* Ref.make(Option.none<Capabilities>())
  const runs = yield* Ref.make(0)
  const child = yield* makeChild({
    concurrentReads: false,
    printed: Effect.zipRight(
      Ref.update(runs, (count) => count + 1),
      Ref.get(says)
    )
  })
  return { says, runs: Ref.get(runs), session: child.session, requests: child.asked }
})

describe("the bridge of a build before 0.14", () => {
  it.effect("is asked for by the command, at once and every five minutes, beside the child", () =>
    Effect.gen(function* () {
      const { requests, runs, says, session } = yield* old
      yield* Ref.set(says, Option.some(READY))
      const fiber = yield* Effect.fork(followBridge("default", session))
      yield* TestClock.adjust(0)
      expect(yield* bridge).toEqual(SHOWN)
      expect(yield* runs).toBe(1)
      yield* Ref.set(says, Option.some(NO_CAPABILITIES))
      yield* TestClock.adjust("299 seconds")
      expect(yield* bridge).toEqual(SHOWN)
      yield* TestClock.adjust("1 second")
      expect(yield* bridge).toEqual(ABSENT)
      yield* TestClock.adjust("10 minutes")
      expect(yield* runs).toBe(4)
      expect(yield* requests).toEqual([])
      yield* Fiber.interrupt(fiber)
    }).pipe(Effect.provide(accountsOf()))
  )

  it.effect("stays as it was until the command of the next child has told", () =>
    Effect.gen(function* () {
      const { session } = yield* makeChild({
        concurrentReads: false,
        printed: Effect.delay(Effect.succeedSome(NO_CAPABILITIES), "2 seconds")
      })
      yield* (yield* Accounts).update("default", () => ({
        bridge: { state: "ready", version: null, error: null, features: ["typing"] }
      }))
      yield* Effect.fork(followBridge("default", session))
      yield* TestClock.adjust("1 second")
      expect(yield* bridge).toMatchObject({ state: "ready" })
      yield* TestClock.adjust("1 second")
      expect(yield* bridge).toEqual(ABSENT)
    }).pipe(Effect.provide(accountsOf()))
  )

  it.effect("that has no such command is none", () =>
    Effect.gen(function* () {
      const { session } = yield* old
      yield* Effect.fork(followBridge("default", session))
      yield* TestClock.adjust(0)
      expect(yield* bridge).toMatchObject({ features: [] })
    }).pipe(Effect.provide(accountsOf()))
  )
})

describe("the bridge of a build from 0.14 on", () => {
  it.effect("is what it says of itself, and what it has refused since; no command is run", () =>
    Effect.gen(function* () {
      const runs = yield* Ref.make(0)
      const answer = () => Effect.succeed({ methods: ["typing"], bridge: { ready: true, bridge_version: 3 } })
      const { session } = yield* makeChild({
        methods: [],
        answer,
        printed: Effect.as(
          Ref.update(runs, (count) => count + 1),
          Option.none()
        )
      })
      yield* Effect.fork(followBridge("default", session))
      yield* session.status(1000)
      yield* TestClock.adjust("10 minutes")
      expect(yield* bridge).toEqual({ state: "ready", version: "3", error: null, features: ["typing"] })
      yield* session.bridgeRefused
      yield* TestClock.adjust(0)
      expect(yield* bridge).toMatchObject({ state: "absent", features: [] })
      expect(yield* Ref.get(runs)).toBe(0)
    }).pipe(Effect.provide(accountsOf()))
  )
})
