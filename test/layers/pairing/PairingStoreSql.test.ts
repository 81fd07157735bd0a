import { expect, it } from "@effect/vitest"
import { Effect, Layer, TestClock } from "effect"
import * as PairingStoreSql from "../../../src/layers/pairing/PairingStoreSql.ts"
import { PairingStore } from "../../../src/services/PairingStore.ts"
import { database, describe } from "../../support/databases.ts"
import { ALICE, BOB } from "../../support/envelopes.ts"
import { ask, codeOf, isApproved, TTL } from "../../support/pairing.ts"

const store = PairingStoreSql.layer.pipe(Layer.provide(database))

const CAROL = "+15555550103"
describe("a stranger's request", () => {
  it.effect("is created, and ends after its time", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1000)
      expect(yield* ask(ALICE)).toMatchObject({
        _tag: "Created",
        request: {
          accountId: "default",
          sender: ALICE,
          createdAt: 1000,
          expiresAt: 1000 + TTL,
          lastSeenAt: 1000
        }
      })
    }).pipe(Effect.provide(store))
  )

  it.effect("has a code without letters and digits that are read for one another", () =>
    Effect.gen(function* () {
      for (let at = 0; at < 50; at++) {
        expect(yield* codeOf(`+155555501${String(at).padStart(2, "0")}`, { accountId: `${at}` })).toMatch(
          /^[A-HJ-NP-Z2-9]{8}$/
        )
      }
    }).pipe(Effect.provide(store))
  )

  it.effect("is one, with one code and its first end, however often they write", () =>
    Effect.gen(function* () {
      const code = yield* codeOf(ALICE)
      yield* TestClock.adjust("30 seconds")
      expect(yield* ask(ALICE)).toMatchObject({
        _tag: "Pending",
        request: { code, createdAt: 0, expiresAt: TTL }
      })
    }).pipe(Effect.provide(store))
  )

  it.effect("says when they last wrote", () =>
    Effect.gen(function* () {
      const { pending } = yield* PairingStore
      yield* ask(ALICE)
      yield* ask(BOB)
      for (const lastSeenAt of [20_000, 40_000]) {
        yield* TestClock.adjust("20 seconds")
        expect(yield* ask(ALICE)).toMatchObject({ request: { lastSeenAt } })
        expect((yield* pending).map((request) => request.lastSeenAt)).toEqual([lastSeenAt, 0])
      }
    }).pipe(Effect.provide(store))
  )

  it.effect("is another one for another person", () =>
    Effect.gen(function* () {
      expect(yield* codeOf(ALICE)).not.toBe(yield* codeOf(BOB))
    }).pipe(Effect.provide(store))
  )

  it.effect("is another one in another account", () =>
    Effect.gen(function* () {
      expect(yield* codeOf(ALICE)).not.toBe(yield* codeOf(ALICE, { accountId: "other" }))
    }).pipe(Effect.provide(store))
  )

  it.effect("has a new code after its time", () =>
    Effect.gen(function* () {
      const first = yield* codeOf(ALICE)
      yield* TestClock.adjust(TTL)
      const again = yield* ask(ALICE)
      expect(again).toMatchObject({ _tag: "Created" })
      expect(again).not.toMatchObject({ request: { code: first } })
    }).pipe(Effect.provide(store))
  )

  it.effect("finds no place among as many as may wait", () =>
    Effect.gen(function* () {
      yield* ask(ALICE, { maxPending: 2 })
      yield* ask(BOB, { maxPending: 2 })
      expect(yield* ask(CAROL, { maxPending: 2 })).toEqual({ _tag: "Full" })
    }).pipe(Effect.provide(store))
  )

  it.effect("that waits already is still known when no other finds a place", () =>
    Effect.gen(function* () {
      yield* ask(ALICE, { maxPending: 1 })
      expect(yield* ask(ALICE, { maxPending: 1 })).toMatchObject({ _tag: "Pending" })
    }).pipe(Effect.provide(store))
  )

  it.effect("finds a place when another's time is over", () =>
    Effect.gen(function* () {
      yield* ask(ALICE, { maxPending: 1 })
      yield* TestClock.adjust(TTL)
      expect(yield* ask(BOB, { maxPending: 1 })).toMatchObject({ _tag: "Created" })
    }).pipe(Effect.provide(store))
  )

  it.effect("finds a place when another is approved", () =>
    Effect.gen(function* () {
      const { approve } = yield* PairingStore
      yield* approve(yield* codeOf(ALICE))
      expect(yield* ask(BOB, { maxPending: 1 })).toMatchObject({ _tag: "Created" })
    }).pipe(Effect.provide(store))
  )

  it.effect("finds a place whatever waits in another account", () =>
    Effect.gen(function* () {
      yield* ask(ALICE, { maxPending: 1, accountId: "other" })
      expect(yield* ask(BOB, { maxPending: 1 })).toMatchObject({ _tag: "Created" })
    }).pipe(Effect.provide(store))
  )
})

describe("a person with several handles", () => {
  const others = [BOB]

  it.effect("has one request, whichever of them they write from", () =>
    Effect.gen(function* () {
      const code = yield* codeOf(ALICE)
      expect(yield* ask(BOB, { others: [ALICE], maxPending: 1 })).toMatchObject({
        _tag: "Pending",
        request: { code, sender: ALICE }
      })
    }).pipe(Effect.provide(store))
  )

  it.effect("is let in by the approval of one of them", () =>
    Effect.gen(function* () {
      const { approve } = yield* PairingStore
      yield* approve(yield* codeOf(BOB))
      expect(yield* ask(ALICE, { others })).toEqual({ _tag: "Approved" })
    }).pipe(Effect.provide(store))
  )

  it.effect("is refused with one of them", () =>
    Effect.gen(function* () {
      const { reject } = yield* PairingStore
      yield* reject(yield* codeOf(BOB))
      expect(yield* ask(ALICE, { others })).toEqual({ _tag: "Rejected" })
    }).pipe(Effect.provide(store))
  )
})

