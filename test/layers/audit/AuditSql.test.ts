/** The audit log in the store. */
import { expect, it } from "@effect/vitest"
import { Duration, Effect, Layer, TestClock } from "effect"
import * as AuditSql from "../../../src/layers/audit/AuditSql.ts"
import { KEPT_MS, MOST_OF_A_KIND } from "../../../src/layers/audit/auditTrail.ts"
import * as PausedChatsSql from "../../../src/layers/limits/PausedChatsSql.ts"
import * as PairingStoreSql from "../../../src/layers/pairing/PairingStoreSql.ts"
import type { AuditActor } from "../../../src/schemas/Audit.ts"
import { Audit, OnBehalfOf } from "../../../src/services/Audit.ts"
import { DeadLetters } from "../../../src/services/DeadLetters.ts"
import { PairingStore } from "../../../src/services/PairingStore.ts"
import { PausedChats } from "../../../src/services/PausedChats.ts"
import { database, describe } from "../../support/databases.ts"
import { deadTurn, letterStores, REASON } from "../../support/deadLetters.ts"
import { codeOf } from "../../support/pairing.ts"

const store = Layer.mergeAll(AuditSql.layer, PairingStoreSql.layer, PausedChatsSql.layer, letterStores).pipe(
  Layer.provideMerge(database)
)

const sam: AuditActor = { _tag: "CommandLine", user: "sam" }
const asSam = Effect.provideService(OnBehalfOf, sam)

const kept = (options: { readonly limit?: number; readonly since?: number } = {}) =>
  Effect.flatMap(Audit, ({ entries }) => entries({ limit: 100_000, ...options }))

describe("the audit log", () => {
  it.effect("has who let whom in, refused them and took it back, in the write that did it", () =>
    Effect.gen(function* () {
      const { approve, reject, revoke } = yield* PairingStore
      const [one, other] = ["+15555550101", "+15555550102"] as const
      yield* asSam(approve(yield* codeOf(one)))
      yield* TestClock.adjust("1 second")
      yield* Effect.provideService(reject(yield* codeOf(other)), OnBehalfOf, { _tag: "Socket" })
      yield* asSam(revoke([{ accountId: "default", sender: one }]))
      // What takes nothing back is nothing that was done.
      yield* asSam(revoke([{ accountId: "default", sender: one }]))
      yield* Effect.flip(approve("AAAAAAAA"))
      expect(yield* kept()).toEqual([
        { number: 1, at: 0, by: sam, event: { _tag: "PairingApproved", accountId: "default", sender: one } },
        {
          number: 2,
          at: 1000,
          by: { _tag: "Socket" },
          event: { _tag: "PairingRejected", accountId: "default", sender: other }
        },
        { number: 3, at: 1000, by: sam, event: { _tag: "PairingRevoked", accountId: "default", sender: one } }
      ])
    }).pipe(Effect.provide(store))
  )

  it.effect("has orders about dead letters, and not those that were refused", () =>
    Effect.gen(function* () {
      const { bury, drop, retry } = yield* DeadLetters
      yield* bury({ ...REASON, content: deadTurn("t") })
      yield* asSam(retry(1, { anyway: false }))
      yield* Effect.flip(drop(7))
      yield* asSam(drop(1))
      expect((yield* kept()).map(({ event }) => event)).toEqual([
        { _tag: "DeadLetterRetried", number: 1, anyway: false },
        { _tag: "DeadLetterDropped", number: 1 }
      ])
    }).pipe(Effect.provide(store))
  )

  it.effect("has who let a paused chat go on, and nothing of a chat that was not paused", () =>
    Effect.gen(function* () {
      const { pause, resume } = yield* PausedChats
      const chat = { accountId: "default", chat: "chat_id:7" }
      yield* pause(chat)
      yield* asSam(resume(chat))
      yield* Effect.flip(asSam(resume(chat)))
      expect(yield* kept()).toEqual([{ number: 1, at: 0, by: sam, event: { _tag: "ChatResumed", ...chat } }])
    }).pipe(Effect.provide(store))
  )

  it.effect("shows the last ones, since when one likes", () =>
    Effect.gen(function* () {
      const { record } = yield* Audit
      for (const code of ["a", "b", "c"]) {
        yield* record({ _tag: "ConfigRefused", code })
        yield* TestClock.adjust("1 minute")
      }
      const codes = (entries: Effect.Effect.Success<ReturnType<typeof kept>>) =>
        entries.map(({ event }) => (event._tag === "ConfigRefused" ? event.code : ""))
      expect(codes(yield* kept({ limit: 2 }))).toEqual(["b", "c"])
      expect(codes(yield* kept({ since: 60_000 }))).toEqual(["b", "c"])
      expect((yield* kept()).every(({ by }) => by._tag === "Gateway")).toBe(true)
    }).pipe(Effect.provide(store))
  )

  it.effect("has a place for so many of a kind, so that no flood of one pushes out another", () =>
    Effect.gen(function* () {
      const { record } = yield* Audit
      yield* record({ _tag: "SignedIn" })
      yield* Effect.repeatN(record({ _tag: "TokenRefused", as: "program" }), MOST_OF_A_KIND + 9)
      const entries = yield* kept()
      expect(entries).toHaveLength(MOST_OF_A_KIND + 1)
      expect(entries.map(({ number }) => number).slice(0, 2)).toEqual([1, 12])
    }).pipe(Effect.provide(store))
  )

  it.effect("forgets what is older than it is meant to know", () =>
    Effect.gen(function* () {
      const { record } = yield* Audit
      yield* record({ _tag: "SignedIn" })
      yield* TestClock.adjust(Duration.millis(KEPT_MS + 1))
      yield* record({ _tag: "SignedOut" })
      expect((yield* kept()).map(({ event }) => event._tag)).toEqual(["SignedOut"])
    }).pipe(Effect.provide(store))
  )
})
