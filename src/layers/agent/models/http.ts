/** Requests to a model's server, and what came of them. Of errors nothing is kept that could hold a header. */
import { HttpClientRequest, type HttpClientResponse } from "@effect/platform"
import { Clock, Deferred, Effect, Option, Redacted, type Scope, Stream } from "effect"
import { codeOf } from "../../http/client.ts"
import { retryAfterMs } from "../../http/retryAfter.ts"
import { complaintOf } from "./complaint.ts"
import type { Dialect } from "./Dialect.ts"
import { Failure } from "./Failure.ts"
import { connection } from "./nodeConnection.ts"

const CONNECT_MS = 10_000
/** How much of an error page is read, and for how long. */
const PAGE_BYTES = 64 * 1024
const PAGE_MS = 5000

export interface Request {
  readonly url: string
  readonly headers: Dialect["headers"]
  /** Sent as JSON; nothing is sent without it. */
  readonly body?: unknown
}

const built = ({ body, headers, url }: Request): HttpClientRequest.HttpClientRequest => {
  const own = {
    accept: "application/json, text/event-stream",
    "accept-encoding": "identity",
    "user-agent": "imsg-gateway"
  }
  // As text: a URL would be taken apart, and its query spelt anew.
  const request = (body === undefined ? HttpClientRequest.get : HttpClientRequest.post)(url).pipe(
    HttpClientRequest.setHeaders(own),
    HttpClientRequest.setHeaders(
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Redacted.value(value)]))
    )
  )
  return body === undefined ? request : HttpClientRequest.bodyUnsafeJson(request, body)
}

/** The beginning of what an error page says; empty where it does not come. */
const pageOf = (response: HttpClientResponse.HttpClientResponse): Effect.Effect<string> =>
  response.stream.pipe(
    Stream.mapAccum(0, (bytes, chunk) => [bytes + chunk.length, { chunk, bytes }]),
    Stream.takeWhile(({ bytes }) => bytes <= PAGE_BYTES),
    Stream.map(({ chunk }) => chunk),
    Stream.decodeText(),
    Stream.runFold("", (page, text) => page + text),
    Effect.timeoutOption(PAGE_MS),
    Effect.map(Option.getOrElse(() => "")),
    Effect.orElseSucceed(() => "")
  )

const refused = (response: HttpClientResponse.HttpClientResponse) =>
  Effect.gen(function* () {
    const wait = retryAfterMs(response.headers["retry-after"], yield* Clock.currentTimeMillis)
    return yield* Effect.fail(
      Failure.Refused({
        status: response.status,
        complaint: complaintOf(yield* pageOf(response)),
        ...(wait === undefined ? {} : { retryAfterMs: wait })
      })
    )
  })

/**
 * Asks a server, within the scope; what is not a 2xx is a failure. `connected` is run once there is a connection, from
 * which on nobody knows what the server has begun.
 */
export const send = (
  request: Request,
  connected: Effect.Effect<void>
): Effect.Effect<HttpClientResponse.HttpClientResponse, Failure, Scope.Scope> =>
  Effect.gen(function* () {
    const made = yield* connection
    const isConnected = Deferred.isDone(made.connected)
    const inTime = Deferred.await(made.connected).pipe(
      Effect.timeoutFail({
        duration: CONNECT_MS,
        onTimeout: () => Failure.NotConnected({ detail: `no connection within ${CONNECT_MS} ms` })
      }),
      Effect.zipRight(connected),
      Effect.zipRight(Effect.never)
    )
    const response = yield* made.client.execute(built(request)).pipe(
      // Spans hold the whole request.
      Effect.withTracerEnabled(false),
      Effect.catchAll((error) =>
        Effect.flatMap(isConnected, (was) =>
          Effect.fail(
            was
              ? Failure.Broken({
                  detail: `the connection broke off before an answer came (${codeOf(error)})`
                })
              : Failure.NotConnected({ detail: `no connection (${codeOf(error)})` })
          )
        )
      ),
      Effect.raceFirst(inTime)
    )
    return response.status >= 200 && response.status < 300 ? response : yield* refused(response)
  })
