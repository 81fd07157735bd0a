import { describe, expect, it } from "@effect/vitest"
import { Effect, Ref } from "effect"
import * as AccountContext from "../../../../src/programs/account/AccountContext.ts"
import { makeLookAgain, nextToLookFor } from "../../../../src/programs/account/inbox/lookAgain.ts"
import type { Waiting } from "../../../../src/programs/account/inbox/unripe.ts"
import { RpcFailed } from "../../../../src/schemas/errors/imsg.ts"
import { makeAccount } from "../../../support/configs.ts"
import { ALICE, makeMessage } from "../../../support/envelopes.ts"
import { type Answer, makeChild } from "../../../support/fakeImsg.ts"

const waiting = (rowId: number, more: Partial<Waiting> = {}): Waiting => ({
  rowId,
  guid: `guid-${rowId}`,
  until: 0,
  row: makeMessage({ id: rowId }),
  lack: "file",
  ...more
})

const look = (answer: Answer, methods: ReadonlyArray<string>, ...wanted: ReadonlyArray<Waiting>) =>
  Effect.gen(function* () {
    const child = yield* makeChild({ answer, methods })
    const context = yield* AccountContext.make(makeAccount())
    const looked = yield* makeLookAgain(context, child.session)(wanted)
    return { ...looked, asked: yield* child.asked }
  })

