import { describe as describeFile, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Ref, TestClock } from "effect"
import * as ConversationsSql from "../../../src/layers/conversations/ConversationsSql.ts"
import { Database } from "../../../src/layers/database/Database.ts"
import * as PairingStoreSql from "../../../src/layers/pairing/PairingStoreSql.ts"
import * as RetentionSql from "../../../src/layers/retention/RetentionSql.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import * as BegunTurnsSql from "../../../src/layers/turns/BegunTurnsSql.ts"
import { PartState } from "../../../src/schemas/Delivery.ts"
import { BegunTurns } from "../../../src/services/BegunTurns.ts"
import { Conversations } from "../../../src/services/Conversations.ts"
import { DeadLetters } from "../../../src/services/DeadLetters.ts"
import { GroupHistory } from "../../../src/services/GroupHistory.ts"
import { OutboundFiles } from "../../../src/services/OutboundFiles.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { PairingStore } from "../../../src/services/PairingStore.ts"
import { Retention } from "../../../src/services/Retention.ts"
import { TurnMembers } from "../../../src/services/TurnMembers.ts"
import { brought, group, open, person, turnsOf } from "../../support/conversations.ts"
import { database, describe, joinPassing, pass } from "../../support/databases.ts"
import { deadDelivery, deadTurn, letterStores, REASON } from "../../support/deadLetters.ts"
import { ALICE, makeEnvelope } from "../../support/envelopes.ts"
import { replyTo, tagsOf } from "../../support/outbound.ts"
import { ask, TTL } from "../../support/pairing.ts"
import { messagesLeft, saveMessages } from "../../support/storedMessages.ts"

/** When a test takes place, and from when on what was finished is kept. */
const NOW = Date.parse("2026-06-01T00:00:00Z")
const BEFORE = NOW - 7 * 86_400_000
const OLD = BEFORE - 1
const YOUNG = BEFORE

/** The deliveries whose files were to be kept, when others were released. */
class Kept extends Context.Tag("Kept")<Kept, Ref.Ref<ReadonlyArray<string>>>() {}

const files = Layer.unwrapEffect(
  Effect.map(Ref.make<ReadonlyArray<string>>([]), (kept) =>
    Layer.merge(
      Layer.succeed(Kept, kept),
      Layer.succeed(OutboundFiles, {
        stage: () => Effect.dieMessage("nothing is staged here"),
        receive: () => Effect.dieMessage("nothing comes in here"),
        here: () => Effect.dieMessage("nothing is sent here"),
        release: () => Effect.dieMessage("nothing is released by name"),
        releaseOthers: (keep) => Effect.as(Ref.set(kept, [...keep].sort()), 3)
      })
    )
  )
)

const retention = RetentionSql.layer.pipe(
  Layer.provideMerge(files),
  Layer.provideMerge(
    Layer.mergeAll(letterStores, BegunTurnsSql.layer, PairingStoreSql.layer, ConversationsSql.layer)
  )
)
const store = Layer.provideMerge(retention, database)

/** Prunes at `NOW`, however many pauses it takes. */
const prune = Effect.gen(function* () {
  yield* TestClock.setTime(NOW)
  const fiber = yield* Effect.flatMap(Retention, ({ prune }) => Effect.fork(prune(BEFORE)))
  return yield* joinPassing(fiber, "10 millis")
})

const text = { _tag: "Text", text: "a" } as const
const SENT = PartState.Sent({ guid: undefined, rowId: undefined })

/** Writes the parts of a delivery down at a time. */
const putParts = (at: number, id: string, ...states: ReadonlyArray<PartState>) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(at)
    yield* (yield* Outbox).putParts(
      { id, accountId: "default" },
      states.map((state, index) => ({ index, part: text, state, tries: 1 }))
    )
  })

const turn = (id: string, savedAt: number, finishedAt?: number) =>
  ({ actor: "Session", id, savedAt, ...(finishedAt === undefined ? {} : { finishedAt }) }) as const
