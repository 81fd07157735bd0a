/** Which delivery goes out next, and when. */
import { describe as describeFile, expect, it } from "@effect/vitest"
import { Effect, Layer, Option, TestClock } from "effect"
import { Database } from "../../../src/layers/database/Database.ts"
import * as DeadLettersSql from "../../../src/layers/deadLetters/DeadLettersSql.ts"
import * as OutboxSql from "../../../src/layers/outbox/OutboxSql.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import { NO_PROGRESS, PartState } from "../../../src/schemas/Delivery.ts"
import { DeadLetters } from "../../../src/services/DeadLetters.ts"
import { type OpenDelivery, Outbox } from "../../../src/services/Outbox.ts"
import { database, describe } from "../../support/databases.ts"
import { replyTo } from "../../support/outbound.ts"
import { planOf, statementsOf } from "../../support/queryPlans.ts"

const store = Layer.merge(OutboxSql.layer, DeadLettersSql.layer).pipe(Layer.provideMerge(database))

const NOW = 1_000_000
const TTL = 100_000
const withChild = { accountId: "default", forChildMs: 0, without: [] }
const withoutChild = { ...withChild, forChildMs: TTL }

const accept = (id: string, chatId: number, giveUpAt?: number) =>
  Effect.flatMap(Outbox, (outbox) =>
    Effect.flatten(outbox.accept(replyTo(chatId, id, id), giveUpAt === undefined ? {} : { giveUpAt }))
  )
const nextOf = (wanted = withChild, now = NOW, without: ReadonlyArray<OpenDelivery> = []) =>
  Effect.flatMap(Outbox, ({ next }) => next({ ...wanted, without: without.map(({ seq }) => seq) }, now)).pipe(
    Effect.map(Option.match({ onNone: () => undefined, onSome: ({ delivery }) => delivery.id }))
  )

const test = (what: string, run: Effect.Effect<void, unknown, Outbox | DeadLetters | Database>) =>
  it.effect(what, () => Effect.provide(Effect.zipRight(TestClock.setTime(NOW), run), store))

describe("the next delivery", () => {
  test(
    "is the oldest of those that are the first of their chat, and not in hand",
    Effect.gen(function* () {
      const first = yield* accept("a-1", 1)
      yield* accept("a-2", 1)
      const other = yield* accept("b-1", 2)
      expect(yield* nextOf()).toBe("a-1")
      expect(yield* nextOf(withChild, NOW, [first])).toBe("b-1")
      expect(yield* nextOf(withChild, NOW, [first, other])).toBeUndefined()
      yield* (yield* Outbox).end(first)
      expect(yield* nextOf(withChild, NOW, [other])).toBe("a-2")
    })
  )

  test(
    "is none of a chat that waits, until its time or until there is another child",
    Effect.gen(function* () {
      const { nextAt, pause, resumeAll } = yield* Outbox
      const first = yield* accept("a-1", 1)
      yield* accept("a-2", 1)
      yield* pause(first, NOW + 5000, { ...NO_PROGRESS, pauses: 3 })
      expect(yield* nextOf()).toBeUndefined()
      expect(yield* nextAt(withChild, NOW)).toEqual(Option.some(NOW + 5000))
      expect(yield* nextOf(withChild, NOW + 5000)).toBe("a-1")
      yield* resumeAll("default")
      expect(yield* nextOf()).toBe("a-1")
    })
  )

  test(
    "does not wait for as long as the clock was set back",
    Effect.gen(function* () {
      const { nextAt, pause } = yield* Outbox
      yield* pause(yield* accept("a", 1), NOW + 500, NO_PROGRESS)
      const hourAgo = NOW - 3_600_000
      expect(yield* nextOf(withChild, hourAgo)).toBe("a")
      expect(Option.getOrThrow(yield* nextAt(withChild, hourAgo))).toBeLessThan(hourAgo + 120_000)
    })
  )

  test(
    "does not wait where it was accepted by a host whose clock is ahead, and is none whose time is just not there",
    Effect.gen(function* () {
      const { pause } = yield* Outbox
      const pausing = yield* accept("paused", 2)
      const ahead = yield* accept("ahead", 1)
      yield* pause(pausing, NOW + 500, NO_PROGRESS)
      for (const behindMs of [1, 5000, 70_000, 100_000]) {
        expect(yield* nextOf(withChild, NOW - behindMs)).toBe("ahead")
      }
      expect(yield* nextOf(withChild, NOW - 5000, [ahead])).toBeUndefined()
    })
  )

  test(
    "is one that is too old, or of no use any more, where there is no child",
    Effect.gen(function* () {
      yield* accept("old", 1)
      yield* accept("useless", 2, NOW + 10)
      expect(yield* nextOf(withoutChild, NOW)).toBeUndefined()
      expect(yield* nextOf(withoutChild, NOW + 10)).toBe("useless")
      const useless = yield* (yield* Outbox).find({ accountId: "default", id: "useless" })
      expect(yield* nextOf(withoutChild, NOW + TTL, Option.toArray(useless))).toBe("old")
    })
  )
})

