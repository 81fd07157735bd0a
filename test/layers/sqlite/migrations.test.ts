/** A store that an earlier version of the gateway has written. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Option } from "effect"
import * as ConversationsSql from "../../../src/layers/conversations/ConversationsSql.ts"
import { Database } from "../../../src/layers/database/Database.ts"
import * as Step from "../../../src/layers/database/Step.ts"
import * as DeadLettersSql from "../../../src/layers/deadLetters/DeadLettersSql.ts"
import * as GroupChatsSql from "../../../src/layers/groups/GroupChatsSql.ts"
import * as GroupHistorySql from "../../../src/layers/groups/GroupHistorySql.ts"
import * as PositionsSql from "../../../src/layers/inbox/PositionsSql.ts"
import * as OutboxSql from "../../../src/layers/outbox/OutboxSql.ts"
import * as PairingStoreSql from "../../../src/layers/pairing/PairingStoreSql.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import { MIGRATIONS } from "../../../src/layers/sqlite/migrations.ts"
import { conversations } from "../../../src/layers/sqlite/steps/conversations.ts"
import { groupChats } from "../../../src/layers/sqlite/steps/groupChats.ts"
import { historyReactions } from "../../../src/layers/sqlite/steps/historyReactions.ts"
import { leftOut } from "../../../src/layers/sqlite/steps/leftOut.ts"
import * as chatLane from "../../../src/programs/session/chatLane.ts"
import { PartState } from "../../../src/schemas/Delivery.ts"
import { NO_LANDMARKS } from "../../../src/schemas/Landmark.ts"
import { type Target, targetKey } from "../../../src/schemas/Target.ts"
import { Conversations } from "../../../src/services/Conversations.ts"
import { DeadLetters } from "../../../src/services/DeadLetters.ts"
import { GroupChats } from "../../../src/services/GroupChats.ts"
import { GroupHistory } from "../../../src/services/GroupHistory.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { PairingStore } from "../../../src/services/PairingStore.ts"
import { Positions } from "../../../src/services/Positions.ts"
import { brought, open, person, turnsOf } from "../../support/conversations.ts"
import { ALICE, BOB, makeEnvelope } from "../../support/envelopes.ts"
import { ask, isApproved } from "../../support/pairing.ts"
import { withSqlite } from "../../support/sqliteFile.ts"

const EXPIRES = 1_000_000
const chat = { accountId: "default", chatId: 7, beforeRowId: 100 }

/** A file as it was after a step, with rows. */
const storeOf = (version: number, rows: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { join } = yield* Path.Path
    const file = join(yield* fs.makeTempDirectoryScoped(), "gateway.db")
    yield* withSqlite(file, (connection) => {
      for (const step of MIGRATIONS.slice(0, version)) connection.exec(step)
      connection.exec(rows)
      connection.exec(`PRAGMA user_version = ${version}`)
    })
    return Layer.mergeAll(
      GroupHistorySql.layer,
      PositionsSql.layer,
      PairingStoreSql.layer,
      DeadLettersSql.layer
    ).pipe(Layer.provideMerge(DatabaseSqlite.layer(file)))
  })

const firstVersion = storeOf(
  1,
  `
  INSERT INTO pairing_requests (account_id, sender, code, created_at, expires_at, last_seen_at)
    VALUES ('default', '${ALICE}', 'ABCD2345', 5, ${EXPIRES}, 6);
  INSERT INTO pairing_approvals VALUES ('default', '${BOB}', 7);
  INSERT INTO history (account_id, chat_id, row_id, guid, sender, sender_name, text)
    VALUES ('default', 7, 1, 'g-1', '${BOB}', 'Bob', 'hello');
  `
)

/** Opens the store of the first version and uses it. */
const inFirstVersion = <A, E>(use: Effect.Effect<A, E, GroupHistory | PairingStore>) =>
  Effect.flatMap(firstVersion, (stores) => Effect.provide(use, stores)).pipe(
    Effect.provide(NodeContext.layer)
  )

