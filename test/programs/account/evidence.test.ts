import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Option, Ref, TestClock } from "effect"
import * as JournalSqlite from "../../../src/layers/JournalSqlite.ts"
import * as Database from "../../../src/layers/sqlite/Database.ts"
import { findEvidence } from "../../../src/programs/account/evidence.ts"
import { type Part, type PartRecord, PartState } from "../../../src/schemas/Delivery.ts"
import { ChildExited } from "../../../src/schemas/Errors.ts"
import type { ImsgMessage } from "../../../src/schemas/ImsgProtocol.ts"
import type { Target } from "../../../src/schemas/Target.ts"
import { Journal } from "../../../src/services/Journal.ts"
import { makeMessage } from "../../support/envelopes.ts"
import { makeChild } from "../../support/fakeImsg.ts"

const journal = JournalSqlite.layer.pipe(Layer.provide(Database.memory))

const SETTLE = 10_000
const AFTER_ROW = 10
const hello: Part = { _tag: "Text", text: "hello world" }

/** The same text as a part that was sent earlier. */
const sentAs = (guid: string): PartRecord => ({
  index: 0,
  part: hello,
  state: PartState.Sent({ guid, rowId: 12 }),
  tries: 1
})

/** An outgoing row, from after the try where a test says nothing else. */
const sent = (partial: Partial<ImsgMessage> = {}): ImsgMessage =>
  makeMessage({ id: 11, is_from_me: true, text: "hello world", ...partial })

interface Tried {
  readonly rows?: ReadonlyArray<ImsgMessage>
  readonly part?: Part
  readonly target?: Target
  readonly lostAt?: number
}

/** Looks for evidence in a chat whose rows can be changed while it looks. */
const look = ({ part = hello, rows = [], target = { _tag: "ChatId", chatId: 7 }, lostAt = 0 }: Tried = {}) =>
  Effect.gen(function* () {
    const chat = yield* Ref.make(rows)
    const { asked, session } = yield* makeChild({
      answer: () => Effect.map(Ref.get(chat), (messages) => ({ messages }))
    })
    const fiber = yield* Effect.fork(
      findEvidence(
        session,
        { accountId: "default", target, part, lostAt, afterRowId: AFTER_ROW },
        { settleMs: SETTLE, requestTimeoutMs: 1000 }
      )
    )
    return { asked, chat, fiber }
  })

/** What is found after the settle time at the latest. */
const found = (tried: Tried) =>
  Effect.gen(function* () {
    const { fiber } = yield* look(tried)
    yield* TestClock.adjust(SETTLE + 500)
    return (yield* Fiber.join(fiber))._tag
  }).pipe(Effect.provide(journal))

