/** How the interface refuses what none of its handlers takes: with a code, a message and a hint, like all the rest. */
import { HttpApiBuilder, HttpApiError, HttpServerError, HttpServerResponse } from "@effect/platform"
import { Cause, Effect, Option } from "effect"
import { ControlApi } from "../../schemas/control/ControlApi.ts"
import { RequestInvalid } from "../../schemas/errors/control.ts"
import { issuesInWords } from "./issues.ts"

const invalid = (
  detail: string,
  fields: { readonly _tag: string; readonly issues: ReadonlyArray<unknown> }
) => {
  const { code, hint, message } = new RequestInvalid({ detail })
  return HttpServerResponse.unsafeJson({ ...fields, code, message, hint }, { status: 400 })
}

const refusalOf = (failure: unknown): Option.Option<HttpServerResponse.HttpServerResponse> => {
  if (failure instanceof HttpApiError.HttpApiDecodeError) {
    return Option.some(invalid(issuesInWords(failure.issues), failure))
  }
  if (!HttpServerError.isServerError(failure)) return Option.none()
  switch (failure._tag) {
    case "RequestError": {
      const why = failure.cause instanceof Error ? failure.cause.message : failure.reason
      const issues = [{ _tag: "Unexpected", path: [], message: why }]
      return Option.some(invalid(issuesInWords(issues), { _tag: "HttpApiDecodeError", issues }))
    }
    case "RouteNotFound":
      return Option.some(
        HttpServerResponse.unsafeJson(
          {
            _tag: "NotFound",
            code: "path_not_found",
            message: `there is no ${failure.request.method} ${failure.request.url.slice(0, 100)}`,
            hint: "/openapi.json names all there is to ask."
          },
          { status: 404 }
        )
      )
    default:
      return Option.none()
  }
}

export const refusals = HttpApiBuilder.middleware(ControlApi, (app) =>
  Effect.catchAllCause(app, (cause) =>
    Option.getOrElse(
      Option.map(refusalOf(Cause.squash(cause)), (response) => Effect.succeed(response)),
      () => Effect.failCause(cause)
    )
  )
)
