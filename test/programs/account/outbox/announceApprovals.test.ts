/** How people learn that they were let in: by deliveries, which a test's outbox writes down. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Ref, TestClock } from "effect"
import { Database } from "../../../../src/layers/database/Database.ts"
import * as PairingStoreSql from "../../../../src/layers/pairing/PairingStoreSql.ts"
import * as DatabaseSqlite from "../../../../src/layers/sqlite/DatabaseSqlite.ts"
import {
  announceApprovals,
  lookForNotices
} from "../../../../src/programs/account/outbox/announceApprovals.ts"
import { PairingStore } from "../../../../src/services/PairingStore.ts"
import { events } from "../../../support/accounts.ts"
import { makeActors } from "../../../support/actors.ts"
import { makeAccount } from "../../../support/configs.ts"
import { ALICE, BOB } from "../../../support/envelopes.ts"
import { codeOf } from "../../../support/pairing.ts"

const store = PairingStoreSql.layer.pipe(Layer.provideMerge(DatabaseSqlite.memory), Layer.merge(events))

/** Longer than the pause between two looks. */
const A_LOOK = "1 second"

/** Lets somebody in, and gives the code of their request. */
const admit = (sender: string, accountId = "default") =>
  Effect.flatMap(PairingStore, ({ approve }) => Effect.flatMap(codeOf(sender, { accountId }), approve)).pipe(
    Effect.map(({ code }) => code)
  )

const notices = Effect.flatMap(PairingStore, (pairing) => pairing.notices("default"))

/** Announces approvals of the account `default`, until the test ends. `deliveries` is what its outbox was given. */
const announcing = (approvedMessage = "come in, {sender}") =>
  Effect.gen(function* () {
    const { cluster, deliveries } = yield* makeActors
    const noticed = yield* lookForNotices
    const start = announceApprovals(makeAccount({ pairing: { approvedMessage } }), noticed).pipe(
      Effect.provide(cluster),
      Effect.forkScoped
    )
    return { start, fiber: yield* start, deliveries }
  })

describe("an approval", () => {
  it.scoped("is announced where they wrote, once, however often is looked", () =>
    Effect.gen(function* () {
      const { deliveries } = yield* announcing()
      const code = yield* admit(ALICE)
      for (let look = 0; look < 5; look++) yield* TestClock.adjust(A_LOOK)
      expect(yield* deliveries).toEqual([
        {
          id: `approved:default:${code}`,
          accountId: "default",
          target: { _tag: "ChatId", chatId: 7 },
          replies: [{ text: `come in, ${ALICE}` }]
        }
      ])
      expect(yield* notices).toEqual([])
    }).pipe(Effect.provide(store))
  )

  it.scoped("is announced where it was given before the gateway started", () =>
    Effect.gen(function* () {
      yield* admit(ALICE)
      const { deliveries } = yield* announcing()
      yield* TestClock.adjust(A_LOOK)
      expect(yield* deliveries).toHaveLength(1)
    }).pipe(Effect.provide(store))
  )

  it.scoped("is announced each by itself", () =>
    Effect.gen(function* () {
      const { deliveries } = yield* announcing()
      const first = yield* admit(ALICE)
      // What is approved in the same moment has no order.
      yield* TestClock.adjust("1 millis")
      const codes = [first, yield* admit(BOB)]
      yield* TestClock.adjust(A_LOOK)
      expect((yield* deliveries).map(({ id }) => id)).toEqual(codes.map((code) => `approved:default:${code}`))
    }).pipe(Effect.provide(store))
  )

  it.scoped("is announced once also where the gateway ended before the notice was forgotten", () =>
    Effect.gen(function* () {
      const database = yield* Database
      const onStore = (sql: string) => database.write(() => database.prepare(sql).run())
      const { deliveries, fiber, start } = yield* announcing()
      yield* onStore(`CREATE TRIGGER full BEFORE DELETE ON approval_notices
                      BEGIN SELECT RAISE(ABORT, 'disk full'); END`)
      yield* admit(ALICE)
      yield* TestClock.adjust(A_LOOK)
      expect(yield* deliveries).toHaveLength(1)
      yield* Fiber.interrupt(fiber)
      expect(yield* notices).toHaveLength(1)
      yield* onStore("DROP TRIGGER full")
      yield* start
      yield* TestClock.adjust(A_LOOK)
      expect(yield* notices).toEqual([])
      expect(yield* deliveries).toHaveLength(1)
    }).pipe(Effect.provide(store))
  )

  for (const approvedMessage of ["", " \n"]) {
    it.scoped(`is not announced by a message of ${JSON.stringify(approvedMessage)}, and forgotten`, () =>
      Effect.gen(function* () {
        const { deliveries } = yield* announcing(approvedMessage)
        yield* admit(ALICE)
        yield* TestClock.adjust(A_LOOK)
        expect(yield* notices).toEqual([])
        expect(yield* deliveries).toEqual([])
      }).pipe(Effect.provide(store))
    )
  }

  it.scoped("of another account is left to that account", () =>
    Effect.gen(function* () {
      const { deliveries } = yield* announcing()
      const pairing = yield* PairingStore
      yield* admit(ALICE, "other")
      yield* TestClock.adjust(A_LOOK)
      expect(yield* deliveries).toEqual([])
      expect(yield* pairing.notices("other")).toHaveLength(1)
    }).pipe(Effect.provide(store))
  )

  it.scoped("that is taken back before the look is not announced", () =>
    Effect.gen(function* () {
      const { deliveries } = yield* announcing()
      const { revoke } = yield* PairingStore
      yield* admit(ALICE)
      yield* revoke([{ accountId: "default", sender: ALICE }])
      yield* TestClock.adjust(A_LOOK)
      expect(yield* deliveries).toEqual([])
    }).pipe(Effect.provide(store))
  )

  it.scoped("is looked for by one question for all accounts", () =>
    Effect.gen(function* () {
      const questions = yield* Ref.make<ReadonlyArray<string>>([])
      const asked = (what: string) => Ref.update(questions, (before) => [...before, what])
      const pairing = yield* PairingStore
      const { cluster } = yield* makeActors
      const counting = Layer.succeed(PairingStore, {
        ...pairing,
        notices: (id) => Effect.zipRight(asked(id), pairing.notices(id)),
        noticedAccounts: Effect.zipRight(asked("all"), pairing.noticedAccounts)
      })
      yield* Effect.gen(function* () {
        const noticed = yield* lookForNotices
        yield* Effect.forEach(["one", "two", "three"], (id) =>
          Effect.forkScoped(announceApprovals({ ...makeAccount(), id }, noticed))
        )
        yield* TestClock.adjust(A_LOOK)
        yield* admit(ALICE, "two")
        yield* TestClock.adjust(A_LOOK)
      }).pipe(Effect.provide(Layer.provideMerge(counting, Layer.succeedContext(cluster))))
      // What is looked for in one moment has no order.
      expect((yield* questions).toSorted()).toEqual(["all", "all", "all", "all", "two"])
    }).pipe(Effect.provide(store))
  )
})
