import { describe, expect, it } from "@effect/vitest"
import { Effect, HashMap, Layer, Logger, Mailbox, Option, Ref, TestClock } from "effect"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import * as TurnMembersSql from "../../../src/layers/turns/TurnMembersSql.ts"
import { makeNextBatch, type Waiting } from "../../../src/programs/session/batches.ts"
import * as LoopGuard from "../../../src/programs/session/LoopGuard.ts"
import type { Mirrors } from "../../../src/programs/session/mirrors.ts"
import type { Envelope } from "../../../src/schemas/Envelope.ts"
import { TurnMembers } from "../../../src/services/TurnMembers.ts"
import { ALICE, BOB, makeEnvelope } from "../../support/envelopes.ts"
import { stopsIn } from "../../support/stops.ts"

const store = TurnMembersSql.layer.pipe(Layer.provide(DatabaseSqlite.memory))

/** The message with this rowid, of a chat. */
const message = (
  chatId: number,
  rowId: number,
  partial: Partial<Envelope> = {},
  isGroup = false
): Waiting => ({
  payload: {
    envelope: makeEnvelope({ ...partial, chatId, rowId, guid: `${rowId}` }),
    agentId: "main",
    isGroup
  }
})

/** Chats of which none is a mirror. */
const noMirrors: Mirrors = {
  weigh: () => Effect.succeed(false),
  pauseOf: () => Effect.succeed(0),
  resumed: () => Effect.void
}

interface Options {
  readonly maxPerMinute?: number
  readonly debounceMs?: number
  readonly capacity?: number
  /** The ids of turns that are over. */
  readonly over?: ReadonlyArray<string>
  /** The rowids of messages that an agent with tools was given. */
  readonly begun?: ReadonlyArray<number>
}

/** A session that runs its turns at once, each in no time; `turns` are the rowids of each. */
const session = ({ capacity = 32, debounceMs = 0, maxPerMinute = 0, over = [], begun = [] }: Options) =>
  Effect.gen(function* () {
    const mail = yield* Mailbox.make<Waiting>()
    const turns = yield* Ref.make<ReadonlyArray<ReadonlyArray<number>>>([])
    const ids = yield* Ref.make<ReadonlyArray<string>>([])
    const dropped = yield* Ref.make<ReadonlyArray<number>>([])
    const stopped = yield* Ref.make<ReadonlyArray<string>>([])
    const warnings = yield* Ref.make<ReadonlyArray<object>>([])
    const lanes = yield* Ref.make<ReadonlyArray<string>>([])
    const logger = Logger.make(({ annotations, logLevel }) => {
      if (logLevel._tag === "Warning") {
        Effect.runSync(
          Ref.update(warnings, (all) => [...all, Object.fromEntries(HashMap.entries(annotations))])
        )
      }
    })
    const nextBatch = makeNextBatch({
      mail,
      capacity,
      lanes: {
        pause: (chat) => Ref.update(lanes, (all) => [...all, `pause ${chat}`]),
        resume: (chat) => Ref.update(lanes, (all) => [...all, `resume ${chat}`])
      },
      settings: Effect.succeed({ debounceMs, maxPerMinute, mirrors: 0 }),
      mirrors: noMirrors,
      guard: yield* LoopGuard.make,
      turnMembers: yield* TurnMembers,
      stops: stopsIn(stopped),
      turnEnd: {
        isOver: ({ accountId, id }) => Effect.succeed(accountId === "default" && over.includes(id)),
        isNew: ({ id }) =>
          Effect.succeed(![...over, ...begun.map((rowId) => `default:${rowId}`)].includes(id))
      }
    })
    yield* nextBatch.pipe(
      Effect.flatMap((next) => {
        const rows = next.requests.map(({ payload }) => payload.envelope.rowId)
        return next._tag === "Drop"
          ? Ref.update(dropped, (all) => [...all, ...rows])
          : Effect.zipRight(
              Ref.update(ids, (all) => [...all, next.ask.id]),
              Ref.update(turns, (all) => [...all, rows])
            )
      }),
      Effect.forever,
      Effect.provide(Logger.replace(Logger.defaultLogger, logger)),
      Effect.forkScoped
    )
    return {
      /** Messages of a chat come, and what can be done at once is done. */
      come: (chatId: number, ...rowIds: ReadonlyArray<number>) =>
        Effect.zipRight(mail.offerAll(rowIds.map((rowId) => message(chatId, rowId))), TestClock.adjust(0)),
      /** These messages come. */
      arrive: (...messages: ReadonlyArray<Waiting>) =>
        Effect.zipRight(mail.offerAll(messages), TestClock.adjust(0)),
      /** Somebody stops these messages. */
      stop: (...rowIds: ReadonlyArray<number>) =>
        Ref.update(stopped, (all) => [...all, ...rowIds.map((rowId) => `default:${rowId}`)]),
      /** The messages that are done without a turn. */
      dropped: Ref.get(dropped),
      turns: Ref.get(turns),
      ids: Ref.get(ids),
      warnings: Ref.get(warnings),
      /** What became of the lanes of its chats. */
      lanes: Ref.get(lanes),
      waiting: Effect.map(mail.size, Option.getOrThrow)
    }
  })

