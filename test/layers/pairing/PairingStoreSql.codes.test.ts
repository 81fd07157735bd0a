/** What happens when the system's secure source gives a code that is there already. */
import crypto from "node:crypto"
import { syncBuiltinESMExports } from "node:module"
import { afterAll, afterEach, beforeAll, expect, it, vi } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as PairingStoreSql from "../../../src/layers/pairing/PairingStoreSql.ts"
import { PairingStore } from "../../../src/services/PairingStore.ts"
import { database, describe } from "../../support/databases.ts"
import { ALICE, BOB } from "../../support/envelopes.ts"
import { codeOf } from "../../support/pairing.ts"

const source: { draws: Array<number> } = { draws: [] }
// Node's own module is what is changed, and changed back: the store has been loaded by other files already.
beforeAll(() => {
  vi.spyOn(crypto, "randomInt").mockImplementation(() => source.draws.shift() ?? 0)
  syncBuiltinESMExports()
})
afterAll(() => {
  vi.restoreAllMocks()
  syncBuiltinESMExports()
})
afterEach(() => {
  source.draws = []
})

const store = PairingStoreSql.layer.pipe(Layer.provide(database))

/** What is drawn for a code of one letter, by its place in the alphabet. */
const letter = (place: number) => Array.from({ length: 8 }, () => place)

describe("a code", () => {
  for (const accountId of ["default", "other"]) {
    it.effect(`is none that waits already in the account ${accountId}`, () =>
      Effect.gen(function* () {
        source.draws = [...letter(0), ...letter(0), ...letter(0), ...letter(1)]
        expect(yield* codeOf(ALICE)).toBe("AAAAAAAA")
        expect(yield* codeOf(BOB, { accountId })).toBe("BBBBBBBB")
      }).pipe(Effect.provide(store))
    )
  }

  it.effect("is none that was refused", () =>
    Effect.gen(function* () {
      const { reject } = yield* PairingStore
      source.draws = [...letter(0), ...letter(0), ...letter(1)]
      yield* reject(yield* codeOf(ALICE))
      expect(yield* codeOf(BOB)).toBe("BBBBBBBB")
    }).pipe(Effect.provide(store))
  )
})
