import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { SqlClient } from "@effect/sql"
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Option } from "effect"
import * as SqlClientSqlite from "../../../src/layers/sqlite/SqlClientSqlite.ts"
import { ChatDatabase } from "../../../src/programs/simulator/ChatDatabase.ts"
import { eventually, makeSimulator } from "../../support/simulator.ts"

const ALICE = "+15555550123"
const BOB = "bob@example.com"

describe("the file, read with plain SQL as imsg does", () => {
  const setUp = Effect.gen(function* () {
    const { chats, dbPath } = yield* makeSimulator()
    const sql = Context.get(
      yield* Layer.build(SqlClientSqlite.layer(dbPath, { readOnly: true })),
      SqlClient.SqlClient
    )
    return { chats, sql }
  })

  it.scopedLive("has the columns that imsg selects, with the sender joined from handle", () =>
    Effect.gen(function* () {
      const { chats, sql } = yield* setUp
      const chat = yield* chats.addDirectChat({ handle: ALICE })
      const heard = yield* chats.receive({ chatId: chat.id, sender: ALICE, text: "hi" })
      const said = yield* chats.send({ chatId: chat.id, text: "hello" })
      const rows = yield* sql`
        SELECT m.ROWID AS message_rowid, cmj.chat_id AS chat_id, m.handle_id AS handle_id, h.id AS sender,
          IFNULL(m.text, '') AS text, CAST(m.date AS TEXT) AS date, m.is_from_me AS is_from_me, m.service AS service,
          m.is_audio_message, m.destination_caller_id, m.guid AS guid, m.associated_message_guid,
          m.associated_message_type, m.attributedBody, m.thread_originator_guid, m.balloon_bundle_id,
          (SELECT COUNT(*) FROM message_attachment_join maj WHERE maj.message_id = m.ROWID) AS attachments
        FROM message m LEFT JOIN chat_message_join cmj ON m.ROWID = cmj.message_id
        LEFT JOIN handle h ON m.handle_id = h.ROWID
        WHERE m.ROWID > 0 AND (m.associated_message_type IS NULL OR m.associated_message_type < 2000
          OR m.associated_message_type > 3006) ORDER BY m.ROWID ASC LIMIT 100`
      expect(rows).toMatchObject([
        { message_rowid: heard.rowId, guid: heard.guid, sender: ALICE, is_from_me: 0, text: "hi" },
        { message_rowid: said.rowId, guid: said.guid, sender: ALICE, is_from_me: 1, text: "hello" }
      ])
    })
  )

  it.scopedLive("has dates in nanoseconds since 2001", () =>
    Effect.gen(function* () {
      const { chats, sql } = yield* setUp
      const chat = yield* chats.addDirectChat({ handle: ALICE })
      yield* chats.receive({ chatId: chat.id, sender: ALICE, text: "", at: Date.UTC(2001, 0, 1, 0, 0, 1) })
      expect(yield* sql`SELECT date FROM message`).toEqual([{ date: 1_000_000_000 }])
    })
  )

  it.scopedLive("lists chats by the newest of their messages", () =>
    Effect.gen(function* () {
      const { chats, sql } = yield* setUp
      const first = yield* chats.addDirectChat({ handle: ALICE })
      const group = yield* chats.addGroupChat({ handles: [ALICE, BOB], name: "Club" })
      yield* chats.receive({ chatId: group.id, sender: BOB, text: "older", at: 1_700_000_000_000 })
      yield* chats.receive({ chatId: first.id, sender: ALICE, text: "newer", at: 1_700_000_001_000 })
      const rows = yield* sql`
        SELECT c.ROWID AS chat_rowid, IFNULL(c.display_name, c.chat_identifier) AS name, c.service_name,
          CAST(MAX(cmj.message_date) AS TEXT) AS last_date, IFNULL(c.account_id, '') AS account_id,
          IFNULL(c.account_login, '') AS account_login, IFNULL(c.last_addressed_handle, '') AS handle
        FROM chat c JOIN chat_message_join cmj ON c.ROWID = cmj.chat_id
        GROUP BY c.ROWID ORDER BY last_date DESC LIMIT 20`
      expect(rows.map(({ name }) => name)).toEqual([ALICE, "Club"])
      const people = yield* sql`
        SELECT h.id FROM chat_handle_join chj JOIN handle h ON h.ROWID = chj.handle_id
        WHERE chj.chat_id = ${group.id} ORDER BY h.id`
      expect(people.map(({ id }) => id)).toEqual([ALICE, BOB])
    })
  )

  it.scopedLive("has the attachments of a message", () =>
    Effect.gen(function* () {
      const { chats, sql } = yield* setUp
      const chat = yield* chats.addDirectChat({ handle: ALICE })
      const file = {
        filename: "/tmp/a.pdf",
        transferName: "a.pdf",
        uti: "com.adobe.pdf",
        mimeType: "application/pdf",
        totalBytes: 3,
        isSticker: false
      }
      const { rowId } = yield* chats.receive({
        chatId: chat.id,
        sender: ALICE,
        text: "see",
        attachments: [file]
      })
      const rows = yield* sql`
        SELECT a.filename, a.transfer_name, a.uti, a.mime_type, a.total_bytes, a.is_sticker, a.user_info
        FROM message_attachment_join maj JOIN attachment a ON a.ROWID = maj.attachment_id
        WHERE maj.message_id = ${rowId}`
      expect(rows).toMatchObject([{ filename: "/tmp/a.pdf", mime_type: "application/pdf", is_sticker: 0 }])
    })
  )
})

