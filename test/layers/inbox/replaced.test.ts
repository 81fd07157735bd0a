/** What becomes of an account's deliveries when another database is in the place of its own. */
import { expect, it } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import * as ConversationsSql from "../../../src/layers/conversations/ConversationsSql.ts"
import { Database } from "../../../src/layers/database/Database.ts"
import * as DeadLettersSql from "../../../src/layers/deadLetters/DeadLettersSql.ts"
import * as GroupChatsSql from "../../../src/layers/groups/GroupChatsSql.ts"
import * as PositionsSql from "../../../src/layers/inbox/PositionsSql.ts"
import * as OutboxSql from "../../../src/layers/outbox/OutboxSql.ts"
import * as PairingStoreSql from "../../../src/layers/pairing/PairingStoreSql.ts"
import * as TurnMembersSql from "../../../src/layers/turns/TurnMembersSql.ts"
import { DeadLetters } from "../../../src/services/DeadLetters.ts"
import { GroupChats } from "../../../src/services/GroupChats.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { PairingStore } from "../../../src/services/PairingStore.ts"
import { Positions } from "../../../src/services/Positions.ts"
import { TurnMembers } from "../../../src/services/TurnMembers.ts"
import { group, person, say, turnsOf } from "../../support/conversations.ts"
import { database, describe } from "../../support/databases.ts"
import { ALICE, BOB } from "../../support/envelopes.ts"
import { replyTo } from "../../support/outbound.ts"

const stores = Layer.mergeAll(
  TurnMembersSql.layer,
  PositionsSql.layer,
  OutboxSql.layer,
  DeadLettersSql.layer,
  PairingStoreSql.layer,
  ConversationsSql.layer,
  GroupChatsSql.layer
).pipe(Layer.provideMerge(database))

const START = { rowId: 10, baselineAt: 5 }

/** A message in an actor's mailbox, as the cluster keeps it. */
const put = (entityType: string, entityId: string, payload: object, { isDone = false } = {}) =>
  Effect.flatMap(Database, ({ prepare, write }) => {
    const insert = prepare(`
      INSERT INTO mailbox (id, shard, entity_type, entity_id, kind, request_id, envelope, processed)
      SELECT n, 's', ?, ?, 'Request', n, ?, ? FROM (SELECT count(*) + 1 AS n FROM mailbox) AS numbered`)
    return write(() => insert.run(entityType, entityId, JSON.stringify({ payload }), isDone ? 1 : 0))
  })

const turn = (guid: string, rest: object = {}) =>
  put("Session", "agent:main:main", { envelope: { accountId: "default", guid }, ...rest })

/** Begins the account again, and answers which of these are stranded. */
const strandedOf = (ids: ReadonlyArray<string>, accountId = "default") =>
  Effect.flatMap(Effect.all([Positions, Outbox]), ([{ begin }, { isStranded }]) =>
    Effect.zipRight(
      begin("default", { rowId: 3, baselineAt: 6 }),
      Effect.filter(ids, (id) => isStranded({ id, accountId }))
    )
  )

const begun = <A, E, R>(test: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Positions, ({ begin }) => begin("default", START)).pipe(
    Effect.zipRight(test),
    Effect.provide(stores)
  )

