import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { eventually } from "../../support/simulator.ts"
import { ALICE, requestRead, setUp, struck, texts, type World } from "./world.ts"

const PROVIDER = "com.apple.messages.URLBalloonProvider"

const Message = Schema.Struct({
  id: Schema.Int,
  chat_id: Schema.Int,
  text: Schema.String,
  attachments: Schema.Array(Schema.Struct({ missing: Schema.Boolean })),
  is_from_me: Schema.Boolean,
  url_preview: Schema.optional(Schema.Struct({ id: Schema.Int }))
})
const Page = Schema.Struct({
  messages: Schema.Array(Message),
  next_rowid: Schema.Int,
  has_more: Schema.Boolean
})

/** `messages.after` from a rowid on, with attachments. */
const rowsAfter = ({ client }: World, since: number) =>
  Effect.flatMap(client.request("messages.after", { since_rowid: since, attachments: true }), ({ result }) =>
    Schema.decodeUnknown(Page)(result)
  )

const photo = (filename: string) => ({
  filename,
  transferName: "a.jpg",
  uti: "public.jpeg",
  mimeType: "image/jpeg",
  totalBytes: 3,
  isSticker: false
})

describe("what imsg reads changes nothing in Messages' database", () => {
  it.scopedLive("nor does what the simulator writes down of it", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const world = yield* setUp()
      yield* world.hear("hi")
      yield* world.client.request("status")
      const files = Effect.forEach([world.dbPath, `${world.dbPath}-wal`], (file) =>
        Effect.map(fs.stat(file), ({ mtime, size }) => ({ mtime, size }))
      )
      const before = yield* files
      yield* world.chats.fault({ _tag: "noise", line: "Could not fetch group", on: "request" })
      yield* rowsAfter(world, 0)
      yield* world.client.request("chats.list")
      yield* world.client.request("watch.subscribe", { since_rowid: -1 })
      yield* eventually("the message", texts(world), (all) => all.length === 1)
      yield* requestRead(world, "watch.subscribe")
      expect(yield* files).toEqual(before)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("the live watch", () => {
  it.scopedLive("holds a new row for two seconds from 0.13 on, which messages.after does not", () =>
    Effect.gen(function* () {
      const world = yield* setUp([])
      yield* world.hear("there already")
      yield* world.client.request("watch.subscribe", { since_rowid: -1 })
      yield* eventually("the backlog", texts(world), (all) => all.length === 1, "1 second")
      const written = Date.now()
      yield* world.hear("new")
      expect((yield* rowsAfter(world, 1)).messages.map(({ text }) => text)).toEqual(["new"])
      yield* eventually("the row", texts(world), (all) => all.length === 2)
      expect(Date.now() - written).toBeGreaterThanOrEqual(2000)
    })
  )

  it.scopedLive("holds nothing before", () =>
    Effect.gen(function* () {
      const world = yield* setUp([], { build: "0.12.0", debounceMs: null })
      yield* world.client.request("watch.subscribe", {})
      const written = Date.now()
      yield* world.hear("new")
      yield* eventually("the row", texts(world), (all) => all.length === 1)
      expect(Date.now() - written).toBeLessThan(2000)
    })
  )

  it.scopedLive("brings a message with the preview that came meanwhile, as the other readers do", () =>
    Effect.gen(function* () {
      const world = yield* setUp([], { holdMs: 30_000 })
      yield* world.client.request("watch.subscribe", {})
      yield* world.hear("see https://example.com")
      yield* world.chats.receive({
        chatId: world.chat.id,
        sender: ALICE,
        text: "https://example.com",
        balloonBundleId: PROVIDER
      })
      yield* eventually("the message", texts(world), (all) => all.length === 1)
      const expected = { id: 1, text: "see https://example.com", url_preview: { id: 2 } }
      const [notified] = yield* world.client.notified("message")
      expect(notified?.params?.message).toMatchObject({ ...expected, cursor: 2 })
      expect(yield* rowsAfter(world, 0)).toMatchObject({
        messages: [expected],
        next_rowid: 2,
        has_more: false
      })
      const history = yield* world.client.request("messages.history", { chat_id: world.chat.id, limit: 1 })
      expect(history.result).toMatchObject({ messages: [expected] })
    })
  )
})

describe("what Messages writes later", () => {
  it.scopedLive("a chat: messages.after hands the row out without one, and goes past it", () =>
    Effect.gen(function* () {
      const world = yield* setUp()
      const { rowId } = yield* world.chats.receive({
        chatId: world.chat.id,
        sender: ALICE,
        text: "hi",
        without: ["chat"]
      })
      const { result } = yield* world.client.request("messages.after", { since_rowid: 0 })
      expect(result).toMatchObject({
        messages: [{ id: rowId, chat_id: 0, chat_guid: "", participants: [], is_group: false }],
        next_rowid: rowId
      })
      const inChat = yield* world.client.request("messages.after", { since_rowid: 0, chat_id: world.chat.id })
      expect(inChat.result).toEqual({ messages: [], next_rowid: 0, has_more: false })
      yield* world.chats.complete(rowId)
      expect((yield* rowsAfter(world, 0)).messages).toMatchObject([{ id: rowId, chat_id: world.chat.id }])
      expect((yield* rowsAfter(world, rowId)).next_rowid).toBe(rowId)
    })
  )

  it.scopedLive(
    "a chat: the watch waits for it with everything behind it, and skips the row in the end",
    () =>
      Effect.gen(function* () {
        const world = yield* setUp([], { debounceMs: 20 })
        yield* world.client.request("watch.subscribe", {})
        const lateRow = (text: string) =>
          world.chats.receive({ chatId: world.chat.id, sender: ALICE, text, without: ["chat"] })
        const { rowId } = yield* lateRow("late")
        yield* world.hear("behind it")
        yield* world.chats.complete(rowId)
        yield* eventually("both", texts(world), (all) => all.length === 2)
        yield* lateRow("never")
        yield* world.hear("after it")
        yield* eventually("what is behind", texts(world), (all) => all.length === 3)
        expect(yield* texts(world)).toEqual(["late", "behind it", "after it"])
      })
  )

  it.scopedLive("a chat: before 0.10 the row is announced without", () =>
    Effect.gen(function* () {
      const world = yield* setUp([], { build: "0.9.0" })
      yield* world.client.request("watch.subscribe", {})
      yield* world.chats.receive({ chatId: world.chat.id, sender: ALICE, text: "hi", without: ["chat"] })
      yield* eventually("the message", texts(world), (all) => all.length === 1)
      const [notified] = yield* world.client.notified("message")
      expect(notified?.params?.message).toMatchObject({ chat_id: 0, chat_guid: "", participants: [] })
    })
  )

  it.scopedLive("attachments and their files: not there, then missing, then there", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const world = yield* setUp()
      const file = `${world.dir}/a.jpg`
      const { rowId } = yield* world.chats.receive({
        chatId: world.chat.id,
        sender: ALICE,
        text: "",
        attachments: [photo(file)],
        without: ["attachments"]
      })
      const message = Effect.map(rowsAfter(world, 0), ({ messages }) => messages[0])
      expect(yield* message).toMatchObject({ text: "\uFFFC", attachments: [] })
      yield* world.chats.complete(rowId, ["attachments"])
      expect(yield* message).toMatchObject({ attachments: [{ missing: true }] })
      yield* fs.writeFileString(file, "jpg")
      expect(yield* message).toMatchObject({ attachments: [{ missing: false }] })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("that a row is one's own", () =>
    Effect.gen(function* () {
      const world = yield* setUp()
      const { rowId } = yield* world.chats.send({
        chatId: world.chat.id,
        text: "hi",
        without: ["chat", "fromMe"]
      })
      yield* world.chats.complete(rowId, ["chat"])
      expect((yield* rowsAfter(world, 0)).messages).toMatchObject([{ is_from_me: false }])
      yield* world.chats.complete(rowId)
      expect((yield* rowsAfter(world, 0)).messages).toMatchObject([{ is_from_me: true }])
    })
  )
})

describe("the watch and the rows behind it, misbehaving", () => {
  it.scopedLive("held: the rows that are seen next come so much later", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "held", ms: 400 }])
      yield* world.client.request("watch.subscribe", {})
      const written = Date.now()
      yield* world.hear("late")
      yield* eventually("the row", texts(world), (all) => all.length === 1)
      expect(Date.now() - written).toBeGreaterThanOrEqual(400)
    })
  )

  it.scopedLive("skipped: the watch goes past the next row, which messages.after has", () =>
    Effect.gen(function* () {
      const world = yield* setUp([{ _tag: "skipped" }])
      yield* world.client.request("watch.subscribe", {})
      yield* world.hear("one")
      yield* struck(world, "skipped")
      yield* world.hear("two")
      yield* eventually("the next row", texts(world), (all) => all.length === 1)
      expect(yield* texts(world)).toEqual(["two"])
      expect((yield* rowsAfter(world, 0)).messages.map(({ text }) => text)).toEqual(["one", "two"])
    })
  )
})
