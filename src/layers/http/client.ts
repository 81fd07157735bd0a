/** Clients with connections of their own: they end with the scope, and so does a request that runs. */
import * as Http from "node:http"
import * as Https from "node:https"
import type { HttpClient } from "@effect/platform"
import type { HttpClientError } from "@effect/platform/HttpClientError"
import { HttpAgent, HttpAgentTypeId, make } from "@effect/platform-node/NodeHttpClient"
import { Effect, Predicate, type Scope } from "effect"

/** Who makes connections, by either protocol. */
export interface Agents {
  readonly http: Http.Agent
  readonly https: Https.Agent
}

export const clientOver = <E, R>(
  agents: Effect.Effect<Agents, E, R>
): Effect.Effect<HttpClient.HttpClient, E, R | Scope.Scope> =>
  Effect.acquireRelease(agents, ({ http, https }) =>
    Effect.sync(() => {
      http.destroy()
      https.destroy()
    })
  ).pipe(
    Effect.flatMap((made) =>
      Effect.provideService(make, HttpAgent, { [HttpAgentTypeId]: HttpAgentTypeId, ...made })
    )
  )

/** Agents that connect anywhere. */
export const anyAgents: Effect.Effect<Agents> = Effect.sync(() => ({
  http: new Http.Agent(),
  https: new Https.Agent()
}))

/** What the system calls a failure, such as `ECONNREFUSED`, and nothing else: messages of the network hold addresses. */
export const codeOf = (error: HttpClientError): string => {
  const cause = "cause" in error ? error.cause : undefined
  return Predicate.hasProperty(cause, "code") && typeof cause.code === "string" ? cause.code : error.reason
}
