/** A session over a child that the test plays, and what such a child says. */
import { Effect, Exit, Scope } from "effect"
import { connect } from "../../src/layers/imsg/connection.ts"
import type { Announcement } from "../../src/services/ImsgProcess.ts"
import { makeFakeLeader } from "./fakeLeader.ts"

/** The command line of the child, as errors name it. */
export const COMMAND = "imsg rpc"

/** A session, the child behind it, and what closes its scope before the test's own does. */
export const openSession = Effect.gen(function* () {
  const child = yield* makeFakeLeader
  const scope = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
  const session = yield* Scope.extend(connect(child.leader, { cliPath: "imsg", command: COMMAND }), scope)
  return { child, session, close: Scope.close(scope, Exit.void) }
})

/** The notification of a message, with the guid `guid-<id>`. */
export const messageFrame = (id: number, text = "hello") => ({
  jsonrpc: "2.0",
  method: "message",
  params: { subscription: 1, message: { id, guid: `guid-${id}`, is_from_me: false, chat_id: 7, text } }
})

/** The response to `chats.list`, with one chat. */
export const chatsFrame = (id: number, chat: number) => ({
  jsonrpc: "2.0",
  id,
  result: { chats: [{ id: chat }] }
})

/** The guids of messages, in their order. */
export const guidsOf = (announced: Iterable<Announcement>) =>
  [...announced].map((one) => /guid-\d+/u.exec(JSON.stringify(one))?.[0])
