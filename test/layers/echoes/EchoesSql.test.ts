import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { expect, it } from "@effect/vitest"
import { Clock, Context, Effect, Layer, Ref, TestClock } from "effect"
import { Database } from "../../../src/layers/database/Database.ts"
import * as EchoesSql from "../../../src/layers/echoes/EchoesSql.ts"
import * as OutboxSql from "../../../src/layers/outbox/OutboxSql.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import { type Delivery, type Part, PartState } from "../../../src/schemas/Delivery.ts"
import type { Envelope } from "../../../src/schemas/Envelope.ts"
import type { ImsgMessage } from "../../../src/schemas/ImsgProtocol.ts"
import type { Target } from "../../../src/schemas/Target.ts"
import { Echoes } from "../../../src/services/Echoes.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { configLayer } from "../../support/configs.ts"
import { database, describe } from "../../support/databases.ts"
import { ALICE, makeEnvelope, makeMessage } from "../../support/envelopes.ts"
import { onOneHost, sharedStore } from "../../support/severalHosts.ts"

const OWN = "+15555550100"
/** Longer than the least time, so that it counts. */
const SETTLE_MS = 45_000
const WINDOW_MS = 2 * SETTLE_MS

const config = configLayer({
  imessage: {
    delivery: { settleMs: SETTLE_MS },
    accounts: { default: {}, other: { dbPath: "/other/chat.db" } }
  }
})
const over = <E, R>(database: Layer.Layer<Database, E, R>, accounts = config) =>
  Layer.mergeAll(EchoesSql.layer, OutboxSql.layer).pipe(Layer.provideMerge(database), Layer.provide(accounts))
const services = over(database)

const hello: Part = { _tag: "Text", text: "hello" }
const inChat: Target = { _tag: "ChatId", chatId: 7 }

interface Sent {
  readonly id?: string
  readonly target?: Target
  readonly part?: Part
  readonly accountId?: string
}

const partOf = ({ accountId = "default", id = "d", part = hello, target = inChat }: Sent) =>
  [{ id, accountId, target, replies: [] } satisfies Delivery, { index: 0, part }] as const

const SENDING = PartState.Sending({ triedAt: 0, afterRowId: 0 })
const SENT = PartState.Sent({ guid: undefined, rowId: undefined })

const follow = (sent: Sent, ...states: ReadonlyArray<PartState>) =>
  Effect.flatMap(Echoes, (echoes) =>
    Effect.forEach(states, (state) => echoes.follow(...partOf(sent), state), { discard: true })
  )
const send = (sent: Sent = {}) => follow(sent, SENDING, SENT)

/** An incoming row of the chat with oneself, from now. */
const mirrored = (partial: Partial<Envelope> = {}) =>
  Effect.gen(function* () {
    const sentAt = yield* Clock.currentTimeMillis
    return makeEnvelope({
      rowId: 20,
      sender: OWN,
      chatIdentifier: OWN,
      chatGuid: `iMessage;-;${OWN}`,
      text: "hello",
      sentAt,
      ...partial
    })
  })

const isEcho = (partial: Partial<Envelope> = {}) =>
  Effect.flatMap(Echoes, (echoes) => Effect.flatMap(mirrored(partial), echoes.isEcho))

/** An outgoing row, which says by which handle it went. */
const learn = (partial: Partial<ImsgMessage> = {}, accountId = "default") =>
  Effect.flatMap(Echoes, (echoes) =>
    echoes.learn(
      accountId,
      makeMessage({ id: 10, is_from_me: true, destination_caller_id: OWN, text: "anything", ...partial })
    )
  )

