/** Stops over a mailbox with messages in it, as the engine writes them. */
import { MachineId, Snowflake } from "@effect/cluster"
import { expect, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Schema, Stream, TestClock } from "effect"
import { Database } from "../../../src/layers/database/Database.ts"
import * as PositionsSql from "../../../src/layers/inbox/PositionsSql.ts"
import * as MailboxesSql from "../../../src/layers/mailbox/MailboxesSql.ts"
import * as StopsSql from "../../../src/layers/mailbox/StopsSql.ts"
import * as OutboxSql from "../../../src/layers/outbox/OutboxSql.ts"
import * as TurnMembersSql from "../../../src/layers/turns/TurnMembersSql.ts"
import { chatOf } from "../../../src/programs/session/chatLane.ts"
import { WaitingMessage } from "../../../src/schemas/Actors.ts"
import { Mailboxes } from "../../../src/services/Mailboxes.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { Positions } from "../../../src/services/Positions.ts"
import { Stops } from "../../../src/services/Stops.ts"
import { TurnMembers } from "../../../src/services/TurnMembers.ts"
import { database, describe } from "../../support/databases.ts"
import { makeEnvelope } from "../../support/envelopes.ts"
import { replyTo } from "../../support/outbound.ts"
import { onOneHost, settled, sharedStore } from "../../support/severalHosts.ts"

const stores = Layer.mergeAll(
  StopsSql.layer,
  MailboxesSql.layer,
  TurnMembersSql.layer,
  OutboxSql.layer,
  PositionsSql.layer
).pipe(Layer.provideMerge(database))

const encode = Schema.encodeSync(WaitingMessage)

const messageOf = (chatId: number, rowId: number): WaitingMessage => ({
  envelope: makeEnvelope({ chatId, rowId }),
  agentId: "main",
  isGroup: false
})

/** Writes messages into the mailbox of a session. */
const save = (session: string, ...messages: ReadonlyArray<WaitingMessage>) =>
  Effect.flatMap(Database, ({ prepare, write }) => {
    const add = prepare(`
      INSERT INTO mailbox (id, message_key, shard, entity_type, entity_id, kind, request_id, envelope, lane)
      VALUES (?, ?, 'default:1', 'Session', ?, 'Request', ?, ?, ?)`)
    return write(function* () {
      for (const message of messages) {
        const { envelope, retry } = message
        const id = Snowflake.make({
          machineId: MachineId.make(1),
          sequence: envelope.rowId,
          timestamp: 1_800_000_000_000
        })
        const key = `${session} ${envelope.guid} ${retry?.attempt ?? 0}`
        const payload = encode(message)
        yield* add.run(id, key, session, id, JSON.stringify({ _tag: "Request", payload }), chatOf(envelope))
      }
    })
  })

/** The messages are done. */
const finish = (...rowIds: ReadonlyArray<number>) =>
  Effect.flatMap(Database, ({ prepare, write }) => {
    const done = prepare("UPDATE mailbox SET processed = 1, envelope = '{}' WHERE message_key LIKE ?")
    return write(function* () {
      for (const rowId of rowIds) yield* done.run(`% guid-${rowId} %`)
    })
  })

const stopChat = (chatId: number) =>
  Effect.flatMap(Stops, ({ stop }) => stop(chatOf(makeEnvelope({ chatId }))))

const stoppedOf = (...rowIds: ReadonlyArray<number>) =>
  Effect.flatMap(Stops, ({ isStopped }) =>
    Effect.filter(rowIds, (rowId) => isStopped(makeEnvelope({ rowId })))
  )

