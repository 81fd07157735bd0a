import { expect, it } from "@effect/vitest"
import { Effect, Layer, TestClock } from "effect"
import { Database } from "../../../src/layers/database/Database.ts"
import { summary } from "../../../src/programs/deadLetters/records.ts"
import { PartState } from "../../../src/schemas/Delivery.ts"
import { DeadLetters } from "../../../src/services/DeadLetters.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { database, describe } from "../../support/databases.ts"
import { deadDelivery, deadTurn, letterStores, REASON, retryDelivery } from "../../support/deadLetters.ts"
import { replyTo, tagsOf } from "../../support/outbound.ts"

const store = letterStores.pipe(Layer.provideMerge(database))

const turn = deadTurn("t")
const delivery = deadDelivery(replyTo(7, "d", "a", "b", "c"))
const UNCERTAIN = { code: "delivery_uncertain", message: "the result was lost", attempt: 0 }

/** The numbers and what is to be done with them. */
const ordersOf = (accountId = "default") =>
  Effect.flatMap(DeadLetters, ({ orders }) => orders([accountId])).pipe(
    Effect.map((all) =>
      all.map((order) => `${order._tag} ${order._tag === "Retry" ? order.letter.number : order.number}`)
    )
  )

/** Does what was ordered, as far as the store is concerned. */
const carryOutAll = Effect.flatMap(DeadLetters, ({ carriedOut, orders }) =>
  Effect.flatMap(orders(["default"]), Effect.forEach(carriedOut))
)

const statuses = Effect.flatMap(DeadLetters, ({ all }) =>
  Effect.map(all, (letters) => letters.map(({ status }) => status))
)