describe("what the gateway said in a chat with oneself", () => {
  it.effect(
    "is not what was there before it: the owner's message that is shown again does not use it up",
    () =>
      Effect.gen(function* () {
        yield* learn()
        yield* follow({}, PartState.Sending({ triedAt: 0, afterRowId: 18 }), SENT)
        expect(yield* isEcho({ rowId: 18, guid: "the owner's" })).toBe(false)
        expect(yield* isEcho({ rowId: 20, guid: "the mirrored one" })).toBe(true)
      }).pipe(Effect.provide(services))
  )

  it.effect("is known again when it comes back", () =>
    Effect.gen(function* () {
      yield* learn()
      yield* send()
      expect(yield* isEcho()).toBe(true)
    }).pipe(Effect.provide(services))
  )

  it.effect("is known before its send is answered", () =>
    Effect.gen(function* () {
      yield* learn()
      yield* follow({}, SENDING)
      expect(yield* isEcho()).toBe(true)
    }).pipe(Effect.provide(services))
  )

  it.effect("is known while its send takes longer than the time in which it may come back", () =>
    Effect.gen(function* () {
      yield* learn()
      yield* follow({}, SENDING)
      yield* TestClock.adjust(10 * WINDOW_MS)
      yield* follow({}, SENT)
      yield* TestClock.adjust(WINDOW_MS)
      expect(yield* isEcho()).toBe(true)
    }).pipe(Effect.provide(services))
  )

  it.effect("makes one row: the same words of the owner after it are their own", () =>
    Effect.gen(function* () {
      yield* learn()
      yield* send()
      expect(yield* isEcho({ guid: "mirror" })).toBe(true)
      expect(yield* isEcho({ guid: "owner" })).toBe(false)
    }).pipe(Effect.provide(services))
  )

  it.effect("is known again under the row that it was, however often that is shown", () =>
    Effect.gen(function* () {
      yield* learn()
      yield* send()
      for (const _ of [1, 2, 3]) expect(yield* isEcho({ guid: "mirror" })).toBe(true)
      yield* TestClock.adjust(2 * WINDOW_MS)
      expect(yield* isEcho({ guid: "mirror" })).toBe(true)
      expect(yield* isEcho({ guid: "owner" })).toBe(false)
    }).pipe(Effect.provide(services))
  )

  it.effect("makes as many rows as it was said times", () =>
    Effect.gen(function* () {
      yield* learn()
      yield* send({ id: "d-1" })
      yield* send({ id: "d-2" })
      expect([
        yield* isEcho({ guid: "m-1" }),
        yield* isEcho({ guid: "m-2" }),
        yield* isEcho({ guid: "owner" })
      ]).toEqual([true, true, false])
    }).pipe(Effect.provide(services))
  )

  it.effect("is known up to the last moment of its time, and no longer", () =>
    Effect.gen(function* () {
      yield* learn()
      yield* send({ id: "d-1" })
      yield* send({ id: "d-2" })
      yield* TestClock.adjust(WINDOW_MS)
      expect(yield* isEcho({ guid: "m-1" })).toBe(true)
      yield* TestClock.adjust(1)
      expect(yield* isEcho({ guid: "m-2" })).toBe(false)
    }).pipe(Effect.provide(services))
  )

  it.effect("is known after a long time in a row from its own", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_000_000)
      yield* learn()
      yield* send()
      yield* TestClock.adjust("1 hour")
      expect(yield* isEcho({ guid: "before", sentAt: 900_000 })).toBe(false)
      expect(yield* isEcho({ guid: "mirror", sentAt: 1_000_500 })).toBe(true)
    }).pipe(Effect.provide(services))
  )

  it.effect("is known after a restart, by the handles that were known before it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      const store = over(DatabaseSqlite.layer(join(yield* fs.makeTempDirectoryScoped(), "gateway.db")))
      yield* Effect.provide(Effect.zipRight(learn(), follow({}, SENDING)), store)
      const after = Effect.all([isEcho({ guid: "mirror" }), isEcho({ sender: ALICE, guid: "owner" })])
      expect(yield* Effect.provide(after, store)).toEqual([true, false])
      expect(yield* Effect.provide(isEcho({ guid: "mirror" }), store)).toBe(true)
    }).pipe(Effect.scoped, Effect.provide(NodeContext.layer))
  )

  it.effect("is known by the name of its file", () =>
    Effect.gen(function* () {
      yield* learn()
      yield* send({ part: { _tag: "File", path: "/media/cat.png" } })
      const photo = (name: string) => ({
        text: "",
        attachments: [{ path: "/a", mimeType: "image/png", name }]
      })
      expect(yield* isEcho({ guid: "dog", ...photo("dog.png") })).toBe(false)
      expect(yield* isEcho({ guid: "cat", ...photo("cat.png") })).toBe(true)
    }).pipe(Effect.provide(services))
  )

  const notSent: ReadonlyArray<{ readonly what: string; readonly state: PartState }> = [
    { what: "is to be tried again", state: PartState.Queued() },
    { what: "failed", state: PartState.Failed({ detail: "" }) }
  ]
  for (const { state, what } of notSent) {
    it.effect(`is not expected back where it ${what}`, () =>
      Effect.gen(function* () {
        yield* learn()
        yield* follow({}, SENDING, state)
        expect(yield* isEcho()).toBe(false)
      }).pipe(Effect.provide(services))
    )
  }

  it.effect("is expected back where nobody knows whether it was sent", () =>
    Effect.gen(function* () {
      yield* learn()
      yield* follow({}, SENDING, PartState.Uncertain({ detail: "" }))
      expect(yield* isEcho()).toBe(true)
    }).pipe(Effect.provide(services))
  )

  it.effect("is expected back once where it was tried twice", () =>
    Effect.gen(function* () {
      yield* learn()
      yield* follow({}, SENDING, PartState.Queued(), SENDING, SENT)
      expect([yield* isEcho({ guid: "mirror" }), yield* isEcho({ guid: "owner" })]).toEqual([true, false])
    }).pipe(Effect.provide(services))
  )

  const targets: ReadonlyArray<Target> = [
    { _tag: "ChatGuid", chatGuid: `iMessage;-;${OWN}` },
    { _tag: "ChatIdentifier", chatIdentifier: OWN },
    { _tag: "Handle", handle: OWN, service: "auto" }
  ]
  for (const target of targets) {
    it.effect(`is known where it was sent by ${target._tag}`, () =>
      Effect.gen(function* () {
        yield* learn()
        yield* send({ target })
        expect(yield* isEcho()).toBe(true)
      }).pipe(Effect.provide(services))
    )
  }

  const others: ReadonlyArray<{ readonly what: string; readonly row: Partial<Envelope> }> = [
    { what: "another text", row: { text: "hello there" } },
    { what: "another chat", row: { chatId: 8, chatGuid: "g", chatIdentifier: "i" } }
  ]
  for (const { row, what } of others) {
    it.effect(`is not ${what}`, () =>
      Effect.gen(function* () {
        for (const accountId of ["default", "other"]) yield* learn({}, accountId)
        yield* send()
        expect(yield* isEcho(row)).toBe(false)
      }).pipe(Effect.provide(services))
    )
  }

  it.effect("is forgotten when much else was said since", () =>
    Effect.gen(function* () {
      yield* learn()
      for (let n = 0; n < 501; n++) yield* send({ id: `d-${n}`, part: { _tag: "Text", text: `n ${n}` } })
      expect([yield* isEcho({ text: "n 0", guid: "a" }), yield* isEcho({ text: "n 1", guid: "b" })]).toEqual([
        false,
        true
      ])
    }).pipe(Effect.provide(services))
  )
})