describe("the turns of a session", () => {
  it.scoped("are its messages, one by one in their order", () =>
    Effect.gen(function* () {
      const { come, turns } = yield* session({})
      yield* come(7, 1, 2)
      yield* come(8, 3)
      yield* come(7, 4)
      expect(yield* turns).toEqual([[1], [2], [3], [4]])
    }).pipe(Effect.provide(store))
  )

  it.scoped("with a debounce are the messages of a chat that follow each other in time", () =>
    Effect.gen(function* () {
      const { come, turns } = yield* session({ debounceMs: 1000 })
      yield* come(7, 1)
      yield* TestClock.adjust(900)
      yield* come(7, 2)
      yield* TestClock.adjust(900)
      yield* come(7, 3)
      expect(yield* turns).toEqual([])
      yield* TestClock.adjust(1000)
      expect(yield* turns).toEqual([[1, 2, 3]])
    }).pipe(Effect.provide(store))
  )

  it.scoped("with a debounce end where another chat comes in between", () =>
    Effect.gen(function* () {
      const { come, turns } = yield* session({ debounceMs: 1000 })
      yield* come(7, 1, 2)
      yield* come(8, 3)
      yield* come(7, 4)
      yield* TestClock.adjust(1000)
      expect(yield* turns).toEqual([[1, 2], [3], [4]])
    }).pipe(Effect.provide(store))
  )

  it.scoped("with a debounce end in a group where somebody else writes", () =>
    Effect.gen(function* () {
      const { arrive, turns } = yield* session({ debounceMs: 1000 })
      const by = (sender: string, rowId: number) => message(7, rowId, { sender }, true)
      yield* arrive(by(ALICE, 1), by(ALICE, 2), by(BOB, 3), by(ALICE, 4))
      yield* TestClock.adjust(1000)
      expect(yield* turns).toEqual([[1, 2], [3], [4]])
    }).pipe(Effect.provide(store))
  )

  it.scoped("with a debounce end where they would be too long together", () =>
    Effect.gen(function* () {
      const { arrive, turns } = yield* session({ debounceMs: 1000 })
      const long = (rowId: number) => message(7, rowId, { text: "é".repeat(30_000) })
      const quote = { replyTo: { text: "x".repeat(100_000) } }
      yield* arrive(long(1), long(2), long(3), message(7, 4, quote), message(7, 5))
      yield* TestClock.adjust(1000)
      expect(yield* turns).toEqual([[1, 2], [3], [4, 5]])
    }).pipe(Effect.provide(store))
  )

  it.scoped("with a debounce have a limit", () =>
    Effect.gen(function* () {
      const { come, turns } = yield* session({ debounceMs: 1000 })
      yield* come(7, ...Array.from({ length: 21 }, (_, at) => at + 1))
      yield* TestClock.adjust(1000)
      expect((yield* turns).map((turn) => turn.length)).toEqual([20, 1])
    }).pipe(Effect.provide(store))
  )
})

