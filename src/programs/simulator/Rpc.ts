/** The frames of JSON-RPC 2.0 as imsg reads and writes them. */
import { Either, Schema } from "effect"

/** A request is answered with this error. `data` is a string, or an object for what came with 0.14. */
export class ResponseError extends Schema.TaggedError<ResponseError>()("ResponseError", {
  code: Schema.Int,
  message: Schema.String,
  data: Schema.optional(Schema.Unknown)
}) {}

/** The standard errors, and those of imsg. */
const parseError = (data: string) => new ResponseError({ code: -32700, message: "Parse error", data })
const invalidRequest = (data: string) => new ResponseError({ code: -32600, message: "Invalid Request", data })
export const methodNotFound = (method: string) =>
  new ResponseError({ code: -32601, message: "Method not found", data: method })
export const invalidParams = (data: string) =>
  new ResponseError({ code: -32602, message: "Invalid params", data })
export const internalError = (data: string) =>
  new ResponseError({ code: -32603, message: "Internal error", data })
export const serverBusy = (data: string) => new ResponseError({ code: -32000, message: "Server busy", data })
/** The database cannot be read now (0.14+); the same child recovers. */
export const databaseUnavailable = (path: string, detail: string) =>
  new ResponseError({
    code: -32002,
    message: "Database unavailable",
    data: { path, detail, retryable: true }
  })

export const NO_BRIDGE = "The bridge is not started. Run imsg launch explicitly before using bridge methods."

/** What only reads needs the bridge, and it cannot be asked (0.14+). */
export const bridgeUnavailable = (detail: string) =>
  new ResponseError({ code: -32003, message: "Bridge unavailable", data: { detail, retryable: true } })

/** What is said of a change that failed, from 0.14 on. */
export const Delivery = Schema.Struct({
  retry_safe: Schema.Boolean,
  disposition: Schema.Literal("not_started", "may_have_completed", "still_in_flight"),
  transport: Schema.String,
  operation: Schema.String,
  detail: Schema.String
})
export type Delivery = typeof Delivery.Type

/** A change that provably did not happen (0.14+). */
export const notStarted = (
  detail: string,
  {
    operation = "send",
    transport = "applescript"
  }: { readonly operation?: string; readonly transport?: string } = {}
) =>
  new ResponseError({
    code: -32603,
    message: "Delivery failed before dispatch",
    data: { retry_safe: true, disposition: "not_started", transport, operation, detail } satisfies Delivery
  })

/** A change of which nobody can tell whether it happened (0.14+). */
export const outcomeUnknown = (detail: string, operation: string) =>
  new ResponseError({
    code: -32001,
    message: "Delivery outcome unknown",
    data: {
      retry_safe: false,
      disposition: "may_have_completed",
      transport: "bridge",
      operation,
      detail
    } satisfies Delivery
  })

/** A change behind one that is still in flight (0.14+): of this child none is begun any more. */
export const laneBlocked = (by: Delivery) =>
  new ResponseError({
    code: -32004,
    message: "Mutation lane blocked",
    data: {
      ...by,
      detail: `A prior ${by.operation} remains in flight. Restart the RPC child before sending another mutation.`
    }
  })

const JsonObject = Schema.Record({ key: Schema.String, value: Schema.Unknown })

/** A request. Without `id` it is not answered. */
export interface Request {
  readonly id?: unknown
  readonly method: string
  /** As it came. */
  readonly params: unknown
}

const decodeJson = Schema.decodeEither(Schema.parseJson())

/** Reads a line; the error carries the `id` to answer to where there is one. From 0.14 `jsonrpc` must be there. */
export const parseRequest = (
  line: string,
  { strict }: { readonly strict: boolean }
): Either.Either<Request, { readonly id: unknown; readonly error: ResponseError }> =>
  Either.gen(function* () {
    const refuse = (id: unknown, error: ResponseError) => Either.left({ id, error })
    const json = yield* Either.orElse(decodeJson(line), () => refuse(null, parseError("invalid JSON")))
    if (Array.isArray(json) || !Schema.is(JsonObject)(json)) {
      return yield* refuse(null, invalidRequest("request must be an object"))
    }
    const id = json.id ?? null
    if (json.jsonrpc !== "2.0" && (strict || json.jsonrpc !== undefined)) {
      return yield* refuse(id, invalidRequest("jsonrpc must be 2.0"))
    }
    const method = json.method
    if (typeof method !== "string" || method === "") {
      return yield* refuse(id, invalidRequest("method is required"))
    }
    return { ...("id" in json ? { id: json.id } : {}), method, params: json.params }
  })

/** A line that answers a request. */
export const response = (id: unknown, result: Either.Either<unknown, ResponseError>): string =>
  JSON.stringify(
    Either.match(result, {
      onRight: (value) => ({ jsonrpc: "2.0", id, result: value }),
      onLeft: ({ code, data, message }) => ({ jsonrpc: "2.0", id, error: { code, message, data } })
    })
  )

/** A line that answers nothing. */
export const notification = (method: string, params: unknown): string =>
  JSON.stringify({ jsonrpc: "2.0", method, params })