describe("a store of the first version", () => {
  it.scoped("keeps its pairing requests", () =>
    inFirstVersion(
      Effect.gen(function* () {
        const { pending } = yield* PairingStore
        expect(yield* pending).toEqual([
          {
            accountId: "default",
            sender: ALICE,
            code: "ABCD2345",
            createdAt: 5,
            expiresAt: EXPIRES,
            lastSeenAt: 6
          }
        ])
        expect(yield* ask(ALICE)).toMatchObject({ _tag: "Pending", request: { code: "ABCD2345" } })
      })
    )
  )

  it.scoped("keeps its approvals, and tells none of them again", () =>
    inFirstVersion(
      Effect.gen(function* () {
        const { approvals, notices } = yield* PairingStore
        expect(yield* approvals).toEqual([{ accountId: "default", sender: BOB, approvedAt: 7 }])
        expect(yield* isApproved("default", BOB)).toBe(true)
        expect(yield* notices("default")).toEqual([])
      })
    )
  )

  it.scoped("tells who is admitted by an old request by their handle: it does not say where they wrote", () =>
    inFirstVersion(
      Effect.gen(function* () {
        const { approve, notices } = yield* PairingStore
        yield* approve("ABCD2345")
        expect(yield* isApproved("default", ALICE)).toBe(true)
        expect(yield* notices("default")).toMatchObject([
          { sender: ALICE, target: { _tag: "Handle", handle: ALICE, service: "auto" } }
        ])
      })
    )
  )

  it.scoped("can have an old request refused", () =>
    inFirstVersion(
      Effect.gen(function* () {
        const { reject } = yield* PairingStore
        yield* reject("ABCD2345")
        expect(yield* ask(ALICE)).toEqual({ _tag: "Rejected" })
      })
    )
  )

  it.scoped("keeps its histories, without files, and goes on with them", () =>
    inFirstVersion(
      Effect.gen(function* () {
        const { lastBefore, remember } = yield* GroupHistory
        const photo = { path: "/a/photo.jpg", mimeType: "image/jpeg", name: "photo.jpg" }
        yield* remember(makeEnvelope({ rowId: 2, text: "look", attachments: [photo] }), 10)
        expect(yield* lastBefore(chat, 10)).toEqual([
          { guid: "g-1", sender: BOB, senderName: "Bob", text: "hello", attachments: [] },
          { guid: "guid-2", sender: ALICE, text: "look", attachments: [photo] }
        ])
      })
    )
  )
})

const turn = {
  envelope: makeEnvelope({ text: "hello" }),
  agentId: "main",
  isGroup: false
}

const secondVersion = storeOf(
  2,
  `
  INSERT INTO mailbox (id, message_key, shard, entity_type, entity_id, kind, request_id, envelope, processed)
    VALUES (1, 'done', 's', 'Session', 'e', 'Request', 1, '{}', 1), (2, 'open', 's', 'Session', 'e', 'Request', 2, '{}', 0);
  INSERT INTO parts (delivery_id, part_index, account_id, part, state)
    VALUES ('d', 0, 'default', '{}', 'Sent'), ('d', 1, 'default', '{}', 'Queued');
  INSERT INTO turn_members VALUES ('key', 'turn');
  INSERT INTO history (account_id, chat_id, row_id, guid, sender, sender_name, text)
    VALUES ('default', 7, 1, 'g-1', '${BOB}', 'Bob', 'hello');
  INSERT INTO dead_letters VALUES
    ('t', 'turn', 'default', 'agent:main:main', 'agent_failed', 'it failed', '${JSON.stringify([turn])}', 5);
  `
)

