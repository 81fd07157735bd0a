/** A reply and what is remembered of it are written together, whenever the gateway ends, and once. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { expect, it } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import * as ConversationsSql from "../../../src/layers/conversations/ConversationsSql.ts"
import * as OutboxSql from "../../../src/layers/outbox/OutboxSql.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import type { Remembered } from "../../../src/schemas/Conversation.ts"
import { Conversations } from "../../../src/services/Conversations.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { brought, open, person, turnsOf } from "../../support/conversations.ts"
import { database, describe } from "../../support/databases.ts"
import { ALICE } from "../../support/envelopes.ts"
import { replyTo } from "../../support/outbound.ts"
import { withSqlite } from "../../support/sqliteFile.ts"

const stores = Layer.mergeAll(ConversationsSql.layer, OutboxSql.layer)
const inMemory = Layer.provide(stores, database)

const accept = (id: string, remembered: Remembered) =>
  Effect.flatMap(Outbox, (outbox) => outbox.accept(replyTo(7, id, id), { remembered }))

const isAccepted = (id: string) =>
  Effect.flatMap(Outbox, (outbox) => outbox.isAccepted({ accountId: "default", id }))

const answers = Effect.map(open(person(ALICE)), ({ exchanges }) => exchanges.map(({ answered }) => answered))

describe("a reply that is accepted", () => {
  it.effect("is remembered, and once where it is accepted again", () =>
    Effect.gen(function* () {
      const conversation = yield* open(person(ALICE))
      const remembered = brought(conversation, { turnId: "t-1" })
      expect(Option.isSome(yield* accept("t-1", remembered))).toBe(true)
      expect(Option.isNone(yield* accept("t-1", remembered))).toBe(true)
      expect(yield* turnsOf(person(ALICE))).toEqual(["t-1"])
    }).pipe(Effect.provide(inMemory))
  )

  it.effect(
    "goes out also where its conversation is over, and is not remembered, then or with a repetition",
    () =>
      Effect.gen(function* () {
        const { beginAnother } = yield* Conversations
        const conversation = yield* open(person(ALICE))
        yield* beginAnother(conversation.key)
        yield* open(person(ALICE))
        yield* accept("t-1", brought(conversation, { turnId: "t-1" }))
        expect(yield* isAccepted("t-1")).toBe(true)
        expect(yield* turnsOf(person(ALICE))).toEqual([])
        // As the turn that a crash cut off behind its reply would, in the conversation as it is by then.
        yield* accept("t-1", brought(yield* open(person(ALICE)), { turnId: "t-1" }))
        expect(yield* turnsOf(person(ALICE))).toEqual([])
      }).pipe(Effect.provide(inMemory))
  )

  it.effect("in pieces is one exchange with all that was said, whichever of them comes again", () =>
    Effect.gen(function* () {
      const conversation = yield* open(person(ALICE))
      const piece = (id: string, answered: string) =>
        accept(id, brought(conversation, { turnId: "t-1", answered }))
      yield* piece("t-1", "One.")
      yield* piece("t-1/2", "One. Two.")
      yield* piece("t-1", "One.")
      yield* piece("t-1/3", "One. Two. Three.")
      yield* piece("t-1/2", "One. Two.")
      expect(yield* answers).toEqual(["One. Two. Three."])
    }).pipe(Effect.provide(inMemory))
  )

  it.effect("takes the place of the silence that a crash parted from the end of its turn", () =>
    Effect.gen(function* () {
      const { remember } = yield* Conversations
      const conversation = yield* open(person(ALICE))
      yield* remember(brought(conversation, { turnId: "t-1", answered: "" }))
      yield* accept("t-1", brought(conversation, { turnId: "t-1", answered: "yes" }))
      expect(yield* answers).toEqual(["yes"])
    }).pipe(Effect.provide(inMemory))
  )
})

/** Where a write breaks off, as a full disk or an end of the process has it: after which of its rows. */
const BREAKS = [
  "BEFORE INSERT ON outbox",
  "AFTER INSERT ON outbox",
  "AFTER INSERT ON exchanges",
  "AFTER UPDATE ON conversations"
]

describe("a write that breaks off", () => {
  for (const where of BREAKS) {
    it.scoped(`${where} leaves neither, and the turn that comes again both, once`, () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { join } = yield* Path.Path
        const file = join(yield* fs.makeTempDirectoryScoped(), "gateway.db")
        const onFile = <A, E>(use: Effect.Effect<A, E, Outbox | Conversations>) =>
          Effect.provide(use, Layer.provide(stores, DatabaseSqlite.layer(file)))
        const turn = Effect.flatMap(open(person(ALICE)), (conversation) =>
          accept("t-1", brought(conversation, { turnId: "t-1" }))
        )
        const found = Effect.all([isAccepted("t-1"), turnsOf(person(ALICE))])

        yield* onFile(open(person(ALICE)))
        yield* withSqlite(file, (connection) =>
          connection.exec(`CREATE TRIGGER broken ${where} BEGIN SELECT RAISE(FAIL, 'disk full'); END`)
        )
        expect(yield* onFile(Effect.flip(turn))).toMatchObject({ detail: "disk full" })
        yield* withSqlite(file, (connection) => connection.exec("DROP TRIGGER broken"))
        expect(yield* onFile(found)).toEqual([false, []])
        yield* onFile(turn)
        yield* onFile(turn)
        expect(yield* onFile(found)).toEqual([true, ["t-1"]])
      }).pipe(Effect.provide(NodeContext.layer))
    )
  }
})
