import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { Database } from "../../../src/layers/database/Database.ts"
import * as GroupHistorySql from "../../../src/layers/groups/GroupHistorySql.ts"
import { HISTORY_BYTES, REMEMBERED_BYTES } from "../../../src/schemas/promptBounds.ts"
import { GroupHistory } from "../../../src/services/GroupHistory.ts"
import { database, describe } from "../../support/databases.ts"
import { ALICE, BOB, makeEnvelope } from "../../support/envelopes.ts"

const store = GroupHistorySql.layer.pipe(Layer.provideMerge(database))

const inGroup = (rowId: number, text = `text ${rowId}`) => makeEnvelope({ rowId, text, isGroup: true })
const chat = { accountId: "default", chatId: 7, beforeRowId: 1000 }

describe("the history of a group", () => {
  const texts = (limit: number, beforeRowId = 1000) =>
    Effect.gen(function* () {
      const { lastBefore } = yield* GroupHistory
      return (yield* lastBefore({ ...chat, beforeRowId }, limit)).map((entry) => entry.text)
    })

  const rows = [
    {
      what: "is in the order of the rows",
      remembered: [3, 1, 2],
      limit: 10,
      texts: ["text 1", "text 2", "text 3"]
    },
    { what: "is of the newest messages", remembered: [1, 2, 3], limit: 2, texts: ["text 2", "text 3"] },
    { what: "is empty for a limit of 0", remembered: [1, 2], limit: 0, texts: [] },
    {
      what: "has what came before a row only",
      remembered: [1, 2, 3],
      limit: 10,
      beforeRowId: 3,
      texts: ["text 1", "text 2"]
    },
    {
      what: "has the newest from before a row",
      remembered: [1, 2, 3],
      limit: 1,
      beforeRowId: 3,
      texts: ["text 2"]
    }
  ]
  for (const { beforeRowId, limit, remembered, texts: expected, what } of rows) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const { remember } = yield* GroupHistory
        for (const rowId of remembered) yield* remember(inGroup(rowId), 100)
        expect(yield* texts(limit, beforeRowId)).toEqual(expected)
      }).pipe(Effect.provide(store))
    )
  }

  it.effect("is kept within so many bytes, however long its messages and its limit are", () =>
    Effect.gen(function* () {
      const { remember } = yield* GroupHistory
      for (let rowId = 1; rowId <= 40; rowId++) {
        yield* remember({ ...inGroup(rowId), text: `${rowId} ${"é".repeat(1_000_000)}` }, 1000)
      }
      const { prepare, read } = yield* Database
      const kept = yield* read(() =>
        prepare<{ bytes: number; oldest: number }>(
          "SELECT sum(length(CAST(text AS BLOB))) AS bytes, min(row_id) AS oldest FROM history"
        ).get()
      )
      expect(kept?.bytes).toBeGreaterThan(HISTORY_BYTES - REMEMBERED_BYTES)
      expect(kept?.bytes).toBeLessThan(HISTORY_BYTES + 2 * REMEMBERED_BYTES)
      expect((yield* texts(1000, 100)).at(-1)).toMatch(/^40 é+… \(cut\)$/u)
    }).pipe(Effect.provide(store))
  )

  it.effect("is kept up to its limit, and what is older is deleted", () =>
    Effect.gen(function* () {
      const { remember } = yield* GroupHistory
      for (let rowId = 1; rowId <= 50; rowId++) yield* remember(inGroup(rowId), 3)
      const { prepare, read } = yield* Database
      const kept = yield* read(() => prepare("SELECT row_id FROM history ORDER BY row_id").all())
      expect(kept).toEqual([{ row_id: 48 }, { row_id: 49 }, { row_id: 50 }])
    }).pipe(Effect.provide(store))
  )

  it.effect("has a message once, however often its row is shown", () =>
    Effect.gen(function* () {
      const { remember } = yield* GroupHistory
      yield* remember(inGroup(1), 10)
      yield* remember(inGroup(1), 10)
      expect(yield* texts(10)).toEqual(["text 1"])
    }).pipe(Effect.provide(store))
  )

  it.effect("says who wrote, with a name where there is one", () =>
    Effect.gen(function* () {
      const { lastBefore, remember } = yield* GroupHistory
      yield* remember(makeEnvelope({ rowId: 1, sender: ALICE, senderName: "Alice", text: "a" }), 10)
      yield* remember(makeEnvelope({ rowId: 2, sender: BOB, text: "b" }), 10)
      expect(yield* lastBefore(chat, 10)).toStrictEqual([
        { guid: "guid-1", sender: ALICE, senderName: "Alice", text: "a", attachments: [] },
        { guid: "guid-2", sender: BOB, text: "b", attachments: [] }
      ])
    }).pipe(Effect.provide(store))
  )

  it.effect("has the files of its messages, also where nothing was said with them", () =>
    Effect.gen(function* () {
      const { lastBefore, remember } = yield* GroupHistory
      const photo = { path: '/a/photo "1".jpg', mimeType: "image/jpeg", name: "photo.jpg" }
      const film = { path: "/a/film.mov", mimeType: "video/quicktime", name: "film.mov" }
      yield* remember(makeEnvelope({ rowId: 1, text: "", attachments: [photo, film] }), 10)
      yield* remember(makeEnvelope({ rowId: 2, text: "nice" }), 10)
      expect((yield* lastBefore(chat, 10)).map(({ attachments }) => attachments)).toEqual([[photo, film], []])
    }).pipe(Effect.provide(store))
  )

  it.effect("is that of its chat and account only, and full ones do not push each other out", () =>
    Effect.gen(function* () {
      const { remember } = yield* GroupHistory
      yield* remember(inGroup(1, "mine"), 1)
      yield* remember(makeEnvelope({ rowId: 2, chatId: 8, text: "another chat" }), 1)
      yield* remember(makeEnvelope({ rowId: 3, accountId: "other", text: "another account" }), 1)
      expect(yield* texts(10)).toEqual(["mine"])
    }).pipe(Effect.provide(store))
  )

  it.effect("is forgotten up to a row, in its chat only", () =>
    Effect.gen(function* () {
      const { forget, lastBefore, remember } = yield* GroupHistory
      for (const rowId of [1, 2, 3]) yield* remember(inGroup(rowId), 10)
      yield* remember(makeEnvelope({ rowId: 1, chatId: 8 }), 10)
      yield* forget({ accountId: "default", chatId: 7, upToRowId: 2 })
      expect(yield* texts(10)).toEqual(["text 3"])
      expect(yield* lastBefore({ ...chat, chatId: 8 }, 10)).toHaveLength(1)
    }).pipe(Effect.provide(store))
  )
})

