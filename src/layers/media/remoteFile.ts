/** Files that are fetched over http(s), from public addresses or from hosts that the config names. */
import { HttpClientRequest, type HttpClientResponse } from "@effect/platform"
import type { RequestError } from "@effect/platform/HttpClientError"
import { Effect, Predicate, type Scope, Stream } from "effect"
import type { MediaRejected } from "../../schemas/errors/media.ts"
import { anyAgents, clientOver, codeOf } from "../http/client.ts"
import { isAllowedHost, nameOf, redirectTarget, shown } from "./address.ts"
import type { Incoming, Refuse } from "./Incoming.ts"

const MAX_REDIRECTS = 5
const REDIRECTS = [301, 302, 303, 307, 308]

/** Agents that connect anywhere, or to public addresses only; judged on each connection, after name resolution. */
const makeAgents = (anywhere: boolean) =>
  Effect.gen(function* () {
    if (anywhere) return yield* anyAgents
    const { RequestFilteringHttpAgent, RequestFilteringHttpsAgent } = yield* Effect.promise(
      () => import("request-filtering-agent")
    )
    return { http: new RequestFilteringHttpAgent(), https: new RequestFilteringHttpsAgent() }
  })

/** How request-filtering-agent names what it refuses; its errors have no code. */
const REFUSED_ADDRESS = /is not allowed\. Because/u

const failed = (refuse: Refuse) => (error: RequestError) => {
  const { cause } = error
  if (cause instanceof Error && REFUSED_ADDRESS.test(cause.message)) return refuse("private-address")
  return refuse("unreachable", codeOf(error))
}

const get = (url: URL, mediaHosts: ReadonlyArray<string>, refuse: Refuse) =>
  clientOver(makeAgents(isAllowedHost(mediaHosts, url))).pipe(
    Effect.flatMap((http) =>
      http.execute(
        // As text: a URL would be taken apart, and its query spelt anew.
        HttpClientRequest.get(url.href, {
          headers: { "accept-encoding": "identity", "user-agent": "imsg-gateway" }
        })
      )
    ),
    // Spans hold the whole address.
    Effect.withTracerEnabled(false),
    Effect.catchTag("RequestError", (error) => Effect.fail(failed(refuse)(error))),
    Effect.catchTag("ResponseError", ({ reason }) => Effect.fail(refuse("unreachable", reason)))
  )

const accepted = (
  url: URL,
  response: HttpClientResponse.HttpClientResponse,
  maxBytes: number,
  refuse: Refuse
): Effect.Effect<Incoming, MediaRejected> => {
  const { headers, status } = response
  if (status < 200 || status > 299) return refuse("unreachable", `HTTP ${status}`)
  const encoding = headers["content-encoding"] ?? "identity"
  if (encoding.toLowerCase() !== "identity") {
    return refuse("unreachable", "the answer is compressed, which was not asked for")
  }
  const length = headers["content-length"] === undefined ? undefined : Number(headers["content-length"])
  if (length !== undefined && length > maxBytes) return refuse("too-large", `${length} bytes`)
  return Effect.succeed({
    name: nameOf(url, headers["content-disposition"]),
    bytes: response.stream.pipe(
      Stream.mapError(() => refuse("unreachable", "the connection broke off")),
      // A connection that broke before the first look at the body leaves an empty one.
      Stream.orElseIfEmptyStream(() => Stream.fail(refuse("unreachable", "no content came")))
    )
  })
}

/**
 * Begins to fetch an address; the content comes with the stream, within the scope. Each redirect is judged as the
 * first address was. The size is bounded where the server tells it; else by who reads the stream.
 */
export const openRemote = (
  url: URL,
  options: {
    readonly mediaHosts: ReadonlyArray<string>
    readonly maxBytes: number
    readonly refuse: Refuse
  },
  redirects: number = 0
): Effect.Effect<Incoming, MediaRejected, Scope.Scope> =>
  Effect.gen(function* () {
    const refuse: Refuse = (reason, detail) =>
      options.refuse(
        reason,
        [detail, redirects === 0 ? undefined : `redirected to ${shown(url.href)}`]
          .filter(Predicate.isNotUndefined)
          .join(", ") || undefined
      )
    const response = yield* get(url, options.mediaHosts, refuse)
    if (!REDIRECTS.includes(response.status)) return yield* accepted(url, response, options.maxBytes, refuse)
    const location = response.headers.location
    if (location === undefined)
      return yield* refuse("unreachable", `HTTP ${response.status} without an address`)
    if (redirects === MAX_REDIRECTS)
      return yield* refuse("unreachable", `more than ${MAX_REDIRECTS} redirects`)
    const target = redirectTarget(url, location)
    if (target._tag !== "Address") {
      return yield* refuse(
        "bad-address",
        target._tag === "Bad" ? `of a redirect, ${target.detail}` : undefined
      )
    }
    return yield* openRemote(target.url, options, redirects + 1)
  })
