/** The frames of JSON-RPC 2.0 as imsg reads and writes them. */
import { Either, Schema } from "effect"

/** A request is answered with this error. `data` is a string, or for sends of builds from 0.14 an object. */
export class ResponseError extends Schema.TaggedError<ResponseError>()("ResponseError", {
  code: Schema.Int,
  message: Schema.String,
  data: Schema.optional(Schema.Unknown)
}) {}

/** The standard errors, and those of imsg. */
export const parseError = (data: string) => new ResponseError({ code: -32700, message: "Parse error", data })
export const invalidRequest = (data: string) =>
  new ResponseError({ code: -32600, message: "Invalid Request", data })
export const methodNotFound = (method: string) =>
  new ResponseError({ code: -32601, message: "Method not found", data: method })
export const invalidParams = (data: string) =>
  new ResponseError({ code: -32602, message: "Invalid params", data })
export const internalError = (data: string) =>
  new ResponseError({ code: -32603, message: "Internal error", data })
export const serverBusy = new ResponseError({
  code: -32000,
  message: "Server busy",
  data: "too many outstanding requests"
})
export const databaseUnavailable = (data: string) =>
  new ResponseError({ code: -32002, message: "Database unavailable", data })
export const bridgeUnavailable = (data: string) =>
  new ResponseError({ code: -32003, message: "Bridge unavailable", data })
/** A send of a build from 0.14 that provably did not happen. */
export const notDelivered = (detail: string) =>
  new ResponseError({
    code: -32001,
    message: "Delivery failed",
    data: {
      retry_safe: true,
      disposition: "not_started",
      transport: "applescript",
      operation: "send",
      detail
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

/** Reads a line; the error carries the `id` to answer to where there is one. */
export const parseRequest = (
  line: string
): Either.Either<Request, { readonly id: unknown; readonly error: ResponseError }> =>
  Either.gen(function* () {
    const refuse = (id: unknown, error: ResponseError) => Either.left({ id, error })
    const json = yield* Either.orElse(decodeJson(line), () => refuse(null, parseError("invalid JSON")))
    if (Array.isArray(json) || !Schema.is(JsonObject)(json)) {
      return yield* refuse(null, invalidRequest("request must be an object"))
    }
    const id = json.id ?? null
    if (json.jsonrpc !== undefined && json.jsonrpc !== "2.0") {
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