const delivery = (id: string, savedAt: number, finishedAt?: number) =>
  ({ actor: "Account", id, savedAt, ...(finishedAt === undefined ? {} : { finishedAt }) }) as const

describe("a message", () => {
  it.effect("is removed with its key once it was finished long ago, and not before", () =>
    Effect.gen(function* () {
      yield* saveMessages([
        turn("old", OLD, OLD),
        turn("finished late", OLD, YOUNG),
        delivery("old", OLD, OLD),
        turn("young", YOUNG, YOUNG)
      ])
      expect(yield* prune).toMatchObject({ messages: 1, deliveries: 1 })
      expect(yield* messagesLeft).toEqual(["Inbound/finished late", "Inbound/young"])
    }).pipe(Effect.provide(store))
  )

  it.effect("that is not finished stays, however old it is", () =>
    Effect.gen(function* () {
      yield* saveMessages([turn("t", OLD), delivery("d", OLD)])
      expect(yield* prune).toMatchObject({ messages: 0 })
      expect(yield* messagesLeft).toEqual(["Inbound/t", "Deliver/d"])
    }).pipe(Effect.provide(store))
  )

  it.effect("stays where an unfinished turn is older: whether its reply was accepted is asked again", () =>
    Effect.gen(function* () {
      yield* saveMessages([
        turn("before", OLD - 10, OLD - 9),
        turn("cut off", OLD - 8),
        delivery("cut off", OLD - 7, OLD - 6),
        turn("after", OLD - 5, OLD - 4)
      ])
      yield* prune
      expect(yield* messagesLeft).toEqual(["Inbound/cut off", "Inbound/after", "Deliver/cut off"])
    }).pipe(Effect.provide(store))
  )

  it.effect("is removed also where a delivery of an account that is gone waits for ever", () =>
    Effect.gen(function* () {
      yield* saveMessages([delivery("waiting", OLD - 10), turn("t", OLD, OLD)])
      yield* prune
      expect(yield* messagesLeft).toEqual(["Deliver/waiting"])
    }).pipe(Effect.provide(store))
  )

  it.effect("is removed with the thousands that were finished with it", () =>
    Effect.gen(function* () {
      yield* saveMessages(Array.from({ length: 3000 }, (_, index) => turn(`t-${index}`, OLD, OLD)))
      expect(yield* prune).toMatchObject({ messages: 3000 })
    }).pipe(Effect.provide(store))
  )
})

describe("the parts of a delivery", () => {
  it.effect("are removed once the last of them was settled long ago", () =>
    Effect.gen(function* () {
      yield* putParts(
        OLD,
        "old",
        SENT,
        PartState.Failed({ detail: "no" }),
        PartState.Uncertain({ detail: "?" })
      )
      yield* putParts(YOUNG, "young", SENT)
      expect(yield* prune).toMatchObject({ parts: 3 })
      expect(yield* tagsOf("old")).toEqual([])
      expect(yield* tagsOf("young")).toEqual(["Sent"])
    }).pipe(Effect.provide(store))
  )

  for (const state of [PartState.Queued(), PartState.Sending({ triedAt: OLD, afterRowId: 1 })]) {
    it.effect(`stay all while one of them is ${state._tag}`, () =>
      Effect.gen(function* () {
        yield* putParts(OLD, "d", SENT, state)
        expect(yield* prune).toMatchObject({ parts: 0 })
        expect(yield* tagsOf("d")).toEqual(["Sent", state._tag])
      }).pipe(Effect.provide(store))
    )
  }

  it.effect("stay while their delivery is not finished: it would send them again", () =>
    Effect.gen(function* () {
      yield* saveMessages([delivery("d", OLD)])
      yield* putParts(OLD, "d", SENT)
      yield* prune
      expect(yield* tagsOf("d")).toEqual(["Sent"])
    }).pipe(Effect.provide(store))
  )

  it.effect("stay with its dead letter", () =>
    Effect.gen(function* () {
      const { bury } = yield* DeadLetters
      yield* putParts(OLD, "d", SENT, PartState.Failed({ detail: "no" }))
      yield* TestClock.setTime(YOUNG)
      yield* bury({ ...REASON, content: deadDelivery(replyTo(7, "d", "a", "b")) })
      yield* prune
      expect(yield* tagsOf("d")).toEqual(["Sent", "Failed"])
    }).pipe(Effect.provide(store))
  )

  it.effect("are all found among those that stay", () =>
    Effect.gen(function* () {
      const open = Array.from({ length: 450 }, (_, index) => delivery(`open-${index}`, OLD))
      yield* saveMessages(open)
      const past = open.map(({ id }) => `past-${id}`)
      // What is asked for at once is committed together.
      yield* Effect.forEach([...open.map(({ id }) => id), ...past], (id) => putParts(OLD, id, SENT), {
        ...{ concurrency: "unbounded", discard: true }
      })
      expect(yield* prune).toMatchObject({ parts: 450 })
      expect(yield* tagsOf("open-449")).toEqual(["Sent"])
    }).pipe(Effect.provide(store))
  )
})