describe("a person who repeats the gateway's words", () => {
  const theirs = { sender: ALICE, chatIdentifier: ALICE, chatGuid: `iMessage;-;${ALICE}` }

  it.effect("is heard, in the same moment and in a row beside it", () =>
    Effect.gen(function* () {
      yield* learn()
      yield* send()
      yield* learn({ id: 19, text: "hello", chat_id: 7, created_at: "1970-01-01T00:00:00Z" })
      expect(yield* isEcho({ ...theirs, rowId: 20 })).toBe(false)
      expect(yield* isEcho({ ...theirs, rowId: 21, guid: "again" })).toBe(false)
    }).pipe(Effect.provide(services))
  )

  it.effect("is heard in a group", () =>
    Effect.gen(function* () {
      yield* learn()
      yield* send()
      expect(yield* isEcho({ isGroup: true })).toBe(false)
    }).pipe(Effect.provide(services))
  )

  it.effect("is heard in a thread of several", () =>
    Effect.gen(function* () {
      yield* learn()
      yield* send()
      expect(yield* isEcho({ participantCount: 2 })).toBe(false)
    }).pipe(Effect.provide(services))
  )

  it.effect("is not heard once, where nothing says which handles are the account's own", () =>
    Effect.gen(function* () {
      yield* send()
      expect([yield* isEcho({ ...theirs, guid: "a" }), yield* isEcho({ ...theirs, guid: "b" })]).toEqual([
        true,
        false
      ])
    }).pipe(Effect.provide(services))
  )
})

