/** What the result of a `send` says about the part that it was for. */
import { Option, Schema } from "effect"
import { Code, Disposition } from "../../schemas/ImsgProtocol.ts"
import type { RequestError } from "../../services/ImsgProcess.ts"

/**
 * - `Retry`: nothing was sent; try again later. `replaceChild` where this child will not take it.
 * - `Denied`: nothing was sent, and nothing will be until a person acts.
 * - `Refused`: nothing was sent, and nothing ever will be.
 * - `Unknown`: it may have been sent; only the database can tell. `replaceChild` where the child is blocked.
 */
export type Failure =
  | { readonly _tag: "Retry"; readonly replaceChild: boolean }
  | { readonly _tag: "Denied" }
  | { readonly _tag: "Refused" }
  | { readonly _tag: "Unknown"; readonly replaceChild: boolean }

const decodeDisposition = Schema.decodeUnknownOption(Disposition)

/** Codes of JSON-RPC for requests that were not understood, hence not carried out. */
const NOT_UNDERSTOOD: ReadonlyArray<number> = [-32700, -32600, Code.methodNotFound, Code.invalidParams]

const ofDisposition = ({ disposition, retry_safe }: Disposition): Failure => {
  if (retry_safe || disposition === "not_started") return { _tag: "Retry", replaceChild: false }
  return { _tag: "Unknown", replaceChild: disposition === "still_in_flight" }
}

export const failureOf = (error: RequestError): Failure => {
  switch (error._tag) {
    case "PermissionDenied":
      // Reading the database comes before a send as well as after it.
      return error.permission === "FullDiskAccess"
        ? { _tag: "Unknown", replaceChild: false }
        : { _tag: "Denied" }
    case "DatabaseUnavailable":
      return { _tag: "Retry", replaceChild: false }
    case "RpcFailed": {
      if (NOT_UNDERSTOOD.includes(error.rpcCode)) return { _tag: "Refused" }
      if (error.rpcCode === Code.serverBusy) return { _tag: "Retry", replaceChild: false }
      // The queue is blocked by an earlier send, so this one was never begun.
      if (error.rpcCode === Code.mutationBlocked) return { _tag: "Retry", replaceChild: true }
      return Option.match(decodeDisposition(error.data), {
        onNone: () => ({ _tag: "Unknown", replaceChild: false }),
        onSome: ofDisposition
      })
    }
    case "RpcTimeout":
      return { _tag: "Unknown", replaceChild: true }
    case "ChildExited":
    case "ImsgNotFound":
    case "ImsgUnsupported":
    case "ProtocolViolation":
      return { _tag: "Unknown", replaceChild: false }
  }
}
