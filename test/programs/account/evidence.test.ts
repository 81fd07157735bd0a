import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, Option, Ref, TestClock } from "effect"
import { type Part, type PartRecord, PartState } from "../../../src/schemas/Delivery.ts"
import { ChildExited } from "../../../src/schemas/errors/imsg.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { makeMessage } from "../../support/envelopes.ts"
import {
  AFTER_ROW,
  found,
  hello,
  look,
  outbox,
  SETTLE,
  search,
  sent,
  type Tried
} from "../../support/evidence.ts"
import { makeChild } from "../../support/fakeImsg.ts"

/** The same text as a part that was sent earlier. */
const sentAs = (guid: string): PartRecord => ({
  index: 0,
  part: hello,
  state: PartState.Sent({ guid, rowId: 12 }),
  tries: 1
})

const toSeven = { id: "d", accountId: "default", target: { _tag: "ChatId", chatId: 7 } } as const

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
    { what: "may be a row that cannot be read", tried: { odd: 1 }, tag: "Unknowable" },
    {
      what: "may be a row that cannot be read, though the others reach back",
      tried: { rows: [makeMessage({ id: 9 })], odd: 1 },
      tag: "Unknowable"
    },
    {
      what: "is found beside a row that cannot be read",
      tried: { rows: [sent()], odd: 1 },
      tag: "Found"
    },
    {
      what: "may be behind a flood of which a row cannot be read",
      tried: { rows: many(999, AFTER_ROW), odd: 1 },
      tag: "Unknowable"
    },
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
      tried: { rows: many(1000, AFTER_ROW) },
      tag: "Unknowable"
    },
    {
      what: "is absent also behind a flood of others that is looked through",
      tried: { rows: [...many(998, AFTER_ROW + 1), ...many(1, AFTER_ROW - 1)] },
      tag: "Absent"
    },
    {
      what: "is found behind a flood of others",
      tried: { rows: [...many(998, AFTER_ROW + 1), sent()] },
      tag: "Found"
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

  it.effect("is found with the row's guid and id, at once", () =>
    Effect.gen(function* () {
      const { fiber } = yield* look({ rows: [sent({ id: 12, guid: "found" })] })
      expect(yield* Fiber.join(fiber)).toEqual({ _tag: "Found", guid: "found", rowId: 12 })
    }).pipe(Effect.provide(outbox))
  )

  it.effect("is not a row that is known as another part", () =>
    Effect.gen(function* () {
      const { putParts } = yield* Outbox
      yield* putParts({ id: "earlier", accountId: "default" }, [sentAs("claimed")])
      const { fiber } = yield* look({
        rows: [sent({ id: 12, guid: "claimed" }), sent({ id: 11, guid: "free" })]
      })
      expect(yield* Fiber.join(fiber)).toMatchObject({ guid: "free" })
    }).pipe(Effect.provide(outbox))
  )

  it.effect("is a row that another account knows by the same guid", () =>
    Effect.gen(function* () {
      const { putParts } = yield* Outbox
      yield* putParts({ id: "earlier", accountId: "other" }, [sentAs("same")])
      const { fiber } = yield* look({ rows: [sent({ guid: "same" })] })
      expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "Found" })
    }).pipe(Effect.provide(outbox))
  )

  it.effect("is not called absent before the settle time is over", () =>
    Effect.gen(function* () {
      const { fiber } = yield* look()
      yield* TestClock.adjust(SETTLE - 1)
      expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
      yield* TestClock.adjust(500)
      expect(yield* Fiber.join(fiber)).toEqual({ _tag: "Absent" })
    }).pipe(Effect.provide(outbox))
  )

  it.effect("is not called absent by a look that began before the settle time was over", () =>
    Effect.gen(function* () {
      const { session } = yield* makeChild({
        answer: () => Effect.delay(Effect.succeed({ messages: [] }), 900)
      })
      yield* TestClock.setTime(SETTLE - 1)
      const fiber = yield* Effect.fork(search(session, { delivery: toSeven, part: hello, afterRowId: 0 }, 0))
      yield* TestClock.adjust(900)
      expect(yield* Fiber.poll(fiber)).toEqual(Option.none())
      yield* TestClock.adjust(500 + 900)
      expect(yield* Fiber.join(fiber)).toEqual({ _tag: "Absent" })
    }).pipe(Effect.provide(outbox))
  )

  it.effect("is absent at the first look where the try is long ago", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(10 * SETTLE)
      const { asked, fiber } = yield* look()
      expect(yield* Fiber.join(fiber)).toEqual({ _tag: "Absent" })
      expect(yield* asked).toHaveLength(1)
    }).pipe(Effect.provide(outbox))
  )

  it.effect("is found where Messages writes it late", () =>
    Effect.gen(function* () {
      const { chat, fiber } = yield* look()
      yield* TestClock.adjust(SETTLE / 2)
      yield* Ref.set(chat, [sent()])
      yield* TestClock.adjust(500)
      expect(yield* Fiber.join(fiber)).toMatchObject({ _tag: "Found" })
    }).pipe(Effect.provide(outbox))
  )

  it.effect("is neither found nor absent where the child cannot be asked", () =>
    Effect.gen(function* () {
      const ended = new ChildExited({ command: "imsg rpc", stderr: "" })
      const { session } = yield* makeChild({ answer: () => Effect.fail(ended) })
      const failure = yield* Effect.flip(
        search(session, { delivery: toSeven, part: hello, afterRowId: 0 }, -SETTLE)
      )
      expect(failure).toEqual(ended)
    }).pipe(Effect.provide(outbox))
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
      }).pipe(Effect.provide(outbox))
    )
  }
})
