/** What the owner decided: refusals, approvals that are listed and taken back, and the notices of approvals. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Option, TestClock } from "effect"
import * as PairingStoreSql from "../../../src/layers/pairing/PairingStoreSql.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import type { Target } from "../../../src/schemas/Target.ts"
import { PairingStore } from "../../../src/services/PairingStore.ts"
import { database, describe } from "../../support/databases.ts"
import { ALICE, BOB } from "../../support/envelopes.ts"
import { ask, codeOf, isApproved, TTL } from "../../support/pairing.ts"

const store = PairingStoreSql.layer.pipe(Layer.provide(database))

/** Lets somebody in. */
const admit = (sender: string, options: { readonly accountId?: string; readonly target?: Target } = {}) =>
  Effect.flatMap(PairingStore, ({ approve }) => Effect.flatMap(codeOf(sender, options), approve))

const noticesOf = (accountId: string) => Effect.flatMap(PairingStore, ({ notices }) => notices(accountId))

describe("a refusal", () => {
  it.effect("answers with the request", () =>
    Effect.gen(function* () {
      const { reject } = yield* PairingStore
      const code = yield* codeOf(ALICE)
      expect(yield* reject(` ${code.toLowerCase()}\n`)).toEqual({
        accountId: "default",
        sender: ALICE,
        code,
        createdAt: 0,
        expiresAt: TTL,
        lastSeenAt: 0
      })
    }).pipe(Effect.provide(store))
  )

  it.effect("holds until the code would have expired, however often they write", () =>
    Effect.gen(function* () {
      const { reject } = yield* PairingStore
      yield* reject(yield* codeOf(ALICE))
      for (const pause of [0, TTL / 2, TTL / 2 - 1]) {
        yield* TestClock.adjust(pause)
        expect(yield* ask(ALICE)).toEqual({ _tag: "Rejected" })
      }
      yield* TestClock.adjust(1)
      expect(yield* ask(ALICE)).toMatchObject({ _tag: "Created" })
    }).pipe(Effect.provide(store))
  )

  it.effect("holds for its account only", () =>
    Effect.gen(function* () {
      const { reject } = yield* PairingStore
      yield* reject(yield* codeOf(ALICE))
      expect(yield* ask(ALICE, { accountId: "other" })).toMatchObject({ _tag: "Created" })
    }).pipe(Effect.provide(store))
  )

  it.effect("makes room for another", () =>
    Effect.gen(function* () {
      const { reject } = yield* PairingStore
      yield* reject(yield* codeOf(ALICE))
      expect(yield* ask(BOB, { maxPending: 1 })).toMatchObject({ _tag: "Created" })
    }).pipe(Effect.provide(store))
  )

  it.effect("takes the request from those that are pending", () =>
    Effect.gen(function* () {
      const { pending, reject } = yield* PairingStore
      yield* reject(yield* codeOf(ALICE))
      yield* ask(BOB)
      expect((yield* pending).map(({ sender }) => sender)).toEqual([BOB])
    }).pipe(Effect.provide(store))
  )

  for (const decision of ["approve", "reject"] as const) {
    it.effect(`leaves a code that is not known: ${decision}`, () =>
      Effect.gen(function* () {
        const pairing = yield* PairingStore
        const code = yield* codeOf(ALICE)
        yield* pairing.reject(code)
        expect(yield* Effect.flip(pairing[decision](code))).toMatchObject({
          _tag: "PairingNotFound",
          kind: "request",
          subject: code
        })
        expect(yield* Effect.map(pairing.approvedAt("default", ALICE), Option.isSome)).toBe(false)
      }).pipe(Effect.provide(store))
    )
  }

  it.effect("comes too late for a code whose time is over", () =>
    Effect.gen(function* () {
      const { reject } = yield* PairingStore
      const code = yield* codeOf(ALICE)
      yield* TestClock.adjust(TTL)
      expect(yield* Effect.flip(reject(code))).toMatchObject({ _tag: "PairingNotFound" })
    }).pipe(Effect.provide(store))
  )

  it.effect("leaves nothing to be said", () =>
    Effect.gen(function* () {
      const { reject } = yield* PairingStore
      yield* reject(yield* codeOf(ALICE))
      expect(yield* noticesOf("default")).toEqual([])
    }).pipe(Effect.provide(store))
  )
})

