/** Which chats are one group, and what its sessions are called. */
import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import * as GroupChatsSql from "../../../src/layers/groups/GroupChatsSql.ts"
import * as PositionsSql from "../../../src/layers/inbox/PositionsSql.ts"
import type { ChatNames } from "../../../src/schemas/GroupSettings.ts"
import { GroupChats } from "../../../src/services/GroupChats.ts"
import { Positions } from "../../../src/services/Positions.ts"
import { database, describe } from "../../support/databases.ts"

const stores = Layer.mergeAll(GroupChatsSql.layer, PositionsSql.layer).pipe(Layer.provide(database))

const chat = (chatId: number, chatIdentifier: string, service = "iMessage"): ChatNames => ({
  chatId,
  chatIdentifier,
  chatGuid: `${service};+;${chatIdentifier}`
})

const kept = (accountId: string, names: ChatNames) =>
  Effect.flatMap(GroupChats, (groups) => groups.keep(accountId, names))

const nameOf = (accountId: string, names: ChatNames) => Effect.map(kept(accountId, names), ({ name }) => name)

const inStore = <A, E>(test: Effect.Effect<A, E, GroupChats | Positions>) => Effect.provide(test, stores)

describe("a group", () => {
  it.effect("is named by its chat_id", () =>
    inStore(
      Effect.gen(function* () {
        expect(yield* nameOf("default", chat(42, "chat1"))).toBe("group:42")
        expect(yield* nameOf("default", chat(43, "chat2"))).toBe("group:43")
      })
    )
  )

  it.effect("that goes on as another chat keeps its name and its history, and knows what it was", () =>
    inStore(
      Effect.gen(function* () {
        yield* kept("default", chat(42, "chat1"))
        expect(yield* kept("default", chat(57, "chat1", "RCS"))).toEqual({
          name: "group:42",
          historyId: 42,
          chats: [chat(57, "chat1", "RCS"), chat(42, "chat1")]
        })
        expect(yield* nameOf("default", chat(42, "chat1"))).toBe("group:42")
      })
    )
  )

  it.effect("that was first seen as what it is now keeps that name when its older chat turns up", () =>
    inStore(
      Effect.gen(function* () {
        yield* kept("default", chat(57, "chat1"))
        expect(yield* kept("default", chat(42, "chat1"))).toMatchObject({ name: "group:57", historyId: 57 })
      })
    )
  )

  it.effect("is known by the identifier in its guid, where the row has no other", () =>
    inStore(
      Effect.gen(function* () {
        yield* kept("default", chat(42, "chat1"))
        expect(yield* nameOf("default", { chatId: 57, chatGuid: "SMS;+;chat1" })).toBe("group:42")
      })
    )
  )

  it.effect("is known by its chat_id, where the row has nothing else and it was seen before", () =>
    inStore(
      Effect.gen(function* () {
        yield* kept("default", chat(42, "chat1"))
        yield* kept("default", chat(57, "chat1"))
        expect(yield* nameOf("default", { chatId: 57 })).toBe("group:42")
        expect(yield* kept("default", { chatId: 58 })).toMatchObject({ name: "group:58", historyId: 58 })
      })
    )
  )

  it.effect("is not written down by a look", () =>
    inStore(
      Effect.gen(function* () {
        const { of, unknown } = yield* GroupChats
        expect(yield* of("default", chat(57, "chat1"))).toMatchObject({ name: "group:57" })
        expect(yield* unknown("default", [57])).toEqual([57])
        yield* kept("default", chat(42, "chat1"))
        expect(yield* of("default", chat(57, "chat1"))).toMatchObject({ name: "group:42" })
      })
    )
  )

  it.effect("that the config names is known by what its chats are called, before it writes", () =>
    inStore(
      Effect.gen(function* () {
        const { learn, unknown } = yield* GroupChats
        yield* learn("default", [chat(42, "chat1"), chat(57, "chat1")])
        expect(yield* unknown("default", [42, 43])).toEqual([43])
        expect(yield* kept("default", chat(57, "chat1"))).toMatchObject({
          name: "group:42",
          chats: [{ chatId: 57 }, { chatId: 42 }]
        })
      })
    )
  )
})

describe("groups of several accounts", () => {
  it.effect("with the same chat_id have different names, and those of the first account its old ones", () =>
    inStore(
      Effect.gen(function* () {
        expect(yield* nameOf("home", chat(42, "chat1"))).toBe("group:42")
        expect(yield* nameOf("bot", chat(42, "chat2"))).toBe("bot:group:42")
        expect(yield* nameOf("home", chat(43, "chat3"))).toBe("group:43")
        expect(yield* nameOf("bot", chat(43, "chat1"))).toBe("bot:group:43")
      })
    )
  )

  it.effect("are named by who was first, whoever of them hears of a group first", () =>
    inStore(
      Effect.gen(function* () {
        const { nameFirst } = yield* GroupChats
        yield* nameFirst("home")
        yield* nameFirst("bot")
        expect(yield* nameOf("bot", chat(42, "chat2"))).toBe("bot:group:42")
        expect(yield* nameOf("home", chat(42, "chat1"))).toBe("group:42")
        expect(yield* nameOf("bot", { chatId: 7 })).toBe("bot:group:7")
      })
    )
  )
})

describe("in another database", () => {
  it.effect("a group keeps its name, and another one with its old chat_id does not get it", () =>
    inStore(
      Effect.gen(function* () {
        const { begin } = yield* Positions
        yield* begin("default", { rowId: 10, baselineAt: 5 })
        yield* kept("default", chat(42, "chat1"))
        yield* begin("default", { rowId: 3, baselineAt: 6 })
        expect(yield* kept("default", chat(42, "chat2"))).toMatchObject({
          name: "default:group:42",
          historyId: 42,
          chats: [{ chatId: 42, chatIdentifier: "chat2" }]
        })
        expect(yield* kept("default", chat(3, "chat1"))).toEqual({
          name: "group:42",
          historyId: 3,
          chats: [chat(3, "chat1")]
        })
      })
    )
  )
})
