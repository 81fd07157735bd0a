/** Who is let go is forgotten by agents, in the same write. */
import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as ConversationsSql from "../../../src/layers/conversations/ConversationsSql.ts"
import type { Database } from "../../../src/layers/database/Database.ts"
import * as PairingStoreSql from "../../../src/layers/pairing/PairingStoreSql.ts"
import type { Conversations } from "../../../src/services/Conversations.ts"
import { PairingStore } from "../../../src/services/PairingStore.ts"
import { group, person, say, session, turnsOf } from "../../support/conversations.ts"
import { database, describe, refuse } from "../../support/databases.ts"
import { ALICE, BOB } from "../../support/envelopes.ts"
import { codeOf, isApproved } from "../../support/pairing.ts"

const store = Layer.mergeAll(PairingStoreSql.layer, ConversationsSql.layer).pipe(Layer.provideMerge(database))

const test = (what: string, run: Effect.Effect<void, unknown, PairingStore | Conversations | Database>) =>
  it.effect(what, () => Effect.provide(run, store))

const admit = (sender: string, accountId = "default") =>
  Effect.flatMap(PairingStore, ({ approve }) => Effect.flatMap(codeOf(sender, { accountId }), approve))

describe("what agents remember of a person", () => {
  test(
    "goes with their approval, and that of others stays",
    Effect.gen(function* () {
      const { revoke } = yield* PairingStore
      for (const sender of [ALICE, BOB]) yield* Effect.zipRight(admit(sender), say(person(sender), "t-1"))
      yield* say(session(ALICE, BOB), "t-2")
      yield* say(group("group:7"), "t-3")
      yield* revoke([{ accountId: "default", sender: ALICE }])
      expect(yield* turnsOf(person(ALICE))).toEqual([])
      expect(yield* turnsOf(person(BOB))).toEqual(["t-1"])
      expect(yield* turnsOf(session(BOB))).toEqual([])
      expect(yield* turnsOf(group("group:7"))).toEqual(["t-3"])
    })
  )

  test(
    "goes under the name that `people` gives them, whichever of their handles was approved",
    Effect.gen(function* () {
      const { revoke } = yield* PairingStore
      yield* admit(ALICE)
      yield* say(person("sam", BOB, ALICE), "t-1")
      // From before the config named them.
      yield* say(person(BOB), "t-0")
      yield* revoke([ALICE, BOB].map((sender) => ({ accountId: "default", sender })))
      expect(yield* turnsOf(person("sam", BOB, ALICE))).toEqual([])
      expect(yield* turnsOf(person(BOB))).toEqual([])
    })
  )

  test(
    "goes also where they may write to another account still",
    Effect.gen(function* () {
      const { revoke } = yield* PairingStore
      yield* Effect.zipRight(admit(ALICE), admit(ALICE, "other"))
      yield* say(person(ALICE), "t-1")
      yield* revoke([{ accountId: "other", sender: ALICE }])
      expect(yield* isApproved("default", ALICE)).toBe(true)
      expect(yield* turnsOf(person(ALICE))).toEqual([])
    })
  )

  test(
    "stays where there was no approval to take back",
    Effect.gen(function* () {
      yield* say(person(ALICE), "t-1")
      yield* (yield* PairingStore).revoke([{ accountId: "default", sender: ALICE }])
      expect(yield* turnsOf(person(ALICE))).toEqual(["t-1"])
    })
  )

  test(
    "goes as their request is rejected: they may have spoken under another policy",
    Effect.gen(function* () {
      yield* say(person(ALICE), "t-1")
      yield* Effect.flatMap(codeOf(ALICE), (yield* PairingStore).reject)
      expect(yield* turnsOf(person(ALICE))).toEqual([])
    })
  )

  test(
    "and their approval are both there where the write breaks off",
    Effect.gen(function* () {
      yield* admit(ALICE)
      yield* say(person(ALICE), "t-1")
      yield* refuse({ table: "exchanges", moment: "BEFORE DELETE" })
      yield* Effect.flip((yield* PairingStore).revoke([{ accountId: "default", sender: ALICE }]))
      expect(yield* isApproved("default", ALICE)).toBe(true)
      expect(yield* turnsOf(person(ALICE))).toEqual(["t-1"])
    })
  )
})
