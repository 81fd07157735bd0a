/** What was said in a chat, by the guids of its rows. */
import { expect, it } from "@effect/vitest"
import { Effect, Layer, Option, TestClock } from "effect"
import * as OutboxSql from "../../../src/layers/outbox/OutboxSql.ts"
import { PartState } from "../../../src/schemas/Delivery.ts"
import type { Target } from "../../../src/schemas/Target.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { database, describe } from "../../support/databases.ts"
import { replyTo } from "../../support/outbound.ts"

const store = OutboxSql.layer.pipe(Layer.provideMerge(database))
const chat = (chatId: number): Target => ({ _tag: "ChatId", chatId })

/** A delivery whose parts were sent as these rows; none where a part has none. */
const say = (id: string, chatId: number, ...guids: ReadonlyArray<string | undefined>) =>
  Effect.gen(function* () {
    const outbox = yield* Outbox
    const delivery = replyTo(chatId, id, ...guids.map(() => "words"))
    yield* outbox.accept(delivery)
    yield* outbox.putParts(
      delivery,
      guids.map((guid, index) => ({
        index,
        part: { _tag: "Text", text: "words" },
        state: PartState.Sent({ guid, rowId: undefined }),
        tries: 1
      }))
    )
    yield* TestClock.adjust(1)
  })

const said = (chatId: number, limit = 10) =>
  Effect.flatMap(Outbox, (outbox) =>
    Effect.map(outbox.said("default", chat(chatId), limit), (rows) => rows.map(({ guid }) => guid))
  )

describe("what was said in a chat", () => {
  it.effect("is there newest last, part by part, and nothing of another chat", () =>
    Effect.gen(function* () {
      yield* say("a", 7, "a1", "a2")
      yield* say("b", 8, "b1")
      yield* say("c", 7, "c1", undefined)
      expect(yield* said(7)).toEqual(["a1", "a2", "c1"])
      expect(yield* said(9)).toEqual([])
    }).pipe(Effect.provide(store))
  )

  it.effect("is no more than was asked for: what is newest", () =>
    Effect.gen(function* () {
      yield* say("a", 7, "a1", "a2")
      yield* say("c", 7, "c1", "c2")
      expect(yield* said(7, 3)).toEqual(["a2", "c1", "c2"])
    }).pipe(Effect.provide(store))
  )

  it.effect("is there once where it was tried again", () =>
    Effect.gen(function* () {
      yield* say("a", 7, "a1")
      const outbox = yield* Outbox
      yield* outbox.accept({ ...replyTo(7, "a", "words"), attempt: 1 })
      expect(yield* said(7)).toEqual(["a1"])
    }).pipe(Effect.provide(store))
  )

  it.effect("is known by its delivery", () =>
    Effect.gen(function* () {
      yield* say("a", 7, "a1")
      yield* say("c", 7, "c1")
      const outbox = yield* Outbox
      expect(yield* outbox.said("default", chat(7), 10)).toMatchObject([
        { deliveryId: "a", guid: "a1" },
        { deliveryId: "c", guid: "c1" }
      ])
      expect(yield* outbox.deliveryOf("default", "c1")).toEqual(Option.some("c"))
      expect(yield* outbox.deliveryOf("other", "c1")).toEqual(Option.none())
      expect(yield* outbox.deliveryOf("default", "d1")).toEqual(Option.none())
    }).pipe(Effect.provide(store))
  )

  it.effect("is not what was not sent", () =>
    Effect.gen(function* () {
      const outbox = yield* Outbox
      const delivery = replyTo(7, "a", "words")
      yield* outbox.accept(delivery)
      const state = PartState.Sending({ triedAt: 1, afterRowId: 1, guid: "g" })
      yield* outbox.putParts(delivery, [{ index: 0, part: { _tag: "Text", text: "words" }, state, tries: 1 }])
      expect(yield* said(7)).toEqual([])
    }).pipe(Effect.provide(store))
  )
})
