/** A connection of its own for each request: it is known when it stands, and it ends with the scope. */
import { Agent } from "node:http"
import { Agent as HttpsAgent } from "node:https"
import { HttpClient } from "@effect/platform"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import { HttpAgent, HttpAgentTypeId, make as makeClient } from "@effect/platform-node/NodeHttpClient"
import { Deferred, Effect, type Scope } from "effect"

type Create = Agent["createConnection"]

class TellingAgent extends Agent {
  readonly #connected: () => void
  constructor(connected: () => void) {
    super()
    this.#connected = connected
  }
  override createConnection(...args: Parameters<Create>): ReturnType<Create> {
    const socket = super.createConnection(...args)
    socket?.once("connect", this.#connected)
    return socket
  }
}

class TellingHttpsAgent extends HttpsAgent {
  readonly #connected: () => void
  constructor(connected: () => void) {
    super()
    this.#connected = connected
  }
  override createConnection(...args: Parameters<HttpsAgent["createConnection"]>): ReturnType<Create> {
    const socket = super.createConnection(...args)
    socket?.once("secureConnect", this.#connected)
    return socket
  }
}

/** `connected` is done once there is a connection, with TLS where that is spoken. */
interface Connection {
  readonly client: HttpClient.HttpClient.With<HttpClientError, Scope.Scope>
  readonly connected: Deferred.Deferred<void>
}

export const connection: Effect.Effect<Connection, never, Scope.Scope> = Effect.gen(function* () {
  const connected = yield* Deferred.make<void>()
  const tell = () => Deferred.unsafeDone(connected, Effect.void)
  const agents = yield* Effect.acquireRelease(
    Effect.sync(() => ({ http: new TellingAgent(tell), https: new TellingHttpsAgent(tell) })),
    ({ http, https }) =>
      Effect.sync(() => {
        http.destroy()
        https.destroy()
      })
  )
  const client = yield* Effect.provideService(makeClient, HttpAgent, {
    [HttpAgentTypeId]: HttpAgentTypeId,
    ...agents
  })
  return { client: HttpClient.withScope(client), connected }
})