describe("rows that wait", () => {
  const byRowId: Answer = ({ params }) => {
    const { limit = 0, since_rowid = 0 }: Readonly<Record<string, number>> = { ...params }
    const ids = Array.from({ length: limit }, (_, at) => since_rowid + 1 + at)
    return Effect.succeed({ messages: ids.map((id) => makeMessage({ id })), next_rowid: since_rowid + limit })
  }

  it.effect("are read by their rowids, in one page where they are near each other", () =>
    Effect.gen(function* () {
      const { asked, found } = yield* look(
        byRowId,
        ["messages.after"],
        ...[11, 14, 30, 500].map((id) => waiting(id))
      )
      expect(found.map(({ id }) => id)).toEqual([11, 14, 30, 500])
      expect(asked.map(({ params }) => params)).toEqual([
        { since_rowid: 10, limit: 50, include_reactions: true },
        { since_rowid: 499, limit: 1, include_reactions: true }
      ])
    })
  )

  it.effect(
    "are looked for in their chats by older builds, else in the newest ones, and keep their cursors",
    () =>
      Effect.gen(function* () {
        const inChat = (chatId: unknown) =>
          chatId === 4
            ? [makeMessage({ id: 9, guid: "guid-9", chat_id: 4, is_group: true })]
            : [makeMessage({ id: 8, guid: "guid-8", chat_id: 3, text: "all of it" })]
        const { asked, found } = yield* look(
          ({ method, params }) =>
            Effect.succeed(
              method === "chats.list"
                ? { chats: [{ id: 3 }, { id: 4 }] }
                : { messages: inChat("chat_id" in params ? params.chat_id : 0) }
            ),
          [],
          waiting(8, { chatId: 3 }),
          waiting(9, {
            lack: "chat",
            row: { ...makeMessage({ id: 9, chat_id: 0, is_group: false }), cursor: 12 }
          })
        )
        expect(found).toMatchObject([
          { id: 8, text: "all of it" },
          { id: 9, chat_id: 4, is_group: true, cursor: 12 }
        ])
        expect(asked.map(({ method }) => method)).toEqual([
          "chats.list",
          "messages.history",
          "messages.history"
        ])
      })
  )

  it.effect(
    "are found in older builds as the tapbacks that they are on a message, which have no rows there",
    () =>
      Effect.gen(function* () {
        const standing = { id: 9, type: "love", emoji: "❤️", sender: ALICE, is_from_me: false }
        const message = makeMessage({ id: 5, chat_id: 3, is_group: false, reactions: [standing] })
        const { found } = yield* look(
          ({ method }) => Effect.succeed(method === "chats.list" ? { chats: [] } : { messages: [message] }),
          [],
          waiting(9, { chatId: 3, row: undefined, lack: "row" }),
          waiting(10, { chatId: 3, row: undefined, lack: "row" })
        )
        expect(found).toEqual([
          {
            ...{ id: 9, guid: "guid-9", chat_id: 3, is_group: false, sender: ALICE, is_from_me: false },
            ...{ is_reaction: true, is_reaction_add: true, reacted_to_guid: "guid-5" },
            ...{ reaction_type: "love", reaction_emoji: "❤️" }
          }
        ])
      })
  )

  it.effect("are found where they came as the preview of a message on their page", () =>
    Effect.gen(function* () {
      const message = makeMessage({ id: 11, url_preview: { guid: "guid-12" } })
      const { folded, found } = yield* look(
        () => Effect.succeed({ messages: [message], next_rowid: 12 }),
        ["messages.after"],
        waiting(11),
        waiting(12, { row: undefined, lack: "row" })
      )
      expect(found.map(({ id }) => id)).toEqual([11])
      expect([...folded]).toEqual(["guid-12"])
    })
  )

  describe("in older builds", () => {
    const refused = new RpcFailed({ method: "messages.history", rpcCode: -32603, reason: "internal" })
    /** A chat of so many messages, the newest of them with this rowid. */
    const chatOf =
      (count: number, newest: number): Answer =>
      ({ method, params }) => {
        const { limit = 0 }: Readonly<Record<string, number>> = { ...params }
        const ids = Array.from({ length: Math.min(count, limit) }, (_, at) => newest - at)
        return Effect.succeed(
          method === "chats.list"
            ? { chats: [{ id: 3 }] }
            : { messages: ids.map((id) => makeMessage({ id, chat_id: 3 })) }
        )
      }
    const cases: ReadonlyArray<{
      readonly what: string
      readonly answer: Answer
      readonly wanted: Waiting
      readonly found: boolean
      readonly looked: boolean
    }> = [
      {
        what: "are found behind a flood of others",
        answer: chatOf(5000, 900),
        wanted: waiting(8, { chatId: 3 }),
        found: true,
        looked: true
      },
      {
        what: "are not taken for gone where the flood is longer",
        answer: chatOf(5000, 5000),
        wanted: waiting(8, { chatId: 3 }),
        found: false,
        looked: false
      },
      {
        what: "nor where they had no chat, and are not among the newest",
        answer: chatOf(5000, 5000),
        wanted: waiting(8),
        found: false,
        looked: false
      },
      {
        what: "nor where the child does not say now what is in their chat",
        answer: ({ method }) =>
          method === "chats.list" ? Effect.succeed({ chats: [{ id: 3 }] }) : Effect.fail(refused),
        wanted: waiting(8, { chatId: 3 }),
        found: false,
        looked: false
      },
      {
        what: "are gone where they are not between others",
        answer: chatOf(3, 5000),
        wanted: waiting(8, { chatId: 3 }),
        found: false,
        looked: true
      },
      {
        what: "are gone where they had no chat and are in none",
        answer: chatOf(3, 5000),
        wanted: waiting(8),
        found: false,
        looked: true
      }
    ]
    for (const { answer, found, looked, wanted, what } of cases) {
      it.effect(what, () =>
        Effect.gen(function* () {
          const told = yield* look(answer, [], wanted)
          expect(told.found.map(({ guid }) => guid)).toEqual(found ? [wanted.guid] : [])
          expect([...told.lookedFor]).toEqual(looked ? [wanted.guid] : [])
        })
      )
    }

    it.effect("are given up where no look reaches back to them, again and again", () =>
      Effect.gen(function* () {
        const child = yield* makeChild({ answer: chatOf(5000, 5000) })
        const context = yield* AccountContext.make(makeAccount())
        const lookAgain = makeLookAgain(context, child.session)
        const looks = yield* Effect.replicateEffect(lookAgain([waiting(8, { chatId: 3 })]), 12)
        expect(looks.findIndex(({ lookedFor }) => lookedFor.size > 0)).toBe(9)
        expect(looks.at(-1)?.lookedFor.size).toBe(1)
      })
    )
  })

  it.effect("are not looked for by a look that is refused, though one before it was not (older build)", () =>
    Effect.gen(function* () {
      const refused = new RpcFailed({ method: "messages.history", rpcCode: -32603, reason: "internal" })
      const isRefused = yield* Ref.make(false)
      const child = yield* makeChild({
        answer: () =>
          Effect.flatMap(Ref.get(isRefused), (no) =>
            no ? Effect.fail(refused) : Effect.succeed({ messages: [makeMessage({ id: 8, chat_id: 3 })] })
          )
      })
      const context = yield* AccountContext.make(makeAccount())
      const lookAgain = makeLookAgain(context, child.session)
      const first = yield* lookAgain([waiting(8, { chatId: 3 })])
      yield* Ref.set(isRefused, true)
      const second = yield* lookAgain([waiting(8, { chatId: 3 })])
      expect([first.lookedFor.size, second.lookedFor.size]).toEqual([1, 0])
    })
  )

  it("are looked for in turn where they are many, those first of which only the number is known", () => {
    const many = Array.from({ length: 60 }, (_, at) => waiting(at))
    const first = nextToLookFor(many, 0, -1)
    expect(first.map(({ rowId }) => rowId)).toEqual(many.slice(0, 40).map(({ rowId }) => rowId))
    const second = nextToLookFor(many, first.length, -1).map(({ rowId }) => rowId)
    expect(second).toEqual([...many.slice(0, 20), ...many.slice(40)].map(({ rowId }) => rowId))
    expect(nextToLookFor([...many, waiting(99, { row: undefined, lack: "row" })], 0, -1)).toHaveLength(1)
    const late = nextToLookFor([...many, waiting(99, { until: -1 })], 0, -1)
    expect(late.map(({ rowId }) => rowId)).toEqual([...many.slice(0, 39).map(({ rowId }) => rowId), 99])
    expect(nextToLookFor([], 5, 0)).toEqual([])
  })
})