describe("an approval of a request", () => {
  const spellings = [
    { what: "as it was sent", spelt: (code: string) => code },
    { what: "in lower case", spelt: (code: string) => code.toLowerCase() },
    { what: "with spaces around", spelt: (code: string) => `  ${code}\n` }
  ]
  for (const { spelt, what } of spellings) {
    it.effect(`admits the sender by the code ${what}`, () =>
      Effect.gen(function* () {
        const { approve } = yield* PairingStore
        const code = yield* codeOf(ALICE)
        expect(yield* approve(spelt(code))).toMatchObject({ sender: ALICE, accountId: "default", code })
        expect(yield* isApproved("default", ALICE)).toBe(true)
      }).pipe(Effect.provide(store))
    )
  }

  const others = [
    { what: "another person", accountId: "default", sender: BOB },
    { what: "the same person in another account", accountId: "other", sender: ALICE }
  ]
  for (const { accountId, sender, what } of others) {
    it.effect(`does not admit ${what}`, () =>
      Effect.gen(function* () {
        const { approve } = yield* PairingStore
        yield* ask(sender, { accountId })
        yield* approve(yield* codeOf(ALICE))
        expect(yield* isApproved(accountId, sender)).toBe(false)
      }).pipe(Effect.provide(store))
    )
  }

  it.effect("stays when the request's time is over", () =>
    Effect.gen(function* () {
      const { approve } = yield* PairingStore
      yield* approve(yield* codeOf(ALICE))
      yield* TestClock.adjust(10 * TTL)
      expect(yield* isApproved("default", ALICE)).toBe(true)
    }).pipe(Effect.provide(store))
  )

  const refused = [
    { what: "a code that nobody has", code: "ABCDEFGH" },
    { what: "an empty code", code: "" },
    { what: "a pattern", code: "%" }
  ]
  for (const { code, what } of refused) {
    it.effect(`is refused for ${what}, and the request goes on waiting`, () =>
      Effect.gen(function* () {
        const { approve, pending } = yield* PairingStore
        yield* ask(ALICE)
        expect(yield* Effect.flip(approve(code))).toMatchObject({
          _tag: "PairingNotFound",
          kind: "request",
          subject: code
        })
        expect(yield* pending).toHaveLength(1)
      }).pipe(Effect.provide(store))
    )
  }

  it.effect("is refused for a code whose time is over", () =>
    Effect.gen(function* () {
      const { approve } = yield* PairingStore
      const code = yield* codeOf(ALICE)
      yield* TestClock.adjust(TTL)
      expect(yield* Effect.flip(approve(code))).toMatchObject({ _tag: "PairingNotFound" })
      expect(yield* isApproved("default", ALICE)).toBe(false)
    }).pipe(Effect.provide(store))
  )

  it.effect("is given up to the last moment", () =>
    Effect.gen(function* () {
      const { approve } = yield* PairingStore
      const code = yield* codeOf(ALICE)
      yield* TestClock.adjust(TTL - 1)
      expect(yield* approve(code)).toMatchObject({ sender: ALICE })
    }).pipe(Effect.provide(store))
  )

  it.effect("is given once for a code", () =>
    Effect.gen(function* () {
      const { approve } = yield* PairingStore
      const code = yield* codeOf(ALICE)
      yield* approve(code)
      expect(yield* Effect.flip(approve(code))).toMatchObject({ _tag: "PairingNotFound" })
    }).pipe(Effect.provide(store))
  )

  it.effect("makes no other request of who was judged before it", () =>
    Effect.gen(function* () {
      const { approve, pending } = yield* PairingStore
      yield* approve(yield* codeOf(ALICE))
      expect(yield* ask(ALICE)).toEqual({ _tag: "Approved" })
      expect(yield* pending).toEqual([])
    }).pipe(Effect.provide(store))
  )
})

describe("the pending requests", () => {
  it.effect("are those of all accounts, oldest first", () =>
    Effect.gen(function* () {
      const { pending } = yield* PairingStore
      for (const [sender, accountId] of [
        [CAROL, "default"],
        [ALICE, "other"],
        [BOB, "default"]
      ] as const) {
        yield* ask(sender, { accountId })
        yield* TestClock.adjust("1 second")
      }
      expect((yield* pending).map(({ sender }) => sender)).toEqual([CAROL, ALICE, BOB])
    }).pipe(Effect.provide(store))
  )

  it.effect("do not have those whose time is over", () =>
    Effect.gen(function* () {
      const { pending } = yield* PairingStore
      yield* ask(ALICE)
      yield* TestClock.adjust(TTL / 2)
      yield* ask(BOB)
      yield* TestClock.adjust(TTL / 2)
      expect((yield* pending).map(({ sender }) => sender)).toEqual([BOB])
    }).pipe(Effect.provide(store))
  )

  it.effect("do not have those that are approved", () =>
    Effect.gen(function* () {
      const { approve, pending } = yield* PairingStore
      yield* approve(yield* codeOf(ALICE))
      expect(yield* pending).toEqual([])
    }).pipe(Effect.provide(store))
  )
})
