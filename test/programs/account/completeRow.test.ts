import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Fiber, Option, Ref, TestClock } from "effect"
import * as AccountContext from "../../../src/programs/account/AccountContext.ts"
import { makeCompleteRow } from "../../../src/programs/account/completeRow.ts"
import { makeKnownChats } from "../../../src/programs/account/knownChats.ts"
import { RpcFailed } from "../../../src/schemas/errors/imsg.ts"
import type { ImsgMessage } from "../../../src/schemas/ImsgProtocol.ts"
import { makeAccount } from "../../support/configs.ts"
import { ALICE, BOB, makeMessage } from "../../support/envelopes.ts"
import { type Answer, type FakeChild, makeChild } from "../../support/fakeImsg.ts"

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
  makeCompleteRow(context, session, makeKnownChats(context, session).find)

const complete = (message: ImsgMessage, answer: Answer) =>
  Effect.gen(function* () {
    const child = yield* makeChild({ answer })
    const context = yield* AccountContext.make(makeAccount())
    const fiber = yield* Effect.fork(completeBy(context, child)(message))
    yield* TestClock.adjust("30 seconds")
    return {
      row: Option.getOrUndefined(yield* Fiber.join(fiber)),
      asked: (yield* child.asked).map(({ method }) => method)
    }
  })

/** Two chats, of which the second has the row from the given look on. */
const from = (look: number) =>
  Effect.map(
    Ref.make(0),
    (looks): Answer =>
      ({ method, params }) =>
        method === "chats.list"
          ? Effect.as(
              Ref.update(looks, (count) => count + 1),
              { chats: [{ id: 3 }, { id: 4 }] }
            )
          : Effect.map(Ref.get(looks), (count) => ({
              messages:
                "chat_id" in params && params.chat_id === 4 && count >= look
                  ? [makeMessage({ id: 8, guid: "guid-8" }), inGroup]
                  : []
            }))
  )

describe("a row that says nothing of its chat", () => {
  it.effect("is looked for in the newest chats, and keeps its cursor", () =>
    Effect.gen(function* () {
      const { row } = yield* complete(announced, yield* from(1))
      expect(row).toMatchObject({ chat_id: 4, is_group: true, chat_guid: "iMessage;+;chat4", cursor: 9 })
    })
  )

  it.effect("is looked for once more after a second", () =>
    Effect.gen(function* () {
      const { asked, row } = yield* complete(announced, yield* from(2))
      expect(row?.chat_id).toBe(4)
      expect(asked.filter((method) => method === "chats.list").length).toBe(2)
    })
  )

  it.effect("is given up where nobody knows its chat: it could be of a group", () =>
    Effect.gen(function* () {
      const { asked, row } = yield* complete(announced, yield* from(99))
      expect(row).toBeUndefined()
      expect(asked.filter((method) => method === "chats.list").length).toBe(3)
    })
  )

  it.effect("is given up where there are no chats yet: it could be the first of a group", () =>
    Effect.gen(function* () {
      const { row } = yield* complete(announced, NO_CHATS)
      expect(row).toBeUndefined()
    })
  )

  const unreadable =
    (chatId: number, others: Answer): Answer =>
    (asked) =>
      "chat_id" in asked.params && asked.params.chat_id === chatId
        ? Effect.fail(new RpcFailed({ method: asked.method, rpcCode: -32603, reason: "internal" }))
        : others(asked)

  it.effect("is found though another chat cannot be read", () =>
    Effect.gen(function* () {
      const { row } = yield* complete(announced, unreadable(3, yield* from(1)))
      expect(row?.chat_id).toBe(4)
    })
  )

  it.effect("is given up, and fails nothing, where it may be in a chat that cannot be read", () =>
    Effect.gen(function* () {
      const { row } = yield* complete(announced, unreadable(4, yield* from(1)))
      expect(row).toBeUndefined()
    })
  )

  it.effect("is asked for by its rowid where the build can", () =>
    Effect.gen(function* () {
      const child = yield* makeChild({
        methods: ["messages.after"],
        answer: ({ params }) => Effect.succeed({ messages: "since_rowid" in params ? [inGroup] : [] })
      })
      const context = yield* AccountContext.make(makeAccount())
      const row = yield* completeBy(context, child)(announced)
      expect(Option.getOrUndefined(row)?.chat_id).toBe(4)
      expect(yield* child.asked).toMatchObject([{ method: "messages.after", params: { since_rowid: 8 } }])
    })
  )

  it.effect("is looked for again where the child cannot say it now, and fails where it never can", () =>
    Effect.gen(function* () {
      const failure = new RpcFailed({ method: "chats.list", rpcCode: -32603, reason: "internal" })
      const failing = yield* Ref.make(2)
      const found = yield* from(1)
      const { row } = yield* complete(announced, (asked) =>
        Effect.flatMap(
          Ref.getAndUpdate(failing, (left) => left - 1),
          (left): ReturnType<Answer> => (left > 0 ? Effect.fail(failure) : found(asked))
        )
      )
      expect(row?.chat_id).toBe(4)
      const never = yield* Effect.exit(complete(announced, () => Effect.fail(failure)))
      expect(never).toEqual(Exit.fail(failure))
    })
  )
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
      for (const id of [9, 10, 11])
        expect(Option.getOrUndefined(yield* read({ ...sparse, id }))?.is_group).toBe(true)
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
      expect(row?.is_group).toBe(true)
      expect(asked).toEqual(["chats.list", "chats.list"])
    })
  )

  for (const [what, chats] of [
    ["the chat is not known", []],
    ["its chat does not say it either", [{ id: 4 }]]
  ] as const) {
    it.effect(`is given up, and never taken for a direct message, where ${what}`, () =>
      Effect.gen(function* () {
        const { row } = yield* complete(sparse, chatsOf(...chats))
        expect(row).toBeUndefined()
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

describe("a row that says all of its chat", () => {
  it.effect("is not asked about", () =>
    Effect.gen(function* () {
      const { asked, row } = yield* complete(inGroup, yield* from(1))
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
        expect(completed.row?.chat_id).toBe(4)
      })
    )
  }
})