describe("a row that is known as a sent part", () => {
  const known: ReadonlyArray<{ readonly what: string; readonly state: PartState; readonly echo: boolean }> = [
    { what: "by its guid is an echo", state: PartState.Sent({ guid: "guid-20", rowId: 3 }), echo: true },
    {
      what: "by its rowid alone is an echo",
      state: PartState.Sent({ guid: undefined, rowId: 20 }),
      echo: true
    },
    {
      what: "by its rowid, but by another guid, is none: the database may be another one",
      state: PartState.Sent({ guid: "guid-99", rowId: 20 }),
      echo: false
    }
  ]
  for (const { echo, state, what } of known) {
    it.effect(`${what}, also in a group`, () =>
      Effect.gen(function* () {
        const { putParts } = yield* Outbox
        const [delivery, record] = partOf({})
        for (const entered of [SENDING, state]) {
          yield* putParts(delivery, [{ ...record, state: entered, tries: 1 }])
        }
        expect(yield* isEcho({ isGroup: true, sender: ALICE, text: "anything" })).toBe(echo)
      }).pipe(Effect.provide(services))
    )
  }
})

describe("a handle of the owner that Messages does not name", () => {
  const ALIAS = "me@example.com"
  const at = "1970-01-01T00:00:01Z"
  const toSelf = { sender: ALIAS, chatIdentifier: ALIAS, chatGuid: `iMessage;-;${ALIAS}` }
  const outgoing = (partial: Partial<ImsgMessage> = {}) =>
    learn({ id: 31, text: "note", chat_id: 7, created_at: at, ...partial })
  const incoming = (partial: Partial<Envelope> = {}) =>
    isEcho({ ...toSelf, rowId: 32, text: "note", sentAt: 1000, ...partial })
  const answerComesBack = Effect.gen(function* () {
    yield* send()
    return yield* isEcho({ ...toSelf, rowId: 34 })
  })

  it.effect("is known by a message that is in the chat from both sides", () =>
    Effect.gen(function* () {
      yield* outgoing()
      expect(yield* incoming()).toBe(false)
      expect(yield* answerComesBack).toBe(true)
    }).pipe(Effect.provide(services))
  )

  it.effect("is known where the incoming row is the first of both", () =>
    Effect.gen(function* () {
      yield* learn()
      expect(yield* incoming({ rowId: 30 })).toBe(false)
      yield* outgoing()
      expect(yield* answerComesBack).toBe(true)
    }).pipe(Effect.provide(services))
  )

  it.effect("is taken for another person's again when nothing confirms it for a day", () =>
    Effect.gen(function* () {
      yield* outgoing()
      yield* incoming()
      yield* TestClock.adjust("25 hours")
      expect(yield* answerComesBack).toBe(false)
    }).pipe(Effect.provide(services))
  )

  const coincidences: ReadonlyArray<{
    readonly what: string
    readonly into?: Partial<Envelope>
  }> = [
    { what: "says something else", into: { text: "other" } },
    { what: "writes much later", into: { sentAt: 4000 } },
    { what: "writes with much in between", into: { rowId: 36 } },
    { what: "writes in another chat", into: { chatId: 8 } },
    { what: "writes in a chat that is not called by their handle", into: { chatIdentifier: "chat1" } }
  ]
  for (const { into, what } of coincidences) {
    it.effect(`is not that of somebody who ${what}`, () =>
      Effect.gen(function* () {
        yield* outgoing()
        yield* incoming(into)
        expect(yield* answerComesBack).toBe(false)
      }).pipe(Effect.provide(services))
    )
  }

  it.effect("is not that of somebody who repeats what the gateway said", () =>
    Effect.gen(function* () {
      yield* learn()
      yield* send({ id: "before", part: { _tag: "Text", text: "note" } })
      yield* outgoing()
      yield* incoming()
      expect(yield* answerComesBack).toBe(false)
    }).pipe(Effect.provide(services))
  )
})

