import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { recentRows } from "../../../../src/programs/account/chatdb/recentRows.ts"
import { RpcFailed } from "../../../../src/schemas/errors/imsg.ts"
import { makeMessage } from "../../../support/envelopes.ts"
import { type Answer, makeChild } from "../../../support/fakeImsg.ts"

const refused = new RpcFailed({ method: "messages.history", rpcCode: -32603, reason: "internal" })

/** Two chats; those that are named cannot be read. */
const chats =
  (...unreadable: ReadonlyArray<number>): Answer =>
  ({ method, params }) => {
    if (method === "chats.list") return Effect.succeed({ chats: [{ id: 1 }, { id: 2 }] })
    const id = "chat_id" in params ? Number(params.chat_id) : 0
    return unreadable.includes(id)
      ? Effect.fail(refused)
      : Effect.succeed({ messages: [makeMessage({ id: 10 * id })] })
  }

const ids = (answer: Answer) =>
  Effect.flatMap(makeChild({ answer }), ({ session }) =>
    Effect.map(recentRows(session, 1000), (rows) => rows.map(({ id }) => id))
  )

describe("the newest rows", () => {
  it.effect("are those of all chats that can be read", () =>
    Effect.gen(function* () {
      expect(yield* ids(chats())).toEqual([10, 20])
      expect(yield* ids(chats(1))).toEqual([20])
    })
  )

  it.effect("are not none where no chat can be read: that would look like an empty database", () =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(ids(chats(1, 2)))).toMatchObject({ _tag: "RpcFailed" })
    })
  )

  it.effect("are without those that do not decode", () =>
    Effect.gen(function* () {
      const odd: Answer = ({ method }) =>
        Effect.succeed(
          method === "chats.list"
            ? { chats: [{ id: 1 }, { id: "one" }] }
            : { messages: [{ id: 3, guid: "" }, makeMessage()] }
        )
      expect(yield* ids(odd)).toEqual([1])
    })
  )
})