describe("a delivery that is taken back", () => {
  const why = "nobody asks any more"
  const withdraw = (idsFrom: string, accountId = "default") =>
    Effect.flatMap(Outbox, (outbox) => outbox.withdraw({ accountId, idsFrom, why }))
  const whyOf = (id: string) =>
    Effect.flatMap(Outbox, ({ standing }) =>
      Effect.map(standing({ accountId: "default", id }), ({ withdrawn }) => withdrawn)
    )

  test(
    "can be taken at once to get its end, with a child and without one, and says why",
    Effect.gen(function* () {
      const { find, pause } = yield* Outbox
      yield* pause(yield* accept("a:1:x", 1), NOW + 5000, NO_PROGRESS)
      yield* accept("b", 2)
      expect(yield* nextOf(withoutChild)).toBeUndefined()
      yield* withdraw("a:1:")
      expect(yield* nextOf(withoutChild)).toBe("a:1:x")
      expect(yield* nextOf()).toBe("a:1:x")
      // Where hosts share it, also by a clock that is behind.
      const { isShared } = yield* Database
      expect(yield* find({ accountId: "default", id: "a:1:x" })).toMatchObject(
        Option.some({ withdrawn: why, usefulUntil: isShared ? 0 : NOW })
      )
      expect(yield* nextOf(withoutChild, NOW - 5000)).toBe(isShared ? "a:1:x" : undefined)
      expect(yield* whyOf("a:1:x")).toEqual(Option.some(why))
    })
  )

  test(
    "is none of another name or account, and none that has its end",
    Effect.gen(function* () {
      const { end } = yield* Outbox
      yield* accept("a:10:x", 1)
      yield* accept("a:1", 2)
      const ended = yield* accept("a:1:ended", 3)
      yield* end(ended)
      yield* withdraw("a:1:")
      yield* withdraw("a:", "other")
      for (const id of ["a:10:x", "a:1", "a:1:ended"]) {
        expect([id, yield* whyOf(id)]).toEqual([id, Option.none()])
      }
    })
  )
})

describe("a delivery that cannot be read", () => {
  const onStore = (sql: string) =>
    Effect.flatMap(Database, ({ prepare, write }) => write(() => prepare(sql).run()))
  const letters = Effect.flatMap(DeadLetters, ({ all }) => all)
  const part = { index: 0, part: { _tag: "Text", text: "x" }, tries: 1 } as const
  const sending = PartState.Sending({ triedAt: NOW, afterRowId: 1 })

  for (const [what, value] of [
    ["is damaged", '{"id": "a-1", "accou'],
    [
      "is of a later version",
      '{"id": "a-1", "accountId": "default", "target": {"_tag": "Planet"}, "replies": []}'
    ]
  ] as const) {
    test(
      `because it ${what} is set aside as it is, and the others go on`,
      Effect.gen(function* () {
        yield* accept("a-1", 1)
        yield* accept("a-2", 1)
        yield* onStore(`UPDATE outbox SET delivery = '${value}' WHERE delivery_id = 'a-1'`)
        expect(yield* (yield* Outbox).waiting(10)).toMatchObject([{ id: "a-2" }])
        expect(yield* nextOf()).toBe("a-2")
        expect(yield* letters).toMatchObject([
          {
            code: "unreadable",
            content: { _tag: "Unreadable", kind: "Delivery", id: "a-1", accountId: "default" },
            attempts: 1
          }
        ])
        expect(yield* (yield* Outbox).counts).toEqual(new Map([["default", 1]]))
        // A version that can read it finds all of it.
        yield* onStore("UPDATE dead_letters SET payload = replace(payload, 'Planet', 'Handle')")
        const kept = yield* Effect.flatMap(Database, ({ prepare, read }) =>
          read(() => prepare<{ payload: string }>("SELECT payload FROM dead_letters").get())
        )
        expect(kept?.payload).toBe(value.replace("Planet", "Handle"))
      })
    )
  }

  test(
    "in one of its parts is set aside whole: what was under way is in doubt",
    Effect.gen(function* () {
      const { parts, putParts } = yield* Outbox
      const open = yield* accept("a-1", 1)
      yield* accept("a-2", 1)
      yield* putParts(open.delivery, [
        { ...part, state: PartState.Sent({ guid: "g", rowId: 1 }) },
        { ...part, index: 1, state: sending },
        { ...part, index: 2, state: PartState.Queued() }
      ])
      yield* onStore("UPDATE parts SET part = '{' WHERE part_index > 0")
      expect(yield* nextOf()).toBe("a-2")
      expect((yield* parts("a-1")).map(({ state }) => state._tag)).toEqual(["Sent", "Uncertain", "Failed"])
      expect(yield* letters).toMatchObject([{ code: "unreadable", content: { _tag: "Delivery" } }])
    })
  )

  test(
    "in what is known of its waiting goes on without that",
    Effect.gen(function* () {
      const { pause } = yield* Outbox
      yield* pause(yield* accept("a", 1), NOW, { ...NO_PROGRESS, pauses: 3 })
      yield* onStore("UPDATE outbox SET progress = 'x'")
      expect(yield* nextOf()).toBe("a")
      expect(yield* letters).toEqual([])
    })
  )
})

describeFile("each search for the next delivery", () => {
  it.effect("goes by an index, however many wait in however many chats", () =>
    Effect.gen(function* () {
      const prepared = yield* statementsOf(OutboxSql.layer)
      // The statement that writes a delivery has names for its values.
      const searches = prepared.filter(
        (sql) => /SELECT[\s\S]*FROM outbox WHERE (?:account_id|place)/u.test(sql) && !sql.includes("$account")
      )
      expect(searches.length).toBeGreaterThan(6)
      const plans = yield* Effect.forEach(searches, (sql) =>
        Effect.map(planOf(sql), (steps) => steps.map((step) => ({ sql, step })))
      )
      expect(plans.flat().filter(({ step }) => step.includes("TEMP B-TREE FOR ORDER"))).toEqual([])
      expect(plans.flat().filter(({ step }) => step === "SCAN outbox")).toEqual([])
    }).pipe(Effect.provide(DatabaseSqlite.memory))
  )
})