describe("a database that was replaced strands", () => {
  it.effect("the deliveries of its account that are not finished", () =>
    begun(
      Effect.gen(function* () {
        const { accept, end } = yield* Outbox
        yield* accept(replyTo(7, "open"))
        const done = yield* accept(replyTo(8, "done"))
        if (Option.isSome(done)) yield* end(done.value)
        yield* accept({ ...replyTo(7, "another's"), accountId: "other" })
        expect(yield* strandedOf(["open", "done", "another's"])).toEqual(["open"])
        const { isStranded } = yield* Outbox
        expect(yield* isStranded({ id: "open", accountId: "other" })).toBe(false)
      })
    )
  )

  it.effect("what will be said in turns that are not finished", () =>
    begun(
      Effect.gen(function* () {
        const { begin } = yield* TurnMembers
        yield* turn("alone")
        yield* turn("again", { retry: { turnId: "default:first", attempt: 1, rest: [] } })
        yield* begin("default:gone", ["default:gone", "default:cut"])
        yield* turn("cut")
        yield* put("Session", "s", { envelope: { accountId: "other", guid: "x" } })
        const ids = ["alone", "first", "gone", "again", "new"].map((guid) => `default:${guid}`)
        expect(yield* strandedOf([...ids, "other:x"])).toEqual([
          "default:alone",
          "default:first",
          "default:gone"
        ])
      })
    )
  )

  it.effect("its dead letters, which may be tried again", () =>
    begun(
      Effect.gen(function* () {
        const { bury } = yield* DeadLetters
        const why = { attempt: 0, code: "delivery_refused", message: "?" }
        yield* bury({ content: { _tag: "Delivery", delivery: replyTo(7, "dead", "a") }, ...why })
        expect(yield* strandedOf(["dead"])).toEqual(["dead"])
      })
    )
  )

  it.effect("what was stranded before and is still not finished, and nothing else of that time", () =>
    begun(
      Effect.gen(function* () {
        const { accept, end } = yield* Outbox
        yield* accept(replyTo(7, "long"))
        const short = yield* accept(replyTo(7, "short"))
        expect(yield* strandedOf(["long", "short"])).toEqual(["long", "short"])
        if (Option.isSome(short)) yield* end(short.value)
        expect(yield* strandedOf(["long", "short"])).toEqual(["long"])
      })
    )
  )
})

describe("a first start", () => {
  it.effect("strands nothing", () =>
    Effect.gen(function* () {
      yield* (yield* Outbox).accept(replyTo(7, "open"))
      yield* turn("alone")
      expect(yield* strandedOf(["open", "default:alone"])).toEqual([])
    }).pipe(Effect.provide(stores))
  )
})

describe("people who wait for approval when the database is replaced", () => {
  const target = { _tag: "ChatId", chatId: 7 } as const
  const asking = { accountId: "default", target, ttlMs: 60_000, maxPending: 10 }
  const toHandle = (handle: string) => ({ _tag: "Handle", handle, service: "auto" })

  it.effect("are told by their handle, whether they were let in before or after", () =>
    begun(
      Effect.gen(function* () {
        const { approve, notices, pending, request } = yield* PairingStore
        yield* request({ ...asking, sender: ALICE })
        yield* request({ ...asking, sender: BOB })
        const codeOf = (sender: string) =>
          Effect.map(pending, (all) => all.find((other) => other.sender === sender)?.code ?? "")
        yield* approve(yield* codeOf(ALICE))
        yield* strandedOf([])
        yield* approve(yield* codeOf(BOB))
        const told = yield* notices("default")
        expect(new Map(told.map(({ sender, target }) => [sender, target]))).toEqual(
          new Map([ALICE, BOB].map((sender) => [sender, toHandle(sender)]))
        )
      })
    )
  )
})

describe("what agents remember when the database is replaced", () => {
  it.effect(
    "stays for people and for groups that are known again, and goes for those that only a number named",
    () =>
      begun(
        Effect.gen(function* () {
          const { keep, nameFirst } = yield* GroupChats
          yield* nameFirst("default")
          const known = (yield* keep("default", { chatId: 42, chatIdentifier: "chat1" })).name
          const stays = [person(ALICE), group(known), group("bot:group:57"), group("default_2:group:57")]
          const goes = [group("group:57"), group("default:group:58")]
          for (const asking of [...stays, ...goes]) yield* say(asking, "t-1")
          yield* strandedOf([])
          for (const asking of stays) expect(yield* turnsOf(asking)).toEqual(["t-1"])
          for (const asking of goes) expect(yield* turnsOf(asking)).toEqual([])
        })
      )
  )
})
