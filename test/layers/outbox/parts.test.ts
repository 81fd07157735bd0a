import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as OutboxSql from "../../../src/layers/outbox/OutboxSql.ts"
import { type Part, type PartRecord, PartState } from "../../../src/schemas/Delivery.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { database, describe, refuse } from "../../support/databases.ts"

const store = OutboxSql.layer.pipe(Layer.provideMerge(database))

const text = (content: string): Part => ({ _tag: "Text", text: content })
const delivery = { id: "turn-1", accountId: "default" }

const record = (index: number, part: Part, state: PartState = PartState.Queued(), tries = 0): PartRecord => ({
  index,
  part,
  state,
  tries
})

describe("the parts of a delivery", () => {
  it.effect("are none before they are written down", () =>
    Effect.gen(function* () {
      const { parts } = yield* Outbox
      expect(yield* parts("turn-1")).toEqual([])
    }).pipe(Effect.provide(store))
  )

  it.effect("are what was written down, texts and files", () =>
    Effect.gen(function* () {
      const { parts, putParts } = yield* Outbox
      const records = [record(0, text("a")), record(1, { _tag: "File", path: "/tmp/b" })]
      yield* putParts(delivery, records)
      expect(yield* parts("turn-1")).toEqual(records)
    }).pipe(Effect.provide(store))
  )

  it.effect("stay as they were where one of them changes", () =>
    Effect.gen(function* () {
      const { parts, putParts } = yield* Outbox
      const [first, second] = [record(0, text("a")), record(1, text("b"))]
      yield* putParts(delivery, [first, second])
      const sent = record(0, text("a"), PartState.Sent({ guid: "g", rowId: 5 }), 1)
      yield* putParts(delivery, [sent])
      expect(yield* parts("turn-1")).toEqual([sent, second])
    }).pipe(Effect.provide(store))
  )

  it.effect("can be left out, whatever they are", () =>
    Effect.gen(function* () {
      const { parts, putParts, settled } = yield* Outbox
      const detail = "there is no bridge"
      const acts: ReadonlyArray<Part> = [
        { _tag: "React", guid: "m", reaction: "like", remove: true },
        { _tag: "Edit", guid: "m", text: "better" },
        { _tag: "Poll", question: "Where?", options: ["here", "there"], replyTo: "m" },
        { _tag: "Leave" }
      ]
      const records = acts.map((part, index) => record(index, part, PartState.LeftOut({ detail })))
      yield* putParts(delivery, records)
      expect(yield* parts("turn-1")).toEqual(records)
      expect((yield* settled(10)).map(({ state }) => state)).toEqual(acts.map(() => "left-out"))
    }).pipe(Effect.provide(store))
  )

  it.effect("are kept also where they grew beyond what may be asked for, or shrank to nothing", () =>
    Effect.gen(function* () {
      const { accept, parts, putParts } = yield* Outbox
      const acts = [{ _tag: "Edit", guid: "m", text: "a".repeat(70_000) }] as const
      const replies = [{ poll: { question: "", options: [] } }]
      const grown = { ...delivery, target: { _tag: "ChatId", chatId: 7 }, replies, acts } as const
      expect((yield* accept(grown))._tag).toBe("Some")
      const records = [record(0, acts[0]), record(1, { _tag: "Poll", question: "", options: [] })]
      yield* putParts(delivery, records)
      expect(yield* parts("turn-1")).toEqual(records)
    }).pipe(Effect.provide(store))
  )

  it.effect("may begin with the first try of a single one", () =>
    Effect.gen(function* () {
      const { parts, putParts } = yield* Outbox
      const trying = record(0, text("a"), PartState.Sending({ triedAt: 5, afterRowId: 6 }), 1)
      yield* putParts(delivery, [trying])
      expect(yield* parts("turn-1")).toEqual([trying])
    }).pipe(Effect.provide(store))
  )

  it.effect("are other ones for another delivery", () =>
    Effect.gen(function* () {
      const { parts, putParts } = yield* Outbox
      const other = { ...delivery, id: "turn-2" }
      yield* putParts(delivery, [record(0, text("a"))])
      yield* putParts(other, [record(0, text("a"))])
      yield* putParts(delivery, [record(0, text("a"), PartState.Failed({ detail: "no" }))])
      expect(yield* parts("turn-2")).toEqual([record(0, text("a"))])
    }).pipe(Effect.provide(store))
  )

  it.effect("are kept in order, more than ten of them too", () =>
    Effect.gen(function* () {
      const { parts, putParts } = yield* Outbox
      const records = Array.from({ length: 25 }, (_, index) => record(index, text(String(index))))
      yield* putParts(delivery, [...records].reverse())
      expect(yield* parts("turn-1")).toEqual(records)
    }).pipe(Effect.provide(store))
  )
})

describe("what a part went without", () => {
  it.effect("is kept whatever becomes of it, until it is tried in another form", () =>
    Effect.gen(function* () {
      const { parts, putParts } = yield* Outbox
      const kept = Effect.map(parts("turn-1"), ([part]) => part?.lacks)
      const trying = record(0, text("a"), PartState.Sending({ triedAt: 5, afterRowId: 6 }), 1)
      yield* putParts(delivery, [{ ...trying, lacks: ["reply_to", "effect"] }])
      expect(yield* kept).toEqual(["reply_to", "effect"])
      yield* putParts(delivery, [record(0, text("a"), PartState.Sent({ guid: "g", rowId: 7 }), 1)])
      expect(yield* kept).toEqual(["reply_to", "effect"])
      yield* putParts(delivery, [{ ...trying, tries: 2, lacks: [] }])
      expect(yield* kept).toBeUndefined()
    }).pipe(Effect.provide(store))
  )
})

