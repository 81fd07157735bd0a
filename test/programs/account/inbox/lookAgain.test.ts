import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as AccountContext from "../../../../src/programs/account/AccountContext.ts"
import { makeLookAgain, nextToLookFor } from "../../../../src/programs/account/inbox/lookAgain.ts"
import type { Waiting } from "../../../../src/programs/account/inbox/unripe.ts"
import { makeAccount } from "../../../support/configs.ts"
import { makeMessage } from "../../../support/envelopes.ts"
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
        { since_rowid: 10, limit: 50 },
        { since_rowid: 499, limit: 1 }
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
