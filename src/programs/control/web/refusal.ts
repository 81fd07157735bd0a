/** What every answer over TCP says, and how it refuses. */
import { HttpServerResponse } from "@effect/platform"
import { TooManyTries, type WebRefusal } from "../../../schemas/errors/web.ts"

/** Headers of every answer. */
const HEADERS = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin"
}

/** An answer with what every answer of this server says. */
export const withHeaders = (response: HttpServerResponse.HttpServerResponse) =>
  HttpServerResponse.setHeaders(response, { "cache-control": "no-store", ...response.headers, ...HEADERS })

/** How a request is refused. */
export const refusal = (error: WebRefusal) =>
  HttpServerResponse.unsafeJson(
    { _tag: error._tag, code: error.code, message: error.message, hint: error.hint },
    {
      status: error.status,
      headers: error instanceof TooManyTries ? { "retry-after": String(error.retryAfter) } : {}
    }
  )
