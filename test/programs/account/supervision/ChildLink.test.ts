import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Option } from "effect"
import * as ChildLink from "../../../../src/programs/account/supervision/ChildLink.ts"
import { ChildStuck } from "../../../../src/schemas/errors/imsg.ts"
import { makeChild } from "../../../support/fakeImsg.ts"

const settled = Effect.repeatN(Effect.yieldNow(), 20)
const child = Effect.map(makeChild(), ({ session }) => session)
const reason = new ChildStuck({ command: "imsg rpc", watch: "heartbeat", method: "send", afterMs: 1 })

describe("the current child", () => {
  it.effect("is waited for until there is one", () =>
    Effect.gen(function* () {
      const link = yield* ChildLink.make
      const session = yield* child
      const waiting = yield* Effect.fork(link.current)
      yield* settled
      expect(yield* Fiber.poll(waiting)).toEqual(Option.none())
      yield* link.connect(session)
      expect(yield* Fiber.join(waiting)).toBe(session)
    })
  )

  it.effect("is there for everybody who asks", () =>
    Effect.gen(function* () {
      const link = yield* ChildLink.make
      const session = yield* child
      yield* link.connect(session)
      expect(yield* link.current).toBe(session)
      expect(yield* link.current).toBe(session)
    })
  )

  it.effect("can be asked for without waiting", () =>
    Effect.gen(function* () {
      const link = yield* ChildLink.make
      const session = yield* child
      expect(yield* link.poll).toEqual(Option.none())
      yield* link.connect(session)
      expect(Option.getOrUndefined(yield* link.poll)).toBe(session)
      yield* link.disconnect
      expect(yield* link.poll).toEqual(Option.none())
    })
  )

  it.effect("is waited for again once it has gone", () =>
    Effect.gen(function* () {
      const link = yield* ChildLink.make
      const second = yield* child
      yield* link.connect(yield* child)
      yield* link.disconnect
      const waiting = yield* Effect.fork(link.current)
      yield* settled
      expect(yield* Fiber.poll(waiting)).toEqual(Option.none())
      yield* link.connect(second)
      expect(yield* Fiber.join(waiting)).toBe(second)
    })
  )

  it.effect("reaches who has waited since before a child that never came", () =>
    Effect.gen(function* () {
      const link = yield* ChildLink.make
      const session = yield* child
      const waiting = yield* Effect.fork(link.current)
      yield* settled
      yield* link.disconnect
      yield* link.connect(session)
      expect(yield* Fiber.join(waiting)).toBe(session)
    })
  )

  it.effect("is the newest, also where the one before was not taken leave of", () =>
    Effect.gen(function* () {
      const link = yield* ChildLink.make
      const second = yield* child
      yield* link.connect(yield* child)
      yield* link.connect(second)
      expect(yield* link.current).toBe(second)
    })
  )
})

describe("condemning a child", () => {
  it.effect("ends it, with the reason", () =>
    Effect.gen(function* () {
      const link = yield* ChildLink.make
      const session = yield* child
      const condemned = yield* link.connect(session)
      yield* link.condemn(session, reason)
      expect(yield* Effect.flip(condemned)).toBe(reason)
    })
  )

  it.effect("is no matter the second time", () =>
    Effect.gen(function* () {
      const link = yield* ChildLink.make
      const session = yield* child
      const condemned = yield* link.connect(session)
      yield* link.condemn(session, reason)
      yield* link.condemn(session, new ChildStuck({ ...reason, afterMs: 2 }))
      expect(yield* Effect.flip(condemned)).toBe(reason)
    })
  )

  it.effect("that has been replaced leaves the new one alone", () =>
    Effect.gen(function* () {
      const link = yield* ChildLink.make
      const first = yield* child
      yield* link.connect(first)
      yield* link.disconnect
      const condemned = yield* link.connect(yield* child)
      yield* link.condemn(first, reason)
      const watching = yield* Effect.fork(Effect.flip(condemned))
      yield* settled
      expect(yield* Fiber.poll(watching)).toEqual(Option.none())
    })
  )

  it.effect("does not wait where there is none", () =>
    Effect.gen(function* () {
      const link = yield* ChildLink.make
      yield* link.condemn(yield* child, reason)
    })
  )

  it.effect("that was connected in the place of another ends that one only", () =>
    Effect.gen(function* () {
      const link = yield* ChildLink.make
      const second = yield* child
      const ofFirst = yield* link.connect(yield* child)
      const ofSecond = yield* link.connect(second)
      yield* link.condemn(second, reason)
      expect(yield* Effect.flip(ofSecond)).toBe(reason)
      const watching = yield* Effect.fork(Effect.flip(ofFirst))
      yield* settled
      expect(yield* Fiber.poll(watching)).toEqual(Option.none())
    })
  )
})