describe("a turn that a crash cut off", () => {
  const cutOff = (...rowIds: ReadonlyArray<number>) =>
    Effect.flatMap(TurnMembers, ({ begin }) =>
      begin(
        "default:1",
        rowIds.map((rowId) => `default:${rowId}`)
      )
    )

  for (const debounceMs of [0, 1000]) {
    it.scoped(`is made of the same messages again, with a debounce of ${debounceMs} ms`, () =>
      Effect.gen(function* () {
        yield* cutOff(1, 2)
        const { come, ids, turns } = yield* session({ debounceMs })
        yield* come(7, 1, 2, 3)
        yield* TestClock.adjust("2 seconds")
        expect(yield* turns).toEqual([[1, 2], [3]])
        expect(yield* ids).toEqual(["default:1", "default:3"])
      }).pipe(Effect.provide(store))
    )

    it.scoped(`has those that come too late make one of their own, with a debounce of ${debounceMs} ms`, () =>
      Effect.gen(function* () {
        yield* cutOff(1, 2, 3)
        const { come, ids, turns } = yield* session({ debounceMs })
        yield* come(7, 1, 2)
        yield* TestClock.adjust("2 seconds")
        yield* come(7, 3)
        yield* TestClock.adjust("2 seconds")
        expect(yield* turns).toEqual([[1, 2], [3]])
        expect(yield* ids).toEqual(["default:1", "default:3"])
      }).pipe(Effect.provide(store))
    )

    it.scoped(`and is over has its messages be done with, with a debounce of ${debounceMs} ms`, () =>
      Effect.gen(function* () {
        yield* cutOff(1, 2, 3)
        const { come, ids, turns } = yield* session({ debounceMs, over: ["default:1"] })
        yield* come(7, 2, 3, 4)
        yield* TestClock.adjust("2 seconds")
        expect(yield* turns).toEqual([[2], [3], [4]])
        expect(yield* ids).toEqual(["default:1", "default:1", "default:4"])
      }).pipe(Effect.provide(store))
    )
  }

  it.scoped("of a single message, and is over, takes none with it that came later", () =>
    Effect.gen(function* () {
      const { come, ids, turns } = yield* session({ debounceMs: 1000, over: ["default:1"] })
      yield* come(7, 1, 2, 3)
      yield* TestClock.adjust("2 seconds")
      expect(yield* turns).toEqual([[1], [2, 3]])
      expect(yield* ids).toEqual(["default:1", "default:2"])
    }).pipe(Effect.provide(store))
  )

  it.scoped("of a single message, and is over, is not made again with one that came earlier", () =>
    Effect.gen(function* () {
      const { come, turns } = yield* session({ debounceMs: 1000, over: ["default:2"] })
      yield* come(7, 1, 2)
      yield* TestClock.adjust("2 seconds")
      expect(yield* turns).toEqual([[1], [2]])
    }).pipe(Effect.provide(store))
  )
})

describe("a message that an agent with tools was given before a crash", () => {
  it.scoped("takes none with it that came later", () =>
    Effect.gen(function* () {
      const { come, ids, turns } = yield* session({ debounceMs: 1000, begun: [1] })
      yield* come(7, 1, 2, 3)
      yield* TestClock.adjust("2 seconds")
      expect(yield* turns).toEqual([[1], [2, 3]])
      expect(yield* ids).toEqual(["default:1", "default:2"])
    }).pipe(Effect.provide(store))
  )

  it.scoped("is not taken by one that came earlier", () =>
    Effect.gen(function* () {
      const { come, turns } = yield* session({ debounceMs: 1000, begun: [2] })
      yield* come(7, 1, 2, 3)
      yield* TestClock.adjust("3 seconds")
      expect(yield* turns).toEqual([[1], [2], [3]])
    }).pipe(Effect.provide(store))
  )

  it.scoped("is in the turn in which it was begun, with the others of it, whatever the debounce is now", () =>
    Effect.gen(function* () {
      const { begin } = yield* TurnMembers
      yield* begin("default:1", ["default:1", "default:2"])
      const { come, ids, turns } = yield* session({ begun: [1, 2] })
      yield* come(7, 1, 2, 3)
      yield* TestClock.adjust("2 seconds")
      expect(yield* turns).toEqual([[1, 2], [3]])
      expect(yield* ids).toEqual(["default:1", "default:3"])
    }).pipe(Effect.provide(store))
  )
})