describe("a handle that Messages names", () => {
  const ALIAS = "me@example.com"
  const toSelf = { sender: ALIAS, chatIdentifier: ALIAS, chatGuid: `iMessage;-;${ALIAS}` }
  const fromAlias = (partial: Partial<ImsgMessage> = {}) =>
    learn({ id: 32, is_from_me: false, sender: ALIAS, destination_caller_id: ALIAS, ...partial })
  const answerComesBack = Effect.gen(function* () {
    yield* send()
    return yield* isEcho({ ...toSelf, rowId: 34 })
  })

  it.effect("as the one that an incoming row was written to is an own one", () =>
    Effect.gen(function* () {
      yield* learn()
      yield* fromAlias()
      expect(yield* answerComesBack).toBe(true)
    }).pipe(Effect.provide(services))
  )

  it.effect("as the sender of an outgoing row is none: builds show the other side's there", () =>
    Effect.gen(function* () {
      yield* learn({ sender: ALICE })
      yield* send()
      expect(yield* isEcho({ sender: ALICE, chatIdentifier: ALICE, chatGuid: "g" })).toBe(false)
    }).pipe(Effect.provide(services))
  )

  it.effect("as the sender of an incoming row that was written to another one is none", () =>
    Effect.gen(function* () {
      yield* learn({ is_from_me: false, sender: ALICE })
      yield* send()
      expect(yield* isEcho({ sender: ALICE, chatIdentifier: ALICE, chatGuid: "g" })).toBe(false)
    }).pipe(Effect.provide(services))
  )

  it.effect("is that of whoever writes in a chat with it, under whichever other", () =>
    Effect.gen(function* () {
      yield* learn()
      yield* send({ id: "before" })
      expect(yield* isEcho({ sender: ALIAS, rowId: 20 })).toBe(true)
      yield* send({ target: { _tag: "ChatIdentifier", chatIdentifier: ALIAS } })
      expect(yield* isEcho({ ...toSelf, rowId: 34 })).toBe(true)
    }).pipe(Effect.provide(services))
  )

  for (const chat of [
    { id: 1, account_login: `E:${ALIAS}` },
    { id: 1, account_login: "E:", last_addressed_handle: ALIAS.toUpperCase() }
  ]) {
    it.effect(`by a chat (${Object.keys(chat).at(-1)}) is one, for a day`, () =>
      Effect.gen(function* () {
        const { learnFromChats } = yield* Echoes
        yield* learn()
        yield* learnFromChats("default", [chat])
        expect(yield* answerComesBack).toBe(true)
        yield* TestClock.adjust("25 hours")
        yield* send({ id: "later" })
        expect(yield* isEcho({ ...toSelf, guid: "later", rowId: 36 })).toBe(false)
      }).pipe(Effect.provide(services))
    )
  }

  it.effect("is none where a chat names it in no form of a handle", () =>
    Effect.gen(function* () {
      const { learnFromChats } = yield* Echoes
      const database = yield* Database
      const unreadable = "E:zo\u00eb@example.com"
      yield* learnFromChats("default", [
        { id: 1, account_login: unreadable, last_addressed_handle: "\u200b" }
      ])
      const rows = yield* database.read(() => database.prepare("SELECT handle FROM own_handles").all())
      expect(rows).toEqual([])
      // While none is known, what may be an echo is taken for one.
      yield* send()
      expect(yield* isEcho({ sender: ALIAS, chatIdentifier: ALIAS })).toBe(true)
      // Who writes in a chat whose name is no handle either is not oneself for that.
      yield* learn()
      yield* send({ id: "other" })
      expect(yield* isEcho({ sender: ALICE, chatIdentifier: "zo\u00eb", rowId: 30, guid: "alice" })).toBe(
        false
      )
    }).pipe(Effect.provide(services))
  )

  it.effect("is none where a store of before has kept the empty text as one", () =>
    Effect.gen(function* () {
      const database = yield* Database
      yield* database.write(() =>
        database
          .prepare("INSERT INTO own_handles (account_id, handle, known_until) VALUES ('default', '', NULL)")
          .run()
      )
      yield* send()
      expect(yield* isEcho({ sender: ALIAS, chatIdentifier: ALIAS })).toBe(true)
    }).pipe(Effect.provide(services))
  )

  it.effect("is one of a bounded number, and no text without end", () =>
    Effect.gen(function* () {
      const database = yield* Database
      for (let n = 0; n < 100; n++) yield* learn({ destination_caller_id: `me-${n}@example.com` })
      yield* learn({ destination_caller_id: `${"x".repeat(1_000_000)}@example.com` })
      const rows = yield* database.read(() => database.prepare("SELECT handle FROM own_handles").all())
      expect(rows).toHaveLength(32)
    }).pipe(Effect.provide(services))
  )
})

