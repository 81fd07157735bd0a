/** A connection of its own for each request: it is known when it stands, and it ends with the scope. */
import { Agent } from "node:http"
import { Agent as HttpsAgent } from "node:https"
import { HttpClient } from "@effect/platform"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import { Deferred, Effect, type Scope } from "effect"
import { clientOver } from "../../http/client.ts"

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
  const client = yield* clientOver(
    Effect.sync(() => ({ http: new TellingAgent(tell), https: new TellingHttpsAgent(tell) }))
  )
  return { client: HttpClient.withScope(client), connected }
})