describe("a chat with too many turns a minute", () => {
  it.scoped("waits, while the others of its session go on", () =>
    Effect.gen(function* () {
      const { come, turns } = yield* session({ maxPerMinute: 3 })
      yield* come(7, 1, 2, 3, 4, 5)
      yield* come(8, 6)
      yield* come(7, 7)
      yield* come(8, 8)
      yield* TestClock.adjust(59_999)
      expect(yield* turns).toEqual([[1], [2], [3], [6], [8]])
    }).pipe(Effect.provide(store))
  )

  it.scoped("is answered in order when the minute has passed, and nothing is lost", () =>
    Effect.gen(function* () {
      const { come, turns } = yield* session({ maxPerMinute: 3 })
      yield* come(7, 1, 2, 3, 4, 5)
      yield* come(8, 6)
      yield* TestClock.adjust("30 seconds")
      yield* come(7, 7, 8)
      yield* TestClock.adjust("30 seconds")
      expect(yield* turns).toEqual([[1], [2], [3], [6], [4], [5], [7]])
      yield* TestClock.adjust("1 minute")
      expect(yield* turns).toEqual([[1], [2], [3], [6], [4], [5], [7], [8]])
    }).pipe(Effect.provide(store))
  )

  it.scoped("goes on as its turns leave the minute, one by one", () =>
    Effect.gen(function* () {
      const { come, turns } = yield* session({ maxPerMinute: 2 })
      yield* come(7, 1)
      yield* TestClock.adjust("20 seconds")
      yield* come(7, 2, 3, 4)
      yield* TestClock.adjust("40 seconds")
      expect(yield* turns).toEqual([[1], [2], [3]])
      yield* TestClock.adjust("20 seconds")
      expect(yield* turns).toEqual([[1], [2], [3], [4]])
    }).pipe(Effect.provide(store))
  )

  it.scoped("is reported once, with its account and chat, and without a text", () =>
    Effect.gen(function* () {
      const { come, warnings } = yield* session({ maxPerMinute: 1 })
      yield* come(7, 1, 2)
      yield* TestClock.adjust("10 seconds")
      yield* come(7, 3, 4)
      expect(yield* warnings).toEqual([{ account: "default", chatId: 7, resumesInMs: 60_000 }])
    }).pipe(Effect.provide(store))
  )

  it.scoped("is one of several, each with its own pause", () =>
    Effect.gen(function* () {
      const { come, turns, warnings } = yield* session({ maxPerMinute: 1 })
      yield* come(7, 1, 2)
      yield* TestClock.adjust("10 seconds")
      yield* come(8, 3, 4)
      yield* TestClock.adjust("49 seconds")
      expect(yield* turns).toEqual([[1], [3]])
      yield* TestClock.adjust("1 second")
      expect(yield* turns).toEqual([[1], [3], [2]])
      yield* TestClock.adjust("10 seconds")
      expect(yield* turns).toEqual([[1], [3], [2], [4]])
      expect(yield* warnings).toMatchObject([{ chatId: 7 }, { chatId: 8 }])
    }).pipe(Effect.provide(store))
  )

  it.scoped("has what waited as one turn where there is a debounce", () =>
    Effect.gen(function* () {
      const { come, turns } = yield* session({ maxPerMinute: 1, debounceMs: 100 })
      yield* come(7, 1)
      yield* TestClock.adjust("1 second")
      yield* come(7, 2)
      yield* come(8, 3)
      yield* TestClock.adjust("1 second")
      yield* come(7, 4)
      yield* TestClock.adjust("57 seconds")
      expect(yield* turns).toEqual([[1], [3]])
      yield* TestClock.adjust("2 seconds")
      expect(yield* turns).toEqual([[1], [3], [2, 4]])
    }).pipe(Effect.provide(store))
  )

  it.scoped("is paused again by the turns that it has after its pause", () =>
    Effect.gen(function* () {
      const { come, turns, warnings } = yield* session({ maxPerMinute: 1 })
      yield* come(7, 1, 2, 3)
      yield* TestClock.adjust("1 minute")
      expect(yield* turns).toEqual([[1], [2]])
      yield* TestClock.adjust("1 minute")
      expect(yield* turns).toEqual([[1], [2], [3]])
      expect(yield* warnings).toHaveLength(1)
    }).pipe(Effect.provide(store))
  )

  it.scoped("leaves what else comes for it in the store, until what is held of it is given out", () =>
    Effect.gen(function* () {
      const { come, lanes } = yield* session({ maxPerMinute: 2 })
      yield* come(7, 1, 2)
      expect(yield* lanes).toEqual([])
      yield* come(7, 3, 4)
      yield* come(8, 5)
      expect(yield* lanes).toEqual(["pause default chat_id:7"])
      yield* TestClock.adjust("1 minute")
      expect(yield* lanes).toEqual(["pause default chat_id:7", "resume default chat_id:7"])
    }).pipe(Effect.provide(store))
  )

  it.scoped("says so where what waits of it is all that the session takes", () =>
    Effect.gen(function* () {
      const { come, warnings } = yield* session({ maxPerMinute: 1, capacity: 3 })
      yield* come(7, 1, 2, 3)
      expect(yield* warnings).toHaveLength(1)
      yield* come(7, 4)
      expect(yield* warnings).toHaveLength(2)
    }).pipe(Effect.provide(store))
  )
})