describe("the store", () => {
  it.effect("keeps no words", () =>
    Effect.gen(function* () {
      const database = yield* Database
      yield* send({ part: { _tag: "Text", text: "xyzzy-secret" } })
      const rows = yield* database.read(() => database.prepare("SELECT * FROM fingerprints").all())
      expect(rows).toHaveLength(1)
      expect(JSON.stringify(rows)).not.toContain("xyzzy")
    }).pipe(Effect.provide(services))
  )

  it.effect("keeps nothing of what is said to others than oneself", () =>
    Effect.gen(function* () {
      const database = yield* Database
      yield* learn()
      yield* isEcho({ sender: ALICE, chatIdentifier: ALICE, text: "hi" })
      yield* isEcho({ chatId: 9, isGroup: true, sender: OWN, text: "hi" })
      yield* send({ id: "d-1" })
      yield* send({ id: "d-2", target: { _tag: "ChatId", chatId: 9 } })
      const rows = yield* database.read(() => database.prepare("SELECT * FROM fingerprints").all())
      expect(rows).toEqual([])
    }).pipe(Effect.provide(over(database, configLayer({}))))
  )

  it.effect("forgets what can no longer come back", () =>
    Effect.gen(function* () {
      const database = yield* Database
      yield* send({ id: "old" })
      yield* TestClock.adjust("3 hours")
      yield* send({ id: "new" })
      const kept = database.prepare<{ readonly delivery_id: string }>("SELECT delivery_id FROM fingerprints")
      const rows = yield* database.read(() => kept.all())
      expect(rows.map((row) => row.delivery_id)).toEqual(["new"])
    }).pipe(Effect.provide(services))
  )
})