describe("what else is old", () => {
  it.effect("is removed: turns, group messages that no turn took up, requests of strangers", () =>
    Effect.gen(function* () {
      const { lastBefore, remember } = yield* GroupHistory
      const { begin, turnOf } = yield* TurnMembers
      const chat = { accountId: "default", chatId: 7, beforeRowId: 100 }
      for (const [at, name, rowId] of [
        [OLD, "old", 1],
        [YOUNG, "young", 2]
      ] as const) {
        yield* TestClock.setTime(at)
        yield* begin(name, [`key-${name}`])
        yield* remember(makeEnvelope({ rowId, text: name }), 50)
      }
      yield* TestClock.setTime(NOW - TTL)
      yield* ask(ALICE)
      expect(yield* prune).toMatchObject({ turns: 1, histories: 1, pairingRequests: 1 })
      expect((yield* turnOf("key-old"))._tag).toBe("None")
      expect((yield* turnOf("key-young"))._tag).toBe("Some")
      expect((yield* lastBefore(chat, 50)).map((entry) => entry.text)).toEqual(["young"])
      expect(yield* (yield* PairingStore).pending).toEqual([])
    }).pipe(Effect.provide(store))
  )

  it.effect("are marks of turns that were begun, but none of a turn that is not finished, however old", () =>
    Effect.gen(function* () {
      const { begin, stateOf } = yield* BegunTurns
      const marked = (name: string) => ({ keys: [`default:${name}`], attempt: 0 })
      yield* TestClock.setTime(OLD)
      yield* begin(marked("old"))
      yield* TestClock.setTime(YOUNG)
      yield* begin(marked("young"))
      yield* prune
      expect(yield* stateOf(marked("old"))).toBe("unbegun")
      expect(yield* stateOf(marked("young"))).toBe("begun")

      yield* saveMessages([turn("waiting", OLD - 8)])
      yield* TestClock.setTime(OLD - 7)
      yield* begin(marked("waiting"))
      yield* prune
      expect(yield* stateOf(marked("waiting"))).toBe("begun")
    }).pipe(Effect.provide(store))
  )

  it.effect("are dead letters, but none that is to be tried again", () =>
    Effect.gen(function* () {
      const { all, bury, retry } = yield* DeadLetters
      yield* TestClock.setTime(OLD)
      for (const id of ["old", "asked"]) yield* bury({ ...REASON, content: deadTurn(id) })
      yield* retry(2, { anyway: false })
      yield* TestClock.setTime(YOUNG)
      yield* bury({ ...REASON, content: deadTurn("young") })
      expect(yield* prune).toMatchObject({ deadLetters: 1 })
      expect((yield* all).map(({ number }) => number)).toEqual([3, 2])
    }).pipe(Effect.provide(store))
  )

  it.effect("are the files of deliveries that are neither unfinished nor dead letters", () =>
    Effect.gen(function* () {
      const { bury } = yield* DeadLetters
      yield* saveMessages([delivery("open", OLD), delivery("done", OLD, OLD)])
      yield* TestClock.setTime(YOUNG)
      yield* bury({ ...REASON, content: deadDelivery(replyTo(7, "dead", "a")) })
      expect(yield* prune).toMatchObject({ files: 3 })
      expect(yield* Ref.get(yield* Kept)).toEqual(["dead", "open"])
    }).pipe(Effect.provide(store))
  )
})