describe("a part whose result was lost", () => {
  const file: Part = { _tag: "File", path: "/media/cat.png" }
  const many = (count: number, firstId: number) =>
    Array.from({ length: count }, (_, at) => makeMessage({ id: firstId + count - at, text: "other" }))

  const rows: ReadonlyArray<{ readonly what: string; readonly tried: Tried; readonly tag: string }> = [
    { what: "is found as an outgoing row from after the try", tried: { rows: [sent()] }, tag: "Found" },
    {
      what: "is found among other rows",
      tried: { rows: [makeMessage({ id: 13 }), sent({ id: 12 }), makeMessage({ id: 9 })] },
      tag: "Found"
    },
    {
      what: "is found with other white space",
      tried: { rows: [sent({ text: " hello\n\u00a0world " })] },
      tag: "Found"
    },
    {
      what: "is found with characters in it that nobody sees",
      tried: { rows: [sent({ text: "\u0001hel\u200blo\ufeff world\ufffc" })] },
      tag: "Found"
    },
    {
      what: "is found with its letters composed in another way",
      tried: { part: { _tag: "Text", text: "ä" }, rows: [sent({ text: "a\u0308" })] },
      tag: "Found"
    },
    { what: "is not an incoming row", tried: { rows: [sent({ is_from_me: false })] }, tag: "Absent" },
    { what: "is not a row from before the try", tried: { rows: [sent({ id: 9 })] }, tag: "Absent" },
    {
      what: "is not the last row from before the try",
      tried: { rows: [sent({ id: AFTER_ROW })] },
      tag: "Absent"
    },
    { what: "is not a row with another text", tried: { rows: [sent({ text: "hello" })] }, tag: "Absent" },
    {
      what: "is not a row with its text in another case",
      tried: { rows: [sent({ text: "Hello world" })] },
      tag: "Absent"
    },
    { what: "is not in an empty chat", tried: {}, tag: "Absent" },
    {
      what: "that is a file is found by the name that it was sent with",
      tried: { part: file, rows: [sent({ text: "", attachments: [{ transfer_name: "cat.png" }] })] },
      tag: "Found"
    },
    {
      what: "that is a file is found by its path where a build knows no name",
      tried: {
        part: file,
        rows: [sent({ text: "", attachments: [{ transfer_name: "", filename: "~/Library/x/cat.png" }] })]
      },
      tag: "Found"
    },
    {
      what: "that is a file is found by a name composed in another way",
      tried: {
        part: { _tag: "File", path: "/media/\u00e4.png" },
        rows: [sent({ text: "", attachments: [{ transfer_name: "a\u0308.png" }] })]
      },
      tag: "Found"
    },
    {
      what: "that is a file is not a row with another file",
      tried: { part: file, rows: [sent({ text: "", attachments: [{ transfer_name: "dog.png" }] })] },
      tag: "Absent"
    },
    {
      what: "that is a file is not a row with its name as text",
      tried: { part: file, rows: [sent({ text: "cat.png" })] },
      tag: "Absent"
    },
    {
      what: "is not provably absent where more rows came since than are looked through",
      tried: { rows: many(100, AFTER_ROW) },
      tag: "Unknowable"
    },
    {
      what: "is absent where the look goes back to before the try",
      tried: { rows: many(100, AFTER_ROW - 1) },
      tag: "Absent"
    },
    {
      what: "is found also where many rows came since",
      tried: { rows: [...many(99, AFTER_ROW + 1), sent()] },
      tag: "Found"
    }
  ]
  for (const { tag, tried, what } of rows) {
    it.effect(`${what}: ${tag}`, () =>
      Effect.gen(function* () {
        expect(yield* found(tried)).toBe(tag)
      })
    )
  }

  const targets: ReadonlyArray<Target> = [
    { _tag: "Handle", handle: "+15555550101", service: "auto" },
    { _tag: "ChatGuid", chatGuid: "g" },
    { _tag: "ChatIdentifier", chatIdentifier: "i" }
  ]
  for (const target of targets) {
    it.effect(`for a ${target._tag} cannot be looked up`, () =>
      Effect.gen(function* () {
        const { asked, fiber } = yield* look({ target, rows: [sent()] })
        expect(yield* Fiber.join(fiber)).toEqual({ _tag: "Unknowable" })
        expect(yield* asked).toEqual([])
      }).pipe(Effect.provide(journal))
    )
  }

  it.effect("is found with the row's guid and id, at once", () =>
    Effect.gen(function* () {
      const { fiber } = yield* look({ rows: [sent({ id: 12, guid: "found" })] })
      expect(yield* Fiber.join(fiber)).toEqual({ _tag: "Found", guid: "found", rowId: 12 })
    }).pipe(Effect.provide(journal))
  )

  it.effect("is not a row that is known as another part", () =>
    Effect.gen(function* () {
      const { putPart } = yield* Journal
      yield* putPart({ id: "earlier", accountId: "default" }, sentAs("claimed"))
      const { fiber } = yield* look({
        rows: [sent({ id: 12, guid: "claimed" }), sent({ id: 11, guid: "free" })]
      })
      expect(yield* Fiber.join(fiber)).toMatchObject({ guid: "free" })
    }).pipe(Effect.provide(journal))
  )

  it.effect("is a row that another account knows by the same guid", () =>
    Effect.gen(function* () {
      const { putPart } = yield* Journal
      yield* putPart({ id: "earlier", accountId: "other" }, sentAs("same"))
      const { fiber } = yield* look({ rows: [sent({ guid: "same" })] })
      expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "Found" })
    }).pipe(Effect.provide(journal))
  )

  it.effect("is not called absent before the settle time is over", () =>
    Effect.gen(function* () {
      const { fiber } = yield* look()
      yield* TestClock.adjust(SETTLE - 1)
      expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
      yield* TestClock.adjust(500)
      expect(yield* Fiber.join(fiber)).toEqual({ _tag: "Absent" })
    }).pipe(Effect.provide(journal))
  )

  it.effect("is not called absent by a look that began before the settle time was over", () =>
    Effect.gen(function* () {
      const { session } = yield* makeChild({
        answer: () => Effect.delay(Effect.succeed({ messages: [] }), 900)
      })
      yield* TestClock.setTime(SETTLE - 1)
      const fiber = yield* Effect.fork(
        findEvidence(
          session,
          {
            accountId: "default",
            target: { _tag: "ChatId", chatId: 7 },
            part: hello,
            lostAt: 0,
            afterRowId: 0
          },
          { settleMs: SETTLE, requestTimeoutMs: 1000 }
        )
      )
      yield* TestClock.adjust(900)
      expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
      yield* TestClock.adjust(500 + 900)
      expect(yield* Fiber.join(fiber)).toEqual({ _tag: "Absent" })
    }).pipe(Effect.provide(journal))
  )

  it.effect("is absent at the first look where the try is long ago", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(10 * SETTLE)
      const { asked, fiber } = yield* look()
      expect(yield* Fiber.join(fiber)).toEqual({ _tag: "Absent" })
      expect(yield* asked).toHaveLength(1)
    }).pipe(Effect.provide(journal))
  )

  it.effect("is found where Messages writes it late", () =>
    Effect.gen(function* () {
      const { chat, fiber } = yield* look()
      yield* TestClock.adjust(SETTLE / 2)
      yield* Ref.set(chat, [sent()])
      yield* TestClock.adjust(500)
      expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "Found" })
    }).pipe(Effect.provide(journal))
  )

  it.effect("is neither found nor absent where the child cannot be asked", () =>
    Effect.gen(function* () {
      const ended = new ChildExited({ command: "imsg rpc", stderr: "" })
      const { session } = yield* makeChild({ answer: () => Effect.fail(ended) })
      const failure = yield* Effect.flip(
        findEvidence(
          session,
          {
            accountId: "default",
            target: { _tag: "ChatId", chatId: 7 },
            part: hello,
            lostAt: 0,
            afterRowId: 0
          },
          { settleMs: 0, requestTimeoutMs: 1000 }
        )
      )
      expect(failure).toEqual(ended)
    }).pipe(Effect.provide(journal))
  )

  const asks = [
    { what: "a text is looked for without files", part: hello, params: { chat_id: 7, limit: 100 } },
    {
      what: "a file is looked for with them",
      part: file,
      params: { chat_id: 7, limit: 100, attachments: true }
    }
  ]
  for (const { params, part, what } of asks) {
    it.effect(`that is ${what}`, () =>
      Effect.gen(function* () {
        const { asked, fiber } = yield* look({ part, lostAt: -SETTLE })
        yield* Fiber.join(fiber)
        expect(yield* asked).toEqual([{ method: "messages.history", params }])
      }).pipe(Effect.provide(journal))
    )
  }
})