describe("the reactions of a chat", () => {
  const reaction = (rowId: number) =>
    makeEnvelope({
      rowId,
      text: `reaction ${rowId}`,
      isReaction: true,
      reaction: { kind: "like", isRemoved: false, to: { isOwn: true, guid: "g", text: "hello" } }
    })
  const kept = (limit: number, beforeRowId = 1000) =>
    Effect.gen(function* () {
      const { lastBefore } = yield* GroupHistory
      return (yield* lastBefore({ ...chat, beforeRowId }, limit)).map(({ text }) => text)
    })
  const forget = (upToRowId: number) =>
    Effect.flatMap(GroupHistory, (history) => history.forget({ accountId: "default", chatId: 7, upToRowId }))

  it.effect("stand among its messages in their order, and no limit of these leaves them out", () =>
    Effect.gen(function* () {
      const { lastBefore, remember } = yield* GroupHistory
      for (const rowId of [1, 3, 5]) yield* remember(inGroup(rowId), 2)
      for (const rowId of [2, 4]) yield* remember(reaction(rowId), 2)
      expect(yield* kept(1)).toEqual(["reaction 2", "reaction 4", "text 5"])
      expect(yield* kept(0)).toEqual(["reaction 2", "reaction 4"])
      expect(yield* kept(10, 4)).toEqual(["reaction 2", "text 3"])
      expect((yield* lastBefore(chat, 0))[0]?.reaction).toEqual(reaction(2).reaction)
    }).pipe(Effect.provide(store))
  )

  it.effect("that a turn was told are not kept again when their rows come again, nor is a word of them", () =>
    Effect.gen(function* () {
      const { remember } = yield* GroupHistory
      for (const rowId of [1, 2]) yield* remember(reaction(rowId), 0)
      yield* forget(1)
      yield* remember(reaction(1), 0)
      expect(yield* kept(0)).toEqual(["reaction 2"])
      const { prepare, read } = yield* Database
      const told = yield* read(() =>
        prepare("SELECT sender, text, reaction FROM history WHERE told = 1").all()
      )
      expect(told).toEqual([{ sender: "", text: "", reaction: "" }])
    }).pipe(Effect.provide(store))
  )

  it.effect("are kept up to fifty, the newest", () =>
    Effect.gen(function* () {
      const { remember } = yield* GroupHistory
      yield* remember(inGroup(1), 10)
      for (let rowId = 2; rowId <= 60; rowId++) yield* remember(reaction(rowId), 0)
      const texts = yield* kept(10)
      expect([texts.length, texts[0], texts[1]]).toEqual([51, "text 1", "reaction 11"])
    }).pipe(Effect.provide(store))
  )
})