describe("a message that was stopped", () => {
  it.scoped("is done without a turn, and holds up nothing behind it", () =>
    Effect.gen(function* () {
      const { come, dropped, stop, turns } = yield* session({})
      yield* stop(1, 3)
      yield* come(7, 1, 2, 3, 4)
      expect(yield* turns).toEqual([[2], [4]])
      expect(yield* dropped).toEqual([1, 3])
    }).pipe(Effect.provide(store))
  )

  it.scoped("while it waits for others of its chat is dropped with those that joined it", () =>
    Effect.gen(function* () {
      const { come, dropped, stop, turns } = yield* session({ debounceMs: 1000 })
      yield* come(7, 1)
      yield* TestClock.adjust(500)
      yield* come(7, 2)
      yield* stop(1, 2)
      yield* TestClock.adjust(1000)
      expect(yield* turns).toEqual([])
      expect(yield* dropped).toEqual([1, 2])
    }).pipe(Effect.provide(store))
  )

  it.scoped("takes nothing with it that came after the stop", () =>
    Effect.gen(function* () {
      const { come, dropped, stop, turns } = yield* session({ debounceMs: 1000 })
      yield* come(7, 1)
      yield* TestClock.adjust(500)
      yield* stop(1)
      yield* come(7, 2)
      yield* TestClock.adjust(2000)
      expect(yield* turns).toEqual([[2]])
      expect(yield* dropped).toEqual([1])
    }).pipe(Effect.provide(store))
  )

  it.scoped("is not one that is tried anew", () =>
    Effect.gen(function* () {
      const { arrive, dropped, ids, stop } = yield* session({})
      yield* stop(1)
      const again = message(7, 1)
      yield* arrive({ payload: { ...again.payload, retry: { turnId: "default:1", attempt: 1, rest: [] } } })
      expect(yield* ids).toEqual(["default:1"])
      expect(yield* dropped).toEqual([])
    }).pipe(Effect.provide(store))
  )

  it.scoped("counts for nothing among the turns that its chat may have in a minute", () =>
    Effect.gen(function* () {
      const { come, stop, turns } = yield* session({ maxPerMinute: 1 })
      yield* stop(1)
      yield* come(7, 1, 2)
      expect(yield* turns).toEqual([[2]])
    }).pipe(Effect.provide(store))
  )
})
