import { describe, expect, it } from "@effect/vitest"
import { Effect, TestClock } from "effect"
import * as AccountContext from "../../../../src/programs/account/AccountContext.ts"
import { makeKnownChats } from "../../../../src/programs/account/chatdb/knownChats.ts"
import { makeCompleteRow } from "../../../../src/programs/account/inbox/completeRow.ts"
import { lackOf } from "../../../../src/programs/account/inbox/ripeness.ts"
import type { ImsgMessage } from "../../../../src/schemas/ImsgProtocol.ts"
import { makeAccount } from "../../../support/configs.ts"
import { ALICE, BOB, makeMessage } from "../../../support/envelopes.ts"
import { type Answer, type FakeChild, makeChild } from "../../../support/fakeImsg.ts"

/** A row that was announced before Messages put it into its chat. */
const announced: ImsgMessage = {
  ...makeMessage({ id: 9, guid: "guid-9", chat_id: 0, chat_guid: "", chat_identifier: "", is_group: false }),
  cursor: 9
}
/** What a build from 0.5 on says of a chat. */
const GROUP = {
  chat_id: 4,
  chat_guid: "iMessage;+;chat4",
  chat_identifier: "chat4",
  participants: [ALICE, BOB],
  is_group: true
}
const inGroup = makeMessage({ id: 9, guid: "guid-9", ...GROUP })

const NO_CHATS: Answer = () => Effect.succeed({ chats: [] })

const completeBy = (context: AccountContext.AccountContext, { session }: FakeChild) =>
  makeCompleteRow(makeKnownChats(context, session).find)

const complete = (message: ImsgMessage, answer: Answer) =>
  Effect.gen(function* () {
    const child = yield* makeChild({ answer })
    const context = yield* AccountContext.make(makeAccount())
    const row = yield* completeBy(context, child)(message)
    return { row, asked: (yield* child.asked).map(({ method }) => method) }
  })

/** A row of an old build: it names its chat, and nothing else of it. */
const sparse = makeMessage({ id: 9, guid: "guid-9", chat_id: 4 })
const listed = {
  id: 4,
  guid: "iMessage;+;chat4",
  identifier: "chat4",
  participants: [ALICE, BOB],
  is_group: true
}

const chatsOf =
  (...chats: ReadonlyArray<object>): Answer =>
  ({ params }) =>
    Effect.succeed({ chats: chats.slice(0, "limit" in params ? Number(params.limit) : 0) })

describe("a row that leaves out what kind of chat it is of", () => {
  it.effect("gets it from the list of chats", () =>
    Effect.gen(function* () {
      const { asked, row } = yield* complete(sparse, chatsOf({ id: 3 }, listed))
      expect(row).toMatchObject(GROUP)
      expect(asked).toEqual(["chats.list"])
    })
  )

  it.effect("is asked for once a chat", () =>
    Effect.gen(function* () {
      const child = yield* makeChild({ answer: chatsOf(listed) })
      const read = completeBy(yield* AccountContext.make(makeAccount()), child)
      for (const id of [9, 10, 11]) expect((yield* read({ ...sparse, id })).is_group).toBe(true)
      expect(yield* child.asked).toHaveLength(1)
      yield* TestClock.adjust("6 minutes")
      yield* read(sparse)
      expect(yield* child.asked).toHaveLength(2)
    })
  )

  it.effect("is looked for further down where the newest chats are not it", () =>
    Effect.gen(function* () {
      const others = Array.from({ length: 300 }, (_, at) => ({ id: 1000 + at }))
      const { asked, row } = yield* complete(sparse, chatsOf(...others, listed))
      expect(row.is_group).toBe(true)
      expect(asked).toEqual(["chats.list", "chats.list"])
    })
  )

  for (const [what, chats] of [
    ["the chat is not known", []],
    ["its chat does not say it either", [{ id: 4 }]]
  ] as const) {
    it.effect(`is left as it is, and never taken for a direct message, where ${what}`, () =>
      Effect.gen(function* () {
        const { row } = yield* complete(sparse, chatsOf(...chats))
        expect(lackOf(row, false)).toBe("kind")
      })
    )
  }

  it.effect("is told by its guid, where there is one", () =>
    Effect.gen(function* () {
      const { row } = yield* complete({ ...sparse, chat_guid: `iMessage;-;${ALICE}` }, chatsOf())
      expect(row).toMatchObject({ chat_id: 4, chat_guid: `iMessage;-;${ALICE}` })
    })
  )
})

describe("a row that says nothing of its chat, or is one's own", () => {
  for (const row of [announced, { ...sparse, is_from_me: true }]) {
    it.effect(`is not asked about (${row.is_from_me ? "own" : "no chat"})`, () =>
      Effect.gen(function* () {
        const completed = yield* complete(row, chatsOf(listed))
        expect(completed).toEqual({ row, asked: [] })
      })
    )
  }
})

describe("a row that says all of its chat", () => {
  it.effect("is not asked about", () =>
    Effect.gen(function* () {
      const { asked, row } = yield* complete(inGroup, NO_CHATS)
      expect(row).toEqual(inGroup)
      expect(asked).toEqual([])
    })
  )

  for (const [how, row] of [
    ["its guid", { ...announced, chat_guid: "iMessage;+;chat4" }],
    ["its identifier", { ...announced, chat_identifier: "chat4", is_group: true }]
  ] as const) {
    it.effect(`but for its id is known by ${how}`, () =>
      Effect.gen(function* () {
        const completed = yield* complete(row, chatsOf(listed))
        expect(completed.row.chat_id).toBe(4)
      })
    )
  }
})