describe("what the gateway said from one account to another", () => {
  const ELSE = "+15555550177"
  /** `default` has the one handle, `other` the other. */
  const known = Effect.zipRight(learn(), learn({ destination_caller_id: ELSE }, "other"))
  /** What the other account is told under the handle of `default`. */
  const heard = (partial: Partial<Envelope> = {}) =>
    isEcho({ accountId: "other", rowId: 3, chatId: 4, ...partial })

  for (const [name, target] of [
    ["its handle", { _tag: "Handle", handle: ELSE, service: "auto" }],
    ["a chat of which nobody knows yet whose it is", inChat]
  ] as const) {
    it.effect(`is nobody's word there, when it was said to ${name}`, () =>
      Effect.gen(function* () {
        yield* known
        const part: Part = { _tag: "Text", text: "/allow ABCD2345" }
        yield* send({ part, target })
        expect(yield* heard({ text: "/allow ABCD2345" })).toBe(true)
        expect(yield* heard({ text: "/allow ABCD2345" })).toBe(true)
        // What the owner writes by hand, and what others do, is heard.
        expect(yield* heard({ text: "/allow EFGH2345" })).toBe(false)
        expect(yield* heard({ text: "/allow ABCD2345", sender: ALICE, chatIdentifier: ALICE })).toBe(false)
      }).pipe(Effect.provide(services))
    )
  }

  it.effect("is asked of all of them at once, however many there are whose handles nobody knows", () =>
    Effect.gen(function* () {
      const reads = yield* Ref.make(0)
      const counted = Layer.effect(
        Database,
        Effect.map(Database, (store) =>
          Database.of({
            ...store,
            read: (steps) =>
              Effect.zipRight(
                Ref.update(reads, (count) => count + 1),
                store.read(steps)
              )
          })
        )
      ).pipe(Layer.provide(database))
      const readsWith = (count: number) => {
        const names = Array.from({ length: count }, (_, at) => `other${at}`)
        const many = configLayer({
          imessage: {
            accounts: {
              default: {},
              other: { dbPath: "/other/chat.db" },
              ...Object.fromEntries(names.map((name) => [name, { dbPath: `/${name}/chat.db` }]))
            }
          }
        })
        return Effect.gen(function* () {
          // What is known of an account is read once.
          yield* heard()
          yield* Ref.set(reads, 0)
          yield* heard()
          return yield* Ref.get(reads)
        }).pipe(Effect.provide(over(counted, many)))
      }
      expect(yield* readsWith(10)).toBe(yield* readsWith(1))
    })
  )

  it.effect("is known in the chat that the two have, and in a group, where somebody has written before", () =>
    Effect.gen(function* () {
      yield* known
      yield* isEcho({ sender: ELSE, chatIdentifier: ELSE, text: "hi there" })
      yield* send()
      expect(yield* heard()).toBe(true)
      const group = { isGroup: true, participantCount: 3, chatId: 9, chatIdentifier: "chat9" }
      yield* isEcho({ ...group, sender: ALICE, text: "hi all" })
      yield* send({ id: "e", target: { _tag: "ChatId", chatId: 9 }, part: { _tag: "Text", text: "to all" } })
      expect(yield* heard({ ...group, text: "to all" })).toBe(true)
      expect(yield* heard({ ...group, text: "to all", sender: ALICE })).toBe(false)
    }).pipe(Effect.provide(services))
  )

  it.effect("is an owner's own word where the gateway said it to others, long ago, or not at all", () =>
    Effect.gen(function* () {
      yield* known
      yield* send({ target: { _tag: "Handle", handle: ALICE, service: "auto" } })
      expect(yield* heard()).toBe(false)
      yield* follow({ id: "e" }, SENDING, PartState.Queued())
      expect(yield* heard()).toBe(false)
      yield* send({ id: "f" })
      yield* TestClock.adjust(WINDOW_MS + 1)
      expect(yield* heard()).toBe(false)
    }).pipe(Effect.provide(services))
  )
})

describe("who reacts", () => {
  const ELSE = "+15555550177"
  const isOneself = (partial: Partial<Envelope>) =>
    Effect.gen(function* () {
      yield* learn()
      yield* learn({ destination_caller_id: ELSE }, "other")
      const group = { isGroup: true, participantCount: 3, chatId: 9, chatIdentifier: "chat9" }
      return yield* (yield* Echoes).isOneself(makeEnvelope({ isReaction: true, ...group, ...partial }))
    })

  it.effect.each<readonly [what: string, reacting: Partial<Envelope>, isOne: boolean]>([
    ["in a group is the account itself, by its own handle", { sender: OWN }, true],
    ["in a group is another account of the gateway, by the handle of that one", { sender: ELSE }, true],
    ["in a group is the first account, to the other one", { accountId: "other", sender: OWN }, true],
    ["in a group is somebody else, by any other handle", { sender: ALICE }, false],
    ["in a chat with oneself is oneself", { sender: ALICE, isGroup: false, chatIdentifier: OWN }, true],
    [
      "in a chat with another account is that one",
      { sender: ELSE, isGroup: false, chatIdentifier: ELSE },
      true
    ],
    ["in a chat with somebody is that one", { isGroup: false, chatIdentifier: ALICE }, false]
  ])("%s", ([_, reacting, isOne]) =>
    Effect.map(isOneself(reacting), (is) => expect(is).toBe(isOne)).pipe(Effect.provide(services))
  )
})

describe("the own handles of an account that another host runs", () => {
  it.scoped("are those that it learnt there, a moment later", () =>
    Effect.gen(function* () {
      const host = Effect.map(onOneHost(Layer.provide(EchoesSql.layer, config)), Context.get(Echoes))
      const there = yield* host
      const here = yield* host
      const from = makeEnvelope({ sender: OWN })
      expect(yield* here.isOneself(from)).toBe(false)
      yield* Effect.provideService(learn({}, "other"), Echoes, there)
      expect(yield* there.isOneself(from)).toBe(true)
      yield* TestClock.adjust("10 seconds")
      expect(yield* here.isOneself(from)).toBe(true)
    }).pipe(Effect.provide(sharedStore))
  )
})