describe("what agents remember", () => {
  const rememberAt = (at: number, turnId: string, asking = person(ALICE)) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(at)
      const { remember } = yield* Conversations
      yield* remember(brought(yield* open(asking), { turnId, at }))
    })

  it.effect(
    "is forgotten exchange by exchange, and a conversation of which nothing is left with the last",
    () =>
      Effect.gen(function* () {
        yield* rememberAt(OLD, "old")
        yield* rememberAt(OLD, "old, in a group", group("group:7"))
        yield* rememberAt(YOUNG, "young")
        expect(yield* prune).toMatchObject({ exchanges: 2, conversations: 1 })
        expect(yield* turnsOf(person(ALICE))).toEqual(["young"])
        expect((yield* (yield* Conversations).list(10)).map(({ key }) => key)).toEqual([person(ALICE).key])
      }).pipe(Effect.provide(store))
  )

  it.effect("goes though a turn waits that is older: it is asked by what it finds then", () =>
    Effect.gen(function* () {
      yield* saveMessages([turn("waiting", OLD - 10)])
      yield* rememberAt(OLD, "old")
      expect(yield* prune).toMatchObject({ exchanges: 1 })
    }).pipe(Effect.provide(store))
  )

  it.effect("gets what a turn brings that has opened an old conversation while it is pruned", () =>
    Effect.gen(function* () {
      yield* rememberAt(OLD, "old")
      yield* TestClock.setTime(NOW)
      const opened = yield* open(person(ALICE))
      yield* prune
      yield* (yield* Conversations).remember(brought(opened, { turnId: "new", at: NOW }))
      expect(yield* turnsOf(person(ALICE))).toEqual(["new"])
    }).pipe(Effect.provide(store))
  )

  it.effect("is forgotten by the hundreds", () =>
    Effect.gen(function* () {
      for (let n = 0; n < 130; n++) yield* rememberAt(OLD, `t-${n % 65}`, group(`group:${n % 2}`))
      expect(yield* prune).toMatchObject({ exchanges: 130, conversations: 2 })
    }).pipe(Effect.provide(store))
  )
})

describe("pruning", () => {
  it.effect("lets others write between its steps", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(NOW)
      yield* saveMessages(Array.from({ length: 3000 }, (_, index) => turn(`t-${index}`, OLD, OLD)))
      const pruning = yield* Effect.flatMap(Retention, ({ prune }) => Effect.fork(prune(BEFORE)))
      for (let pause = 0; pause < 15; pause++) yield* pass("10 millis")
      const left = (yield* messagesLeft).length
      expect(left).toBeGreaterThan(0)
      expect(left).toBeLessThan(3000)
      yield* saveMessages([turn("meanwhile", NOW)])
      yield* joinPassing(pruning, "10 millis")
      expect(yield* messagesLeft).toEqual(["Inbound/meanwhile"])
    }).pipe(Effect.provide(store))
  )
})

describeFile("pruning a file", () => {
  it.effect("keeps it from growing: what is new takes the place of what was removed", () =>
    Effect.gen(function* () {
      const { prepare, read } = yield* Database
      const pages = prepare<{ readonly page_count: number }>("PRAGMA page_count")
      const sizes: Array<number> = []
      for (let round = 0; round < 8; round++) {
        yield* saveMessages(Array.from({ length: 500 }, (_, index) => turn(`${round}-${index}`, OLD, OLD)))
        yield* prune
        sizes.push((yield* read(() => pages.get()))?.page_count ?? 0)
      }
      expect(Math.max(...sizes)).toBeLessThanOrEqual(Math.ceil((sizes[1] ?? 0) * 1.1))
    }).pipe(Effect.provide(Layer.provideMerge(retention, DatabaseSqlite.memory)))
  )
})
