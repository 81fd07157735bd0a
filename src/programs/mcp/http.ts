/** The MCP server over HTTP. It imports the SDK, so that it is loaded where it is asked for. */
import { HttpServerRequest, HttpServerResponse } from "@effect/platform"
import { type AuthInfo, createMcpHandler } from "@modelcontextprotocol/server"
import { Effect, Option } from "effect"
import { makeRun } from "./running.ts"
import { makeMcpServer, type Tools } from "./server.ts"

/** Clients that wait for changes, of which there are none: they hold a connection all the same. */
const MOST_LISTENERS = 32

/** A name that nobody asks for: what the request says of its own is no part of an address here. */
const HERE = "http://gateway"

const bodyOf = (request: HttpServerRequest.HttpServerRequest) =>
  request.method === "POST" ? Effect.asSome(request.text) : Effect.succeedNone

/** The request in the shape of fetch, with a signal that follows whoever asked. */
const webRequest = (request: HttpServerRequest.HttpServerRequest, signal: AbortSignal) =>
  Effect.map(
    bodyOf(request),
    (body) =>
      new Request(new URL(request.url, HERE), {
        method: request.method,
        headers: { ...request.headers },
        body: Option.getOrNull(body),
        signal
      })
  )

/** Ends with the request, and where it is answered by a stream, with that. */
const makeSignal = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => new AbortController()),
    (controller) => Effect.sync(() => controller.abort())
  ),
  ({ signal }) => signal
)

/** The function that answers a request, for whoever has these tools. It serves until its scope closes. */
export const makeMcpOverHttp = Effect.gen(function* () {
  const run = yield* makeRun
  /** Whose tools a request is served with: the SDK hands on what it was given with it. */
  const askers = new WeakMap<AuthInfo, Tools>()
  const handler = yield* Effect.acquireRelease(
    Effect.sync(() =>
      createMcpHandler(
        ({ authInfo }) => {
          const tools = authInfo === undefined ? undefined : askers.get(authInfo)
          if (tools === undefined)
            throw new Error("the SDK asks for a server without what it was given for it")
          return makeMcpServer(tools, run)
        },
        { maxSubscriptions: MOST_LISTENERS }
      )
    ),
    ({ close }) => Effect.promise(close)
  )
  return (tools: Tools) =>
    Effect.gen(function* () {
      const asked = yield* webRequest(yield* HttpServerRequest.HttpServerRequest, yield* makeSignal)
      const authInfo: AuthInfo = { token: "", clientId: "", scopes: [] }
      askers.set(authInfo, tools)
      return HttpServerResponse.fromWeb(yield* Effect.promise(() => handler.fetch(asked, { authInfo })))
    })
})