describe("a dead letter", () => {
  it.effect("is kept with all that is needed to try it again, newest first", () =>
    Effect.gen(function* () {
      const { all, bury } = yield* DeadLetters
      yield* bury({ ...REASON, content: turn })
      yield* TestClock.adjust("1 second")
      yield* bury({ ...UNCERTAIN, content: delivery })
      const common = { status: "dead", attempts: 1 }
      expect(yield* all).toEqual([
        {
          ...common,
          number: 2,
          content: delivery,
          code: UNCERTAIN.code,
          message: UNCERTAIN.message,
          buriedAt: 1000
        },
        { ...common, number: 1, content: turn, code: REASON.code, message: REASON.message, buriedAt: 0 }
      ])
    }).pipe(Effect.provide(store))
  )

  it.effect("has what its agent said apart from its reason", () =>
    Effect.gen(function* () {
      const { all, bury, drop } = yield* DeadLetters
      yield* bury({ ...REASON, content: turn, report: "what it said" })
      const [letter] = yield* all
      expect(letter).toMatchObject({ message: REASON.message, report: "what it said" })
      expect(JSON.stringify(letter === undefined ? {} : summary(letter))).not.toContain("what it said")
      yield* drop(letter?.number ?? 0)
      const database = yield* Database
      expect(
        JSON.stringify(yield* database.read(() => database.prepare("SELECT * FROM dead_letters").all()))
      ).not.toContain("what it said")
    }).pipe(Effect.provide(store))
  )

  it.effect("of a turn is another than that of the delivery with the same id", () =>
    Effect.gen(function* () {
      const { all, bury, resolve } = yield* DeadLetters
      yield* bury({ ...REASON, content: turn })
      yield* bury({ ...REASON, content: deadDelivery(replyTo(7, "t", "a")) })
      expect(yield* all).toHaveLength(2)
      yield* resolve("Turn", "t")
      expect(yield* all).toMatchObject([{ number: 2 }])
    }).pipe(Effect.provide(store))
  )

  it.effect(
    "is as it was when the same failure is reported again after a crash, with what was ordered since",
    () =>
      Effect.gen(function* () {
        const { all, bury, retry } = yield* DeadLetters
        yield* bury({ ...REASON, content: turn })
        yield* retry(1, { anyway: false })
        yield* bury({ ...REASON, content: turn, message: "again" })
        expect(yield* all).toMatchObject([{ status: "asked", attempts: 1, message: REASON.message }])
      }).pipe(Effect.provide(store))
  )

  it.effect("whose retry failed is the same one again, with the new reason and one failure more", () =>
    Effect.gen(function* () {
      const { all, bury, failures, retry } = yield* DeadLetters
      yield* bury({ ...REASON, content: turn })
      yield* retry(1, { anyway: false })
      yield* carryOutAll
      yield* bury({ content: turn, attempt: 1, code: "agent_timeout", message: "too slow" })
      expect(yield* all).toMatchObject([
        { number: 1, status: "dead", attempts: 2, code: "agent_timeout", message: "too slow" }
      ])
      expect(yield* failures("Turn", "t")).toBe(2)
    }).pipe(Effect.provide(store))
  )

  it.effect("never gets the number of an earlier one", () =>
    Effect.gen(function* () {
      const { all, bury, drop } = yield* DeadLetters
      yield* bury({ ...REASON, content: turn })
      yield* drop(1)
      yield* bury({ ...REASON, content: deadTurn("other") })
      expect(yield* all).toMatchObject([{ number: 2 }])
    }).pipe(Effect.provide(store))
  )

  for (const [what, act] of [
    ["shown", ({ get }: typeof DeadLetters.Service) => get(5)],
    ["retried", ({ retry }: typeof DeadLetters.Service) => retry(5, { anyway: true })],
    ["dropped", ({ drop }: typeof DeadLetters.Service) => drop(5)]
  ] as const) {
    it.effect(`that is not there is not ${what}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(act(yield* DeadLetters))
        expect(error).toMatchObject({ _tag: "DeadLetterNotFound", number: 5 })
      }).pipe(Effect.provide(store))
    )
  }
})

describe("the order to try a letter again", () => {
  it.effect("is there until it is carried out, for the account that it is of", () =>
    Effect.gen(function* () {
      const { bury, retry } = yield* DeadLetters
      yield* bury({ ...REASON, content: turn })
      expect(yield* ordersOf()).toEqual([])
      yield* retry(1, { anyway: false })
      yield* retry(1, { anyway: false })
      expect(yield* ordersOf("other")).toEqual([])
      expect(yield* ordersOf()).toEqual(["Retry 1"])
      yield* carryOutAll
      expect(yield* ordersOf()).toEqual([])
      expect(yield* statuses).toEqual(["retrying"])
    }).pipe(Effect.provide(store))
  )

  it.effect("is over where the retry has failed before its beginning was written down", () =>
    Effect.gen(function* () {
      const { bury, carriedOut, orders, retry } = yield* DeadLetters
      yield* bury({ ...REASON, content: turn })
      yield* retry(1, { anyway: false })
      const taken = yield* orders(["default"])
      yield* bury({ ...REASON, content: turn, attempt: 1 })
      yield* Effect.forEach(taken, carriedOut)
      expect(yield* statuses).toEqual(["dead"])
    }).pipe(Effect.provide(store))
  )

  it.effect("is refused for what may have been sent, unless it is to be sent anyway", () =>
    Effect.gen(function* () {
      const { bury, retry } = yield* DeadLetters
      yield* bury({ ...UNCERTAIN, content: delivery })
      const refused = yield* Effect.flip(retry(1, { anyway: false }))
      expect(refused).toMatchObject({ _tag: "DeadLetterRefused", reason: "uncertain" })
      expect(yield* ordersOf()).toEqual([])
      yield* retry(1, { anyway: true })
      expect(yield* ordersOf()).toEqual(["Retry 1"])
    }).pipe(Effect.provide(store))
  )

  const sent = PartState.Sent({ guid: "g", rowId: 9 })
  const uncertain = PartState.Uncertain({ detail: "lost" })
  const failed = PartState.Failed({ detail: "refused" })
  for (const { anyway, tags } of [
    { anyway: false, tags: ["Sent", "Uncertain", "Queued"] },
    { anyway: true, tags: ["Sent", "Queued", "Queued"] }
  ]) {
    it.effect(`makes ready ${anyway ? "also" : "not"} what is uncertain, and nothing that was sent`, () =>
      Effect.gen(function* () {
        const { bury } = yield* DeadLetters
        const { putParts } = yield* Outbox
        const ref = { id: "d", accountId: "default" }
        const records = [sent, uncertain, failed].map((state, index) => ({
          index,
          part: { _tag: "Text", text: String(index) } as const,
          state,
          tries: 2
        }))
        yield* putParts(ref, records)
        yield* putParts({ ...ref, id: "another" }, records)
        yield* bury({ ...REASON, content: delivery })
        yield* retryDelivery(1, { anyway })
        expect(yield* tagsOf("d")).toEqual(tags)
        expect((yield* (yield* Outbox).parts("d")).map(({ tries }) => tries).at(-1)).toBe(0)
        expect(yield* tagsOf("another")).toEqual(["Sent", "Uncertain", "Failed"])
      }).pipe(Effect.provide(store))
    )
  }
})

describe("a letter that is dropped", () => {
  it.effect(
    "is gone at once; of a delivery the order is left to release its files, and nothing of its texts",
    () =>
      Effect.gen(function* () {
        const { all, bury, drop, get } = yield* DeadLetters
        const database = yield* Database
        const rows = database.prepare<{ readonly payload: string }>("SELECT * FROM dead_letters")
        yield* bury({ ...REASON, content: turn })
        yield* bury({ ...REASON, content: delivery })
        yield* drop(1)
        yield* drop(2)
        expect(yield* all).toEqual([])
        expect((yield* Effect.flip(get(2)))._tag).toBe("DeadLetterNotFound")
        expect(yield* ordersOf()).toEqual(["Release 2"])
        expect(yield* database.read(() => rows.all())).toMatchObject([{ payload: "", message: "" }])
        yield* carryOutAll
        expect(yield* database.read(() => rows.all())).toEqual([])
      }).pipe(Effect.provide(store))
  )

  it.effect("takes its order to be tried again with it", () =>
    Effect.gen(function* () {
      const { bury, drop, retry } = yield* DeadLetters
      yield* bury({ ...REASON, content: turn })
      yield* retry(1, { anyway: false })
      yield* drop(1)
      expect(yield* ordersOf()).toEqual([])
    }).pipe(Effect.provide(store))
  )

  it.effect("is none that is being tried again", () =>
    Effect.gen(function* () {
      const { bury, drop, retry } = yield* DeadLetters
      yield* bury({ ...REASON, content: turn })
      yield* retry(1, { anyway: false })
      yield* carryOutAll
      const refused = yield* Effect.flip(drop(1))
      expect(refused).toMatchObject({ _tag: "DeadLetterRefused", reason: "retrying" })
      expect(yield* statuses).toEqual(["retrying"])
    }).pipe(Effect.provide(store))
  )
})

describe("a letter that cannot be read", () => {
  it.effect("hides no other, is not tried again, and can be dropped", () =>
    Effect.gen(function* () {
      const database = yield* Database
      const { all, bury, drop, orders, retry } = yield* DeadLetters
      yield* bury({ ...REASON, content: turn })
      yield* bury({ ...REASON, content: deadTurn("u") })
      yield* Effect.forEach([1, 2], (number) => retry(number, { anyway: false }))
      yield* database.write(() =>
        database.prepare("UPDATE dead_letters SET payload = '{' WHERE id = 't'").run()
      )
      expect(yield* ordersOf()).toEqual(["Retry 2"])
      expect((yield* all).map(({ content }) => content._tag)).toEqual(["Turn", "Unreadable"])
      expect(yield* Effect.flip(retry(1, { anyway: true }))).toMatchObject({
        code: "dead_letter_refused",
        hint: "Retry it with the version that wrote it, or drop it."
      })
      yield* drop(1)
      expect(yield* all).toMatchObject([{ number: 2 }])
      expect(yield* orders([])).toEqual([])
    }).pipe(Effect.provide(store))
  )
})
