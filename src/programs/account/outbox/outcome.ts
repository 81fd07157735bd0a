/** What the result of a `send` says about the part that it was for. */
import { Duration, Option, Schema } from "effect"
import type { Reason } from "../../../schemas/Delivery.ts"
import { NOT_THERE } from "../../../schemas/denials.ts"
import { ChildStuck } from "../../../schemas/errors/imsg.ts"
import { Code, Disposition, Methods } from "../../../schemas/ImsgProtocol.ts"
import { type Chat, print } from "../../../schemas/Target.ts"
import type { ImsgSession, RequestError } from "../../../services/ImsgProcess.ts"

/**
 * - `Retry`: nothing was sent; try again later.
 * - `Denied`: nothing was sent, and nothing will be until a person acts.
 * - `Refused`: nothing was sent, and nothing ever will be: waiting does not heal it.
 * - `Plainer`: nothing was sent in this form; the form that every build knows may do.
 * - `Blocked`: an earlier send holds this child up for good; this one was not begun, or so the child believes. The
 *   database tells, over the next child.
 * - `Unknown`: it may have been sent; only the database can tell. `replaceChild` where the child is blocked.
 */
export type Failure =
  | { readonly _tag: "Retry" }
  | { readonly _tag: "Denied" }
  | { readonly _tag: "Refused" }
  | { readonly _tag: "Plainer" }
  | { readonly _tag: "Blocked" }
  | { readonly _tag: "Unknown"; readonly replaceChild: boolean }

const decodeDisposition = Schema.decodeUnknownOption(Disposition)

/** Codes of JSON-RPC for requests that were not understood, hence not carried out. */
const NOT_UNDERSTOOD: ReadonlyArray<number> = [-32700, -32600, Code.methodNotFound, Code.invalidParams]

const ofDisposition = ({ detail, disposition, retry_safe }: Disposition): Failure => {
  if (retry_safe || disposition === "not_started") {
    return disposition === "not_started" && NOT_THERE.test(detail ?? "")
      ? { _tag: "Refused" }
      : { _tag: "Retry" }
  }
  return { _tag: "Unknown", replaceChild: disposition === "still_in_flight" }
}

export const failureOf = (error: RequestError): Failure => {
  switch (error._tag) {
    case "PermissionDenied":
      // As with the next: reading the database comes before a send as well as after it.
      return error.permission === "FullDiskAccess"
        ? { _tag: "Unknown", replaceChild: false }
        : { _tag: "Denied" }
    case "DatabaseUnavailable":
      return { _tag: "Unknown", replaceChild: false }
    case "RpcFailed": {
      if (NOT_UNDERSTOOD.includes(error.rpcCode)) return { _tag: "Refused" }
      if (error.rpcCode === Code.serverBusy) return { _tag: "Retry" }
      if (error.rpcCode === Code.mutationBlocked) return { _tag: "Blocked" }
      return Option.match(decodeDisposition(error.data), {
        // Up to 0.13 only the words tell that what was to be sent to, or the file, is not there: nothing was begun.
        onNone: () =>
          error.rpcCode === Code.internalError && NOT_THERE.test(error.detail)
            ? { _tag: "Refused" }
            : { _tag: "Unknown", replaceChild: false },
        onSome: ofDisposition
      })
    }
    case "RpcTimeout":
      return { _tag: "Unknown", replaceChild: true }
    case "ChildExited":
    case "ImsgNotFound":
    case "ImsgUnsupported":
    case "ProtocolViolation":
    case "ResponseTooLong":
    case "SshFailed":
      return { _tag: "Unknown", replaceChild: false }
  }
}

/** What a child answers that has no bridge (any more). */
const NO_BRIDGE: ReadonlyArray<number> = [Code.methodNotFound, Code.bridgeUnavailable]

/** Whether a child refused something for want of its bridge, and not for what it was given. */
export const saysBridgeIsGone = (error: RequestError): boolean =>
  error._tag === "RpcFailed" && NO_BRIDGE.includes(error.rpcCode)

/**
 * The form of a request: what is said by the bridge (`bridged`) and was not begun may do in the `bare` form, which every
 * build knows; of an `act` there is no other form.
 */
export type Form = "bare" | "bridged" | "act"

const isBusy = (error: RequestError): boolean =>
  error._tag === "RpcFailed" && error.rpcCode === Code.serverBusy

/** The same of a request whose form is known. A bridge that is gone is not waited for; an imsg that is busy is. */
export const failureOfForm = (error: RequestError, form: Form): Failure => {
  const failure: Failure = form !== "bare" && saysBridgeIsGone(error) ? { _tag: "Retry" } : failureOf(error)
  if (form !== "bridged" || isBusy(error)) return failure
  return failure._tag === "Retry" || failure._tag === "Refused" ? { _tag: "Plainer" } : failure
}

/** Why a child is replaced that cannot get past a `send`. */
export const stuckInSend = ({ command }: ImsgSession, afterMs: number): ChildStuck =>
  new ChildStuck({ command, watch: "heartbeat", method: Methods.send.name, afterMs })

const inWords = (millis: number): string => {
  const hours = millis / 3_600_000
  return hours > 1 && Number.isInteger(hours) ? `${hours} hours` : Duration.format(millis)
}

/** What is said of a part whose time to live (ms) is over; `last` is what stood in its way. */
export const notSentWithin = (ttlMs: number, last: Reason | undefined): string =>
  `it was not sent within ${inWords(ttlMs)}: ${last?.message ?? "imsg did not run"}`

const endedWith = (last: Reason | undefined): string =>
  last === undefined ? "" : `; the last try ended with: ${last.message}`

/** What is said of a part that was taken back before it was tried. */
export const notSentSince = (why: string): string => `it was taken back before it was sent: ${why}`

/** What is said of a part whose use was over before its turn came. */
export const OF_NO_USE = "it was of no use any more before it could be sent"

/** What is said of a part whose result was lost, by the failure `last` where it is known, and that cannot be looked up. */
export const cannotTell = (why: string, last: Reason | undefined): string =>
  `the result was lost, and ${why}${endedWith(last)}`

/** What is said of a part that is not there after so many tries whose results were lost, the last by `last`. */
export const notThere = (tries: number, last: Reason | undefined): string =>
  `it was tried ${tries === 1 ? "once" : `${tries} times`} and is not in the chat${endedWith(last)}`

/** What is said of a part for a chat of a database that is not there any more, and what to do with it. */
export const chatReplaced = (chat: Chat): string =>
  `chat.db was replaced since this was accepted, and ${print(chat)} may be another chat in the new one: nothing is sent ` +
  "there. If it is still of use, send its text to the right chat yourself; then drop this letter"

/** What is said of a part whose file is gone from where it was staged, and from the store. */
export const fileLost = (name: string): string =>
  `the file ${name} is neither on this host nor in the store, so it was not sent. If it is still of use, send it again; then ` +
  "drop this letter"