describe("a store of the second version", () => {
  it.scoped("has its dead letters, with numbers", () =>
    Effect.gen(function* () {
      const letters = yield* Effect.provide(
        Effect.flatMap(DeadLetters, ({ all }) => all),
        yield* secondVersion
      )
      expect(letters).toEqual([
        {
          number: 1,
          content: { _tag: "Turn", id: "t", sessionKey: "agent:main:main", messages: [turn] },
          code: "agent_failed",
          message: "it failed",
          status: "dead",
          attempts: 1,
          buriedAt: 5
        }
      ])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("counts what was finished as finished now, and nothing else", () =>
    Effect.gen(function* () {
      const now = Date.now()
      const times = yield* Effect.provide(
        Effect.flatMap(Database, ({ prepare, read }) => {
          const select = prepare<{ readonly at: number | null }>(`
            SELECT finished_at AS at FROM mailbox WHERE message_key = 'open'
            UNION ALL SELECT settled_at FROM parts WHERE state = 'Queued'
            UNION ALL SELECT finished_at FROM mailbox WHERE message_key = 'done'
            UNION ALL SELECT settled_at FROM parts WHERE state = 'Sent'
            UNION ALL SELECT begun_at FROM turn_members
            UNION ALL SELECT kept_at FROM history`)
          return read(() => Step.map(select.all(), (rows) => rows.map(({ at }) => at)))
        }),
        yield* secondVersion
      )
      expect(times.slice(0, 2)).toEqual([null, null])
      for (const time of times.slice(2)) expect(time).toBeGreaterThanOrEqual(now)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

const waiting = (id: number, entityType: string, payload: object, isDone = false) =>
  `INSERT INTO mailbox (id, shard, entity_type, entity_id, kind, request_id, envelope, processed)
   VALUES (${id}, 's', '${entityType}', 'e', 'Request', ${id}, '${JSON.stringify({ payload })}', ${isDone ? 1 : 0});`

const TARGETS: ReadonlyArray<Target> = [
  { _tag: "ChatId", chatId: 42 },
  { _tag: "ChatGuid", chatGuid: "iMessage;+;chat42" },
  { _tag: "ChatIdentifier", chatIdentifier: "chat42" },
  { _tag: "Handle", handle: ALICE, service: "sms" }
]

const storedLanes = Effect.flatMap(Database, ({ prepare, read }) => {
  const select = prepare<{ readonly lane: string }>("SELECT lane FROM mailbox ORDER BY seq")
  return read(() => Step.map(select.all(), (rows) => rows.map(({ lane }) => lane)))
})

const delivery = (id: string, target: Target, rest: object = {}) => ({
  id,
  accountId: "e",
  target,
  replies: [{ text: id }],
  ...rest
})
const key = (id: string) =>
  `UPDATE mailbox SET message_key = 'Account/e/Deliver/${id}' WHERE seq = last_insert_rowid();`

describe("a store from before the outbox", () => {
  const [first, ...others] = TARGETS.map((target, at) => delivery(`d${at}`, target))
  const stores = storeOf(
    5,
    [
      ...(first === undefined ? [] : [waiting(1, "Account", first), key("d0")]),
      ...others.map((one, at) => waiting(at + 2, "Account", one)),
      waiting(8, "Account", {}, true),
      key("done"),
      waiting(9, "Account", {}, true),
      key("retry:2:some:thing"),
      waiting(
        10,
        "Account",
        delivery("after d0", TARGETS[0] ?? { _tag: "ChatId", chatId: 1 }, { attempt: 3 })
      ),
      waiting(11, "Session", { envelope: {} })
    ].join("\n")
  )

  it.scoped("has what waits in it in order, the first of each chat before the others of it", () =>
    Effect.gen(function* () {
      const found = yield* Effect.provide(
        Effect.flatMap(Database, ({ prepare, read }) => {
          const select = prepare<{ readonly id: string; readonly chat: string; readonly place: string }>(
            "SELECT delivery_id AS id, chat, place FROM outbox WHERE place <> 'ended' ORDER BY seq"
          )
          return read(() => Step.map(select.all(), (rows) => rows.map((row) => ({ ...row }))))
        }),
        yield* stores
      )
      expect(found).toEqual([
        ...TARGETS.map((target, at) => ({ id: `d${at}`, chat: targetKey(target), place: "first" })),
        { id: "after d0", chat: "chat_id:42", place: "behind" }
      ])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("knows what it has accepted, also what is done, and gives it to its sender", () =>
    Effect.gen(function* () {
      const { known, next } = yield* Effect.provide(
        Effect.gen(function* () {
          const outbox = yield* Outbox
          return {
            known: yield* Effect.filter(["d0", "done", "some:thing", "new"], (id) =>
              outbox.isAccepted({ accountId: "e", id })
            ),
            next: yield* outbox.next({ accountId: "e", forChildMs: 0, without: [] }, Date.now())
          }
        }),
        Layer.provide(OutboxSql.layer, yield* stores)
      )
      expect(known).toEqual(["d0", "done", "some:thing"])
      expect(Option.map(next, (open) => open.delivery)).toEqual(Option.some(first))
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("has nothing of it in the mailboxes any more", () =>
    Effect.gen(function* () {
      expect(yield* Effect.provide(storedLanes, yield* stores)).toEqual([""])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("a store of the sixth version", () => {
  it.scoped("has the messages that wait for a session in the lanes that later ones get", () =>
    Effect.gen(function* () {
      const { chatId: _, ...unplaced } = makeEnvelope({ sender: ALICE, service: "sms" })
      const envelopes = [makeEnvelope({ chatId: 42 }), unplaced]
      const stores = yield* storeOf(
        6,
        [
          ...envelopes.map((envelope, at) => waiting(at + 1, "Session", { envelope })),
          waiting(3, "Session", { envelope: envelopes[0] }, true)
        ].join("\n")
      )
      expect(yield* Effect.provide(storedLanes, stores)).toEqual([...envelopes.map(chatLane.chatOf), ""])
      expect(envelopes.map((envelope) => chatLane.laneOf({ envelope }))).toEqual(
        envelopes.map(chatLane.chatOf)
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("a store from before a database was known by its rows", () => {
  it.scoped("keeps its cursor, and knows nothing of the database yet", () =>
    Effect.gen(function* () {
      const stores = yield* storeOf(6, "INSERT INTO cursors VALUES ('default', 41, 99);")
      const found = yield* Effect.provide(
        Effect.flatMap(Positions, ({ get }) => get("default")),
        stores
      )
      expect(found).toEqual(
        Option.some({
          cursor: { rowId: 41, baselineAt: 99 },
          landmarks: NO_LANDMARKS,
          unripe: [],
          clockBehindMs: 0
        })
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("a store from before groups had names of their own", () => {
  it.scoped("keeps the sessions of its groups, and the account whose they are", () =>
    Effect.gen(function* () {
      const inGroup = (accountId: string, chatId: number, chatIdentifier: string) => ({
        isGroup: true,
        envelope: makeEnvelope({ accountId, chatId, chatIdentifier, isGroup: true })
      })
      const stores = yield* storeOf(
        MIGRATIONS.indexOf(groupChats),
        [
          "INSERT INTO cursors (account_id, row_id) VALUES ('default', 41);",
          waiting(1, "Session", inGroup("default", 57, "chat1")),
          waiting(2, "Session", inGroup("default", 42, "chat1")),
          waiting(3, "Session", inGroup("bot", 57, "chat2"))
        ].join("\n")
      )
      const kept = (accountId: string, chatId: number, chatIdentifier: string) =>
        Effect.flatMap(GroupChats, ({ keep }) => keep(accountId, { chatId, chatIdentifier }))
      const found = yield* Effect.all([
        kept("default", 42, "chat1"),
        kept("bot", 57, "chat2"),
        kept("default", 43, "chat3"),
        kept("bot", 43, "chat4")
      ]).pipe(Effect.provide(Layer.provide(GroupChatsSql.layer, stores)))
      expect(found.map(({ historyId, name }) => `${name}, ${historyId}`)).toEqual([
        "group:57, 57",
        "bot:group:57, 57",
        "group:43, 43",
        "bot:group:43, 43"
      ])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("a store from before agents remembered anything", () => {
  it.scoped("keeps what waits in it, and remembers from then on", () =>
    Effect.gen(function* () {
      const before = delivery("before", { _tag: "ChatId", chatId: 42 })
      const stores = yield* storeOf(
        MIGRATIONS.indexOf(conversations),
        `INSERT INTO outbox (account_id, delivery_id, chat, delivery, accepted_at, place)
           VALUES ('e', 'before', 'chat_id:42', '${JSON.stringify(before)}', 5, 'first');
         INSERT INTO pairing_approvals VALUES ('default', '${ALICE}', 7);`
      )
      yield* Effect.gen(function* () {
        const outbox = yield* Outbox
        const { list } = yield* Conversations
        expect(yield* list(10)).toEqual([])
        expect((yield* outbox.waiting(10)).map(({ id }) => id)).toEqual(["before"])
        const remembered = brought(yield* open(person(ALICE)), { turnId: "after" })
        yield* outbox.accept(delivery("after", { _tag: "ChatId", chatId: 42 }), { remembered })
        expect(yield* turnsOf(person(ALICE))).toEqual(["after"])
        yield* (yield* PairingStore).revoke([{ accountId: "default", sender: ALICE }])
        expect(yield* turnsOf(person(ALICE))).toEqual([])
      }).pipe(
        Effect.provide(
          Layer.mergeAll(OutboxSql.layer, ConversationsSql.layer).pipe(Layer.provideMerge(stores))
        )
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("a store from before anything was left out", () => {
  it.scoped("keeps its parts in each state, and can leave parts out from then on", () =>
    Effect.gen(function* () {
      const stores = yield* storeOf(
        MIGRATIONS.indexOf(leftOut),
        `INSERT INTO parts (delivery_id, part_index, account_id, part, state, tries, tried_at, after_row_id, guid, row_id,
             detail, settled_at) VALUES
           ('d', 0, 'default', '{"_tag":"Text","text":"a"}', 'Sent', 1, 5, 6, 'G', 7, NULL, 8),
           ('d', 1, 'default', '{"_tag":"File","path":"/b"}', 'Sending', 1, 9, 7, NULL, NULL, NULL, NULL),
           ('d', 2, 'default', '{"_tag":"Text","text":"c"}', 'Queued', 0, NULL, NULL, NULL, NULL, NULL, NULL),
           ('e', 0, 'default', '{"_tag":"Text","text":"e"}', 'Failed', 2, 5, 6, NULL, NULL, 'no', 8)`
      )
      yield* Effect.gen(function* () {
        const { isClaimed, parts, putParts } = yield* Outbox
        const records = yield* parts("d")
        expect(records).toEqual([
          {
            index: 0,
            part: { _tag: "Text", text: "a" },
            state: PartState.Sent({ guid: "G", rowId: 7 }),
            tries: 1
          },
          {
            index: 1,
            part: { _tag: "File", path: "/b" },
            state: PartState.Sending({ triedAt: 9, afterRowId: 7 }),
            tries: 1
          },
          { index: 2, part: { _tag: "Text", text: "c" }, state: PartState.Queued(), tries: 0 }
        ])
        expect((yield* parts("e")).map(({ state }) => state)).toEqual([PartState.Failed({ detail: "no" })])
        expect(yield* isClaimed("default", "G")).toBe(true)
        const state = PartState.LeftOut({ detail: "there is no bridge" })
        const left = { index: 3, part: { _tag: "Leave" as const }, state, tries: 0 }
        yield* putParts({ id: "d", accountId: "default" }, [left])
        expect(yield* parts("d")).toEqual([...records, left])
      }).pipe(Effect.provide(OutboxSql.layer.pipe(Layer.provideMerge(stores))))
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("a store from before reactions were kept", () => {
  it.scoped("has its history as it was, and keeps reactions beside it", () =>
    Effect.gen(function* () {
      const stores = yield* storeOf(
        MIGRATIONS.indexOf(historyReactions),
        `INSERT INTO history (account_id, chat_id, row_id, guid, sender, sender_name, text, attachments, kept_at)
           VALUES ('default', 7, 1, 'g-1', '${BOB}', 'Bob', 'hello', '[]', 1);`
      )
      yield* Effect.gen(function* () {
        const { lastBefore, remember } = yield* GroupHistory
        const reaction = { kind: "love", isRemoved: false, to: { isOwn: true, guid: "g" } } as const
        yield* remember(makeEnvelope({ rowId: 2, isReaction: true, reaction, text: "(reacted)" }), 10)
        expect(yield* lastBefore(chat, 10)).toEqual([
          { guid: "g-1", sender: BOB, senderName: "Bob", text: "hello", attachments: [] },
          { guid: "guid-2", sender: ALICE, text: "(reacted)", attachments: [], reaction }
        ])
      }).pipe(Effect.provide(stores))
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