describe("the approvals", () => {
  it.effect("are those of all accounts, oldest first, with their time", () =>
    Effect.gen(function* () {
      const { approvals } = yield* PairingStore
      yield* admit(BOB)
      yield* TestClock.adjust("1 second")
      yield* admit(ALICE, { accountId: "other" })
      yield* TestClock.adjust("1 second")
      yield* admit(ALICE)
      expect(yield* approvals).toEqual([
        { accountId: "default", sender: BOB, approvedAt: 0 },
        { accountId: "other", sender: ALICE, approvedAt: 1000 },
        { accountId: "default", sender: ALICE, approvedAt: 2000 }
      ])
    }).pipe(Effect.provide(store))
  )

  it.effect("that are taken back no longer admit, and the others do", () =>
    Effect.gen(function* () {
      const { approvals, revoke } = yield* PairingStore
      yield* admit(ALICE)
      yield* admit(ALICE, { accountId: "other" })
      yield* admit(BOB)
      yield* revoke([
        { accountId: "default", sender: ALICE },
        { accountId: "default", sender: BOB }
      ])
      expect(yield* isApproved("default", ALICE)).toBe(false)
      expect(yield* approvals).toEqual([{ accountId: "other", sender: ALICE, approvedAt: 0 }])
    }).pipe(Effect.provide(store))
  )

  it.effect("that are taken back are not announced any more, and the others are", () =>
    Effect.gen(function* () {
      const { revoke } = yield* PairingStore
      yield* admit(ALICE)
      yield* admit(BOB)
      yield* revoke([{ accountId: "default", sender: ALICE }])
      expect(yield* noticesOf("default")).toMatchObject([{ sender: BOB }])
    }).pipe(Effect.provide(store))
  )

  it.effect("that are taken back can be asked for anew", () =>
    Effect.gen(function* () {
      const { revoke } = yield* PairingStore
      const { code } = yield* admit(ALICE)
      yield* revoke([{ accountId: "default", sender: ALICE }])
      const again = yield* admit(ALICE)
      expect(again.code).not.toBe(code)
      expect(yield* isApproved("default", ALICE)).toBe(true)
    }).pipe(Effect.provide(store))
  )

  it.effect("stay as they are where those to be taken back are none", () =>
    Effect.gen(function* () {
      const { approvals, revoke } = yield* PairingStore
      yield* admit(ALICE)
      yield* revoke([])
      yield* revoke([{ accountId: "default", sender: BOB }])
      expect(yield* approvals).toHaveLength(1)
    }).pipe(Effect.provide(store))
  )
})

describe("the notice of an approval", () => {
  const targets: ReadonlyArray<Target> = [
    { _tag: "ChatId", chatId: 7 },
    { _tag: "Handle", handle: ALICE, service: "sms" }
  ]
  for (const target of targets) {
    it.effect(`says where they wrote: ${target._tag}`, () =>
      Effect.gen(function* () {
        const { code } = yield* admit(ALICE, { target })
        expect(yield* noticesOf("default")).toEqual([{ accountId: "default", sender: ALICE, code, target }])
      }).pipe(Effect.provide(store))
    )
  }

  it.effect("is not there before the approval", () =>
    Effect.gen(function* () {
      yield* ask(ALICE)
      expect(yield* noticesOf("default")).toEqual([])
    }).pipe(Effect.provide(store))
  )

  it.effect("is its account's, and those of one account come in order", () =>
    Effect.gen(function* () {
      yield* admit(BOB)
      yield* TestClock.adjust("1 millis")
      yield* admit(ALICE, { accountId: "other" })
      yield* admit(ALICE)
      expect((yield* noticesOf("default")).map(({ sender }) => sender)).toEqual([BOB, ALICE])
    }).pipe(Effect.provide(store))
  )

  it.effect("is forgotten once it was given, and the others are not", () =>
    Effect.gen(function* () {
      const { noticed } = yield* PairingStore
      yield* admit(ALICE)
      yield* TestClock.adjust("1 millis")
      yield* admit(BOB)
      const [first] = yield* noticesOf("default")
      if (first !== undefined) yield* noticed(first)
      expect((yield* noticesOf("default")).map(({ sender }) => sender)).toEqual([BOB])
      expect(yield* isApproved("default", ALICE)).toBe(true)
    }).pipe(Effect.provide(store))
  )
})

describe("another process on the same store", () => {
  /** A gateway and a command line beside it: each has a connection of its own. */
  const twoProcesses = Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { join } = yield* Path.Path
    const file = join(yield* fs.makeTempDirectoryScoped(), "gateway.db")
    const open = Layer.build(Layer.provide(PairingStoreSql.layer, DatabaseSqlite.layer(file)))
    return {
      gateway: Context.get(yield* open, PairingStore),
      commandLine: Context.get(yield* open, PairingStore)
    }
  })

  const codeIn = (pairing: typeof PairingStore.Service) =>
    Effect.provideService(codeOf(ALICE), PairingStore, pairing)

  it.scoped("has its approvals and their notices seen at once", () =>
    Effect.gen(function* () {
      const { commandLine, gateway } = yield* twoProcesses
      const code = yield* codeIn(gateway)
      yield* commandLine.approve(code)
      expect(yield* Effect.map(gateway.approvedAt("default", ALICE), Option.isSome)).toBe(true)
      expect(yield* gateway.notices("default")).toMatchObject([{ code }])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("has its refusals seen at once", () =>
    Effect.gen(function* () {
      const { commandLine, gateway } = yield* twoProcesses
      yield* commandLine.reject(yield* codeIn(gateway))
      expect(yield* codeIn(gateway)).toBe("")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("has what it takes back seen at once", () =>
    Effect.gen(function* () {
      const { commandLine, gateway } = yield* twoProcesses
      yield* gateway.approve(yield* codeIn(gateway))
      yield* commandLine.revoke([{ accountId: "default", sender: ALICE }])
      expect(yield* Effect.map(gateway.approvedAt("default", ALICE), Option.isSome)).toBe(false)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