describe("the people in the chats", () => {
  it.scopedLive("a handle has one direct chat per service, however it is written", () =>
    Effect.gen(function* () {
      const { chats } = yield* makeSimulator()
      const ids = yield* Effect.forEach(["+15555550123", "+1 (555) 555-0123"], (handle) =>
        Effect.map(chats.addDirectChat({ handle }), ({ id }) => id)
      )
      const sms = yield* chats.addDirectChat({ handle: ALICE, service: "SMS" })
      expect([ids, sms.id]).toEqual([[1, 1], 2])
    })
  )

  it.scopedLive("a reply carries what it replies to", () =>
    Effect.gen(function* () {
      const { chats } = yield* makeSimulator()
      const chat = yield* chats.addDirectChat({ handle: ALICE })
      const said = yield* chats.send({ chatId: chat.id, text: "seven?" })
      yield* chats.receive({ chatId: chat.id, sender: ALICE, text: "yes", replyTo: said.guid })
      const [reply] = yield* chats.history({
        chatId: chat.id,
        limit: 1,
        attachments: false,
        participants: []
      })
      expect(reply).toMatchObject({
        threadOriginatorGuid: said.guid,
        parentText: "seven?",
        parentSender: ALICE
      })
    })
  )

  it.scopedLive("a tapback stands on its message until it is taken back", () =>
    Effect.gen(function* () {
      const { chats } = yield* makeSimulator()
      const chat = yield* chats.addDirectChat({ handle: ALICE })
      const { guid } = yield* chats.send({ chatId: chat.id, text: "seven?" })
      const standing = Effect.map(
        chats.history({ chatId: chat.id, limit: 5, attachments: false, participants: [] }),
        (rows) => rows.map(({ reactions }) => reactions.map(({ sender, type }) => [sender, type]))
      )
      const reaction = { chatId: chat.id, sender: ALICE, to: guid, reaction: "like" } as const
      yield* chats.react(reaction)
      expect(yield* standing).toEqual([[[ALICE, 2001]]])
      yield* chats.react({ ...reaction, remove: true })
      expect(yield* standing).toEqual([[]])
    })
  )

  it.scopedLive("a chat that does not exist is named in the refusal", () =>
    Effect.gen(function* () {
      const { chats, dbPath } = yield* makeSimulator()
      const refused = yield* Effect.flip(chats.receive({ chatId: 9, sender: ALICE, text: "hi" }))
      expect(refused.message).toBe(`${dbPath} has no chat 9`)
      expect(yield* chats.chat({ chatId: 9 })).toEqual(Option.none())
    })
  )

  it.scopedLive("writers of several connections do not lose a row", () =>
    Effect.gen(function* () {
      const { chats, dbPath } = yield* makeSimulator()
      const other = Context.get(yield* Layer.build(ChatDatabase.layer(dbPath)), ChatDatabase)
      const chat = yield* chats.addDirectChat({ handle: ALICE })
      yield* Effect.forEach(
        Array.from({ length: 100 }, (_, n) => n),
        (n) => (n % 2 === 0 ? chats : other).send({ chatId: chat.id, text: `${n}` }),
        { concurrency: "unbounded" }
      )
      expect(yield* chats.sent()).toHaveLength(100)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("unripe", () => {
  it.scopedLive("the chat, the attachments or the file of the next received message come later", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { chats, dir } = yield* makeSimulator()
      const chat = yield* chats.addDirectChat({ handle: ALICE })
      const filename = `${dir}/a.jpg`
      yield* fs.writeFileString(filename, "jpg")
      const file = {
        filename,
        transferName: "a.jpg",
        uti: "public.jpeg",
        mimeType: "image/jpeg",
        totalBytes: 3,
        isSticker: false
      }
      /** In which chat a row is, how many attachments it has, and whether their file is there. */
      const seen = (rowId: number) =>
        Effect.all([
          Effect.map(
            chats.after({
              after: rowId - 1,
              limit: 1,
              attachments: true,
              reactions: false,
              reactionRows: false
            }),
            ([row]) => [row?.chatId, row?.attachments.length]
          ),
          fs.exists(filename)
        ])
      const whole = [[chat.id, 1], true]
      for (const [what, unripe] of [
        ["chat", [[0, 1], true]],
        ["attachments", [[chat.id, 0], true]],
        ["file", [[chat.id, 1], false]]
      ] as const) {
        yield* chats.fault({ _tag: "unripe", what, ms: 400 })
        const message = { chatId: chat.id, sender: ALICE, text: "" }
        const { rowId } = yield* chats.receive({ ...message, attachments: [file] })
        expect(yield* seen(rowId)).toEqual(unripe)
        yield* eventually(what, seen(rowId), (now) => JSON.stringify(now) === JSON.stringify(whole))
      }
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("is no message without attachments, where these are what comes later, and nothing sent", () =>
    Effect.gen(function* () {
      const { chats } = yield* makeSimulator()
      const chat = yield* chats.addDirectChat({ handle: ALICE })
      yield* chats.fault({ _tag: "unripe", what: "file", ms: 60_000 })
      yield* chats.receive({ chatId: chat.id, sender: ALICE, text: "hi" })
      yield* chats.fault({ _tag: "unripe", what: "chat", ms: 60_000 })
      yield* chats.send({ chatId: chat.id, text: "hi" })
      expect(yield* chats.activeFaults).toHaveLength(2)
    })
  )
})

describe("opening a file", () => {
  it.scoped("in a folder that does not exist fails with its name", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const file = path.join(yield* fs.makeTempDirectoryScoped(), "nowhere", "chat.db")
      const failure = yield* Effect.flip(Layer.build(ChatDatabase.layer(file)))
      expect([failure._tag, failure.file]).toEqual(["StoreUnavailable", file])
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("that is no database fails", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const file = path.join(yield* fs.makeTempDirectoryScoped(), "chat.db")
      yield* fs.writeFileString(file, "no database, but a text of some length ".repeat(40))
      const failure = yield* Effect.flip(Layer.build(ChatDatabase.layer(file)))
      expect(failure.message).toContain("not a database")
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
