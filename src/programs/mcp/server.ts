/** The MCP server, one for both doors: over stdio and over HTTP. It imports the SDK, so that it is loaded where it is asked for. */
import { ProtocolError, ProtocolErrorCode, ResourceNotFoundError, Server } from "@modelcontextprotocol/server"
import { Effect, Either, Option } from "effect"
import type { ToolRecord } from "../../schemas/control/ToolsApi.ts"
import { EVERY_ACCOUNT } from "../../schemas/toolInputs.ts"
import { PROGRAM, VERSION } from "../../version.ts"
import {
  answered,
  CHAT_TEMPLATE,
  chatOf,
  contentsOf,
  inFull,
  listed,
  refused,
  resourcesOf,
  type Told
} from "./answers.ts"
import { INSTRUCTIONS } from "./instructions.ts"

/** The tools of whoever asks. */
export interface Tools {
  readonly list: Effect.Effect<ReadonlyArray<ToolRecord>>
  readonly call: (name: string, input: unknown) => Effect.Effect<unknown, Told>
}

/** Runs what the SDK waits for, and interrupts it where the signal says so. */
export type Run = <A>(effect: Effect.Effect<A>, signal: AbortSignal) => Promise<A>

/** Chats that are listed as resources. */
const MOST_CHATS = 100

const isOffered = (tools: ReadonlyArray<ToolRecord>, wanted: string): boolean =>
  tools.some(({ name }) => name === wanted)

/** The chats that `list_chats` answers; none where that is not for who asks. */
const resources = ({ call, list }: Tools) =>
  Effect.gen(function* () {
    if (!isOffered(yield* list, "list_chats")) return Either.right([])
    return Either.map(
      yield* Effect.either(call("list_chats", { account: EVERY_ACCOUNT, limit: MOST_CHATS })),
      resourcesOf
    )
  })

/** What the SDK throws is what it answers with. */
const orThrow = <A>(either: Either.Either<A, Told>): A =>
  Either.getOrThrowWith(
    either,
    (failure) => new ProtocolError(ProtocolErrorCode.InternalError, inFull(failure))
  )

/** A server of the SDK, which serves one connection or one request. */
export const makeMcpServer = (tools: Tools, run: Run): Server => {
  const server = new Server(
    { name: PROGRAM, title: "Apple Messages", version: VERSION },
    { capabilities: { tools: {}, resources: {} }, instructions: INSTRUCTIONS }
  )
  server.setRequestHandler("tools/list", (_, { mcpReq: { signal } }) =>
    run(Effect.map(tools.list, listed), signal)
  )
  server.setRequestHandler(
    "tools/call",
    ({ params: { arguments: input = {}, name } }, { mcpReq: { signal } }) =>
      run(Effect.match(tools.call(name, input), { onFailure: refused, onSuccess: answered }), signal)
  )
  server.setRequestHandler("resources/list", async (_, { mcpReq: { signal } }) => ({
    resources: [...orThrow(await run(resources(tools), signal))]
  }))
  server.setRequestHandler("resources/templates/list", () => ({
    resourceTemplates: [
      {
        uriTemplate: CHAT_TEMPLATE,
        name: "chat",
        title: "A chat",
        description: "The newest messages of a chat.",
        mimeType: "application/json"
      }
    ]
  }))
  server.setRequestHandler("resources/read", async ({ params: { uri } }, { mcpReq: { signal } }) => {
    const input = Option.getOrThrowWith(chatOf(uri), () => new ResourceNotFoundError(uri))
    return contentsOf(uri, orThrow(await run(Effect.either(tools.call("read_messages", input)), signal)))
  })
  return server
}
