/** What one host of a cluster asks of the account that another runs. */
import { describe, expect, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Option, Scope } from "effect"
import { findChat, listChats } from "../../../src/programs/chats/Listed.ts"
import { NO_CAPABILITIES } from "../../../src/schemas/Capabilities.ts"
import { RpcFailed } from "../../../src/schemas/errors/imsg.ts"
import { method } from "../../../src/schemas/ImsgMethod.ts"
import { Methods } from "../../../src/schemas/ImsgProtocol.ts"
import type { Children } from "../../../src/services/Children.ts"
import { type Answer, makeChild, silent } from "../../support/fakeImsg.ts"
import { makeCluster } from "../../support/twoHosts.ts"

const chats: Answer = ({ method, params }) =>
  method === "chats.list"
    ? Effect.succeed({ chats: [{ id: 7, name: "Lunch", is_group: true, extra: { of: "theirs" } }] })
    : method === "messages.history" && "chat_id" in params && params.chat_id === 7
      ? Effect.succeed({ messages: [{ id: 1, guid: "one", is_from_me: false, text: null }] })
      : Effect.fail(new RpcFailed({ method, rpcCode: -32602, reason: "Invalid params", data: "no chat" }))

/** The child of the studio, as the server has it. */
const childOf = ({ children }: { readonly children: typeof Children.Service }) =>
  Effect.flatMap(
    children.of("studio"),
    Effect.orDieWith(() => new Error("no child"))
  )

describe("the child of another host", () => {
  it.scopedLive("is asked as one's own is, with what it can do", () =>
    Effect.gen(function* () {
      const { server, studio } = yield* makeCluster()
      yield* studio.connect({ answer: chats, methods: ["messages.after"] })
      const child = yield* childOf(server)
      expect(child.build).toEqual({ version: "0.15.0", methods: new Set(["messages.after"]) })
      expect(yield* child.capabilities).toEqual({
        ...NO_CAPABILITIES,
        bridge: "ready",
        methods: new Set(["messages.after"])
      })
      expect(yield* listChats(child, { limit: 20, timeoutMs: 1000 })).toMatchObject([
        { id: 7, name: "Lunch", isGroup: true }
      ])
      // Fields that a build leaves out arrive as it wrote them, and are read where they were asked for.
      const { messages } = yield* child.request(Methods.messagesHistory, { chat_id: 7, limit: 1 }, 1000)
      expect(messages).toEqual({ readable: [{ id: 1, guid: "one", is_from_me: false }], unreadable: 0 })
    })
  )

  it.scopedLive("fails as it does there", () =>
    Effect.gen(function* () {
      const { server, studio } = yield* makeCluster()
      yield* studio.connect({ answer: chats, methods: ["chats.get"] })
      const child = yield* childOf(server)
      const asked = child.request(Methods.messagesHistory, { chat_id: 8, limit: 1 }, 1000)
      expect(yield* Effect.flip(asked)).toEqual(
        new RpcFailed({
          ...{ method: "messages.history", rpcCode: -32602, reason: "Invalid params", data: "no chat" }
        })
      )
      // Which is how it is found out that there is no such chat.
      expect(yield* findChat(child, { chatId: 8 }, 1000)).toEqual(Option.none())
    })
  )

  it.scopedLive("is asked for nothing that is not only read", () =>
    Effect.gen(function* () {
      const { server, studio } = yield* makeCluster()
      const { asked } = yield* studio.connect({})
      const child = yield* childOf(server)
      const other = method<object>()("send", Methods.send.result)
      expect(yield* Effect.flip(child.request(other, { text: "hello" }, 1000))).toMatchObject({
        _tag: "RpcFailed",
        method: "send",
        rpcCode: -32601
      })
      expect(yield* asked).toEqual([])
    })
  )

  it.scopedLive("says in its own time that it took too long", () =>
    Effect.gen(function* () {
      const { server, studio } = yield* makeCluster()
      yield* studio.connect({ answer: silent })
      const child = yield* childOf(server)
      const asked = child.request(Methods.chatsList, { limit: 1 }, 100)
      expect(yield* Effect.flip(asked)).toMatchObject({ _tag: "RpcTimeout", afterMs: 100 })
    })
  )

  it.scopedLive("is none where none runs there", () =>
    Effect.gen(function* () {
      const { server, studio } = yield* makeCluster()
      expect(yield* server.children.of("studio")).toEqual(Option.none())
      expect(yield* studio.children.of("studio")).toEqual(Option.none())
    })
  )

  it.scopedLive("may be gone by the time that it is asked", () =>
    Effect.gen(function* () {
      const { server, studio } = yield* makeCluster()
      const gone = yield* Scope.make()
      const { session } = yield* makeChild({ answer: chats })
      yield* Scope.extend(studio.children.connected("studio", session), gone)
      const child = yield* childOf(server)
      yield* Scope.close(gone, Exit.void)
      expect(yield* Effect.flip(child.request(Methods.chatsList, { limit: 1 }, 1000))).toMatchObject({
        _tag: "AccountNotRunning",
        account: "studio"
      })
      expect(yield* child.capabilities).toEqual(NO_CAPABILITIES)
    })
  )

  it.scopedLive("is not running once its host has ended while it was asked, and none is known then", () =>
    Effect.gen(function* () {
      const { server, studio } = yield* makeCluster()
      const begun = yield* Deferred.make<void>()
      const answer: Answer = () => Effect.zipRight(Deferred.succeed(begun, undefined), Effect.never)
      yield* studio.connect({ answer })
      const child = yield* childOf(server)
      const asked = yield* Effect.fork(Effect.exit(child.request(Methods.chatsList, { limit: 1 }, 2000)))
      yield* Deferred.await(begun)
      yield* studio.end
      expect(yield* Fiber.join(asked)).toMatchObject(
        Exit.fail({ _tag: "AccountNotRunning", code: "account_not_running", account: "studio" })
      )
      expect(yield* server.children.of("studio")).toEqual(Option.none())
    })
  )

  it.scopedLive("is not running where nothing comes back from its host", () =>
    Effect.gen(function* () {
      const { server, studio } = yield* makeCluster()
      yield* studio.connect({ answer: chats })
      const child = yield* childOf(server)
      yield* studio.cut
      const asked = child.request(Methods.chatsList, { limit: 1 }, 200)
      const [known, refused] = yield* Effect.all([server.children.of("studio"), Effect.flip(asked)], {
        concurrency: 2
      }).pipe(Effect.timeout("5 seconds"))
      expect(known).toEqual(Option.none())
      expect(refused).toMatchObject({ _tag: "AccountNotRunning", account: "studio" })
    })
  )
})
