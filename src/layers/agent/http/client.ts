/** A client for the address of an agent, which the owner has named. */
import * as Http from "node:http"
import * as Https from "node:https"
import type { HttpClient } from "@effect/platform"
import type { RequestError } from "@effect/platform/HttpClientError"
import { HttpAgent, HttpAgentTypeId, make } from "@effect/platform-node/NodeHttpClient"
import { Effect, Predicate, type Scope } from "effect"

/** Its connections end with the scope, and so does a request that runs. */
export const httpClient: Effect.Effect<HttpClient.HttpClient, never, Scope.Scope> = Effect.acquireRelease(
  Effect.sync(() => ({ http: new Http.Agent(), https: new Https.Agent() })),
  ({ http, https }) =>
    Effect.sync(() => {
      http.destroy()
      https.destroy()
    })
).pipe(
  Effect.flatMap((agents) =>
    Effect.provideService(make, HttpAgent, { [HttpAgentTypeId]: HttpAgentTypeId, ...agents })
  )
)

/** What the system calls a failure, such as `ECONNREFUSED`, and nothing else: messages of the network hold addresses. */
export const codeOf = ({ cause, reason }: RequestError): string =>
  Predicate.hasProperty(cause, "code") && typeof cause.code === "string" ? cause.code : reason

const NOT_REACHED = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN"]

/** Whether a failure says that nobody has heard of the request. */
export const isNotReached = (error: RequestError): boolean => NOT_REACHED.includes(codeOf(error))

/** How long a server wants to be left alone, in ms, by its `retry-after`: so many seconds, or until a date. */
export const retryAfterMs = (header: string | undefined, now: number): number | undefined => {
  if (header === undefined) return undefined
  if (/^\s*\d+\s*$/u.test(header)) return Number(header) * 1000
  const until = Date.parse(header)
  return Number.isNaN(until) ? undefined : Math.max(0, until - now)
}