describe("a stop", () => {
  it.effect("is of all that waits for its chat, in whichever session, and of nothing else", () =>
    Effect.gen(function* () {
      yield* save("agent:main:main", messageOf(7, 1), messageOf(8, 2), messageOf(7, 3))
      yield* save("agent:other:main", messageOf(7, 4))
      expect(yield* stopChat(7)).toBe(3)
      expect(yield* stoppedOf(1, 2, 3, 4)).toEqual([1, 3, 4])
    }).pipe(Effect.provide(stores))
  )

  it.effect("is not of what comes after it, nor of what was done before", () =>
    Effect.gen(function* () {
      yield* save("agent:main:main", messageOf(7, 1), messageOf(7, 2))
      yield* finish(1)
      expect(yield* stopChat(7)).toBe(1)
      yield* save("agent:main:main", messageOf(7, 3))
      expect(yield* stoppedOf(1, 2, 3)).toEqual([2])
    }).pipe(Effect.provide(stores))
  )

  it.effect(
    "counts what is not answered yet: not a turn whose reply was accepted, and which is not done",
    () =>
      Effect.gen(function* () {
        yield* save("agent:main:main", messageOf(7, 1), messageOf(7, 2), messageOf(7, 3))
        yield* (yield* TurnMembers).begin("default:guid-1", ["default:guid-1", "default:guid-2"])
        yield* (yield* Outbox).accept(replyTo(7, "default:guid-1", "done"))
        expect(yield* stopChat(7)).toBe(1)
        expect(yield* stoppedOf(1, 2, 3)).toEqual([3])
      }).pipe(Effect.provide(stores))
  )

  it.effect("of nothing is none", () =>
    Effect.map(stopChat(7), (count) => expect(count).toBe(0)).pipe(Effect.provide(stores))
  )

  it.effect("of a turn that is tried anew is of all its messages, and of this attempt only", () =>
    Effect.gen(function* () {
      const { isStopped } = yield* Stops
      const retry = { turnId: "default:guid-1", attempt: 1, rest: [messageOf(7, 2)] }
      yield* save("agent:main:main", { ...messageOf(7, 1), retry })
      expect(yield* stopChat(7)).toBe(1)
      for (const rowId of [1, 2]) {
        const message = makeEnvelope({ rowId })
        expect([
          yield* isStopped(message),
          yield* isStopped(message, 1),
          yield* isStopped(message, 2)
        ]).toEqual([false, true, false])
      }
    }).pipe(Effect.provide(stores))
  )

  it.effect("is not of the rows that another database has by the same numbers", () =>
    Effect.gen(function* () {
      const positions = yield* Positions
      yield* positions.begin("default", { rowId: 0, baselineAt: undefined })
      yield* save("agent:main:main", messageOf(7, 1))
      yield* stopChat(7)
      yield* positions.begin("default", { rowId: 0, baselineAt: undefined })
      const { isStopped } = yield* Stops
      expect(yield* isStopped(makeEnvelope({ rowId: 1, guid: "of-the-new-one" }))).toBe(false)
      // What waits of the old one stays stopped.
      expect(yield* isStopped(makeEnvelope({ rowId: 1 }))).toBe(true)
    }).pipe(Effect.provide(stores))
  )

  it.effect("leaves nothing that waits in its chat", () =>
    Effect.gen(function* () {
      const { ofChat } = yield* Mailboxes
      const count = ofChat(chatOf(makeEnvelope({ chatId: 7 })))
      yield* save("agent:main:main", messageOf(7, 1), messageOf(7, 2), messageOf(8, 3))
      expect(yield* count).toBe(2)
      yield* stopChat(7)
      expect(yield* count).toBe(0)
    }).pipe(Effect.provide(stores))
  )
})

describe("who waits for a stop", () => {
  const awaiting = (rowId: number, attempt?: number) =>
    Effect.flatMap(Stops, ({ awaitStop }) => Effect.fork(awaitStop(makeEnvelope({ rowId }), attempt)))
  const isDone = <A>(fiber: Fiber.RuntimeFiber<A>) =>
    Effect.zipRight(
      TestClock.adjust(1),
      Effect.map(Fiber.poll(fiber), ({ _tag }) => _tag === "Some")
    )

  it.effect("hears of that of its own message, and of no other", () =>
    Effect.gen(function* () {
      yield* save("agent:main:main", messageOf(7, 1), messageOf(8, 2))
      const [own, other] = [yield* awaiting(1), yield* awaiting(2)]
      expect([yield* isDone(own), yield* isDone(other)]).toEqual([false, false])
      yield* stopChat(7)
      yield* Fiber.join(own)
      expect(yield* isDone(other)).toBe(false)
    }).pipe(Effect.provide(stores))
  )

  it.effect("hears of one that was before it waited", () =>
    Effect.gen(function* () {
      yield* save("agent:main:main", messageOf(7, 1))
      yield* stopChat(7)
      yield* Fiber.join(yield* awaiting(1))
      expect(yield* isDone(yield* awaiting(1, 1))).toBe(false)
    }).pipe(Effect.provide(stores))
  )
})

describe("a stop on another host", () => {
  it.effect("ends what waits here, and what comes here after it", () =>
    Effect.gen(function* () {
      const host = Effect.map(onOneHost(StopsSql.layer), Context.get(Stops))
      const [one, other] = yield* Effect.all([host, host])
      yield* save("agent:main:main", messageOf(7, 1), messageOf(8, 2), messageOf(7, 3))
      yield* settled
      const fibers = yield* Effect.forEach([1, 2], (rowId) =>
        Effect.fork(other.awaitStop(makeEnvelope({ rowId })))
      )
      yield* settled
      yield* one.stop(chatOf(makeEnvelope({ chatId: 7 })))
      yield* settled
      const over = yield* Effect.forEach(fibers, Fiber.poll)
      expect(over.map(({ _tag }) => _tag)).toEqual(["Some", "None"])
      expect(yield* other.isStopped(makeEnvelope({ rowId: 3 }))).toBe(true)
    }).pipe(Effect.scoped, Effect.provide(sharedStore))
  )

  it.effect("is known here to whoever asks, also while nothing is heard of the others", () =>
    Effect.gen(function* () {
      const there = Context.get(yield* onOneHost(StopsSql.layer), Stops)
      const deaf = Effect.map(Database, (database) => ({ ...database, told: Stream.never }))
      const here = Context.get(
        yield* onOneHost(Layer.provide(StopsSql.layer, Layer.effect(Database, deaf))),
        Stops
      )
      yield* save("agent:main:main", messageOf(7, 1))
      expect(yield* here.isStopped(makeEnvelope({ rowId: 1 }))).toBe(false)
      yield* there.stop(chatOf(makeEnvelope({ chatId: 7 })))
      expect(yield* here.isStopped(makeEnvelope({ rowId: 1 }))).toBe(true)
    }).pipe(Effect.scoped, Effect.provide(sharedStore))
  )
})