describe("the state of a part", () => {
  const states: ReadonlyArray<PartState> = [
    PartState.Queued(),
    PartState.Sending({ triedAt: 5, afterRowId: 6 }),
    PartState.Sent({ guid: "g", rowId: 7 }),
    PartState.Sent({ guid: undefined, rowId: undefined }),
    PartState.Uncertain({ detail: "lost" }),
    PartState.Failed({ detail: "refused" }),
    PartState.LeftOut({ detail: "no bridge" })
  ]
  for (const state of states) {
    it.effect(`is kept: ${JSON.stringify(state)}`, () =>
      Effect.gen(function* () {
        const { parts, putParts } = yield* Outbox
        yield* putParts(delivery, [record(0, text("a")), record(1, text("b"))])
        yield* putParts(delivery, [record(1, text("b"), state)])
        expect((yield* parts("turn-1")).map((part) => part.state)).toEqual([PartState.Queued(), state])
      }).pipe(Effect.provide(store))
    )
  }

  for (const before of states) {
    it.effect(`holds nothing of the one before it: ${JSON.stringify(before)}`, () =>
      Effect.gen(function* () {
        const { parts, putParts } = yield* Outbox
        const trying = PartState.Sending({ triedAt: 50, afterRowId: 60 })
        yield* putParts(delivery, [record(0, text("a"), before)])
        for (const state of [trying, PartState.Queued(), trying]) {
          yield* putParts(delivery, [record(0, text("a"), state)])
          expect(yield* parts("turn-1")).toEqual([record(0, text("a"), state)])
        }
      }).pipe(Effect.provide(store))
    )
  }

  it.effect("comes with the number of sends that were begun", () =>
    Effect.gen(function* () {
      const { parts, putParts } = yield* Outbox
      const trying = PartState.Sending({ triedAt: 1, afterRowId: 1 })
      for (const tries of [1, 2]) yield* putParts(delivery, [record(0, text("a"), trying, tries)])
      expect(yield* parts("turn-1")).toMatchObject([{ tries: 2 }])
    }).pipe(Effect.provide(store))
  )
})

describe("a row", () => {
  const rows = [
    {
      what: "is claimed as the part that was sent with its guid",
      accountId: "default",
      guid: "g",
      claimed: true
    },
    { what: "is claimed as Messages spells its guid", accountId: "default", guid: "G", claimed: true },
    { what: "is not claimed with another guid", accountId: "default", guid: "h", claimed: false },
    { what: "of another account is not claimed", accountId: "other", guid: "g", claimed: false }
  ]
  for (const { accountId, claimed, guid, what } of rows) {
    it.effect(what, () =>
      Effect.gen(function* () {
        const { isClaimed, putParts } = yield* Outbox
        yield* putParts(delivery, [record(0, text("a"), PartState.Sent({ guid: "g", rowId: 7 }))])
        expect(yield* isClaimed(accountId, guid)).toBe(claimed)
      }).pipe(Effect.provide(store))
    )
  }
})

describe("a row whose guid Messages spells in small letters", () => {
  it.effect("is claimed by the part that was answered in capitals", () =>
    Effect.gen(function* () {
      const { isClaimed, putParts } = yield* Outbox
      yield* putParts(delivery, [record(0, text("a"), PartState.Sent({ guid: "5F-A", rowId: 7 }))])
      expect(yield* isClaimed("default", "5f-a")).toBe(true)
    }).pipe(Effect.provide(store))
  )
})

describe("parts over a store that is broken", () => {
  it.effect("keeps none of several parts that cannot all be written", () =>
    Effect.gen(function* () {
      const { parts, putParts } = yield* Outbox
      yield* refuse({ table: "parts", moment: "BEFORE INSERT", when: "NEW.part_index = 1" })
      const error = yield* Effect.flip(putParts(delivery, [record(0, text("a")), record(1, text("b"))]))
      expect(error).toMatchObject({ _tag: "StoreUnavailable", detail: "disk full" })
      expect(yield* parts("turn-1")).toEqual([])
    }).pipe(Effect.provide(store))
  )
})

describe("a row of which nobody has said whose it is", () => {
  const sending = PartState.Sending({ triedAt: 1, afterRowId: 10 })
  const sent = (guid?: string, rowId?: number) => PartState.Sent({ guid, rowId })
  it.effect.each<
    readonly [what: string, part: Part, states: ReadonlyArray<PartState>, rowId: number, may: boolean]
  >([
    ["may be what is being sent", text("a"), [sending], 11, true],
    ["is not what is being sent if it was there before", text("a"), [sending], 10, false],
    ["may be what was sent and imsg did not name", text("a"), [sending, sent()], 11, true],
    ["may be what imsg named by its rowid only", text("a"), [sending, sent(undefined, 11)], 11, true],
    ["is not what imsg named as another row", text("a"), [sending, sent(undefined, 12)], 11, false],
    ["is not what is known by its guid", text("a"), [sending, sent("guid")], 11, false],
    ["is not what was not sent", text("a"), [sending, PartState.Failed({ detail: "no" })], 11, false],
    ["is no tapback", { _tag: "React", guid: "g", reaction: "love" }, [sending], 11, false]
  ])("%s", ([_, part, states, rowId, may]) =>
    Effect.gen(function* () {
      const { mayBeClaimed, putParts } = yield* Outbox
      for (const state of states) yield* putParts(delivery, [record(0, part, state, 1)])
      expect(yield* mayBeClaimed("default", rowId)).toBe(may)
      expect(yield* mayBeClaimed("other", rowId)).toBe(false)
    }).pipe(Effect.provide(store))
  )
})
