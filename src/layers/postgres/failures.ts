/** What PostgreSQL and the way to it have against a statement, and what that is for a store. */
import { Data, Predicate } from "effect"
import { messageOf } from "../../schemas/errors/messageOf.ts"
import { StoreUnavailable } from "../../schemas/errors/store.ts"

type Trouble = NonNullable<StoreUnavailable["trouble"]>

/** By the beginning of the server's codes (https://www.postgresql.org/docs/current/errcodes-appendix.html), longest first. */
const TROUBLES: ReadonlyArray<readonly [code: string, Trouble]> = [
  ["0A000", "unwritable"], // feature_not_supported: a server that only follows another one lets nobody write
  ["25006", "unwritable"], // read_only_sql_transaction
  ["25P03", "unreachable"], // idle_in_transaction_session_timeout: who asked was paused
  ["3D000", "denied"], // invalid_catalog_name
  ["40001", "contended"], // serialization_failure
  ["40P01", "contended"], // deadlock_detected
  ["42501", "forbidden"], // insufficient_privilege
  ["53100", "unwritable"], // disk_full
  ["55P03", "contended"], // lock_not_available
  ["57014", "contended"], // query_canceled, by statement_timeout too
  ["08", "unreachable"], // connection_exception
  ["28", "denied"], // invalid_authorization_specification
  ["53", "unreachable"], // too_many_connections, out_of_memory
  ["57P", "unreachable"], // the server is going down, or coming up
  ["58", "unwritable"], // system_error
  ["XX", "unwritable"] // internal_error, data_corrupted
]

/** Without a code of the server: what Node and the client say of a connection. */
const OF_A_CONNECTION =
  /^(?:Connection terminated|Client has encountered a connection error|Client was closed|Query read timeout|timeout (?:expired|exceeded)|write after end|This socket has been ended)/iu
/** What one end has against the certificate of the other, or that it has none. */
const OF_TLS =
  /^(?:The server does not support SSL|(?:self-signed|unable to (?:verify|get)|certificate |Hostname\/IP does not match))/iu
const OF_NODE = /^E(?:AI_[A-Z]+|[A-Z]{3,})$/u

/** It could not be begun to write: that concerns all that were to be written. */
export class NoTurn extends Data.TaggedError("NoTurn")<{ readonly cause: unknown }> {}

/** One of several writes failed, by its place, and with it all of them. */
export class OneFailed extends Data.TaggedError("OneFailed")<{
  readonly at: number
  readonly cause: unknown
}> {}

/** What the server or the connection said. */
export const causeOf = (error: unknown): unknown =>
  error instanceof NoTurn || error instanceof OneFailed ? error.cause : error

/** Of what is asked after the end: no server comes back to answer it. */
export const closed = () => new Error("the store is closed")

const saidOf = (error: unknown, what: "code" | "routine"): string | undefined => {
  const said: unknown = Predicate.isObject(error) ? Reflect.get(error, what) : undefined
  return typeof said === "string" ? said : undefined
}
const codeOf = (error: unknown) => saidOf(error, "code")

/** What is known of a failure. */
export const troubleOf = (failure: unknown): Trouble | undefined => {
  const error = causeOf(failure)
  const code = codeOf(error)
  const known = TROUBLES.find(([beginning]) => code?.startsWith(beginning) === true)
  if (known !== undefined) return known[1]
  if (code !== undefined && OF_NODE.test(code)) return "unreachable"
  if (OF_TLS.test(messageOf(error))) return "denied"
  return code === undefined && OF_A_CONNECTION.test(messageOf(error)) ? "unreachable" : undefined
}

/** Whether it was prepared for tables as they were: "cached plan must not change result type". */
export const isOutdated = (error: unknown): boolean =>
  codeOf(error) === "0A000" && saidOf(error, "routine") === "RevalidateCachedQuery"

/** Whether it took too long, which it would again: everybody waits for it meanwhile. */
export const isTooSlow = (failure: unknown): boolean => codeOf(causeOf(failure)) === "57014"

/** Whether what fails one of several writes fails all of them. */
export const concernsAll = (error: unknown): boolean => {
  const trouble = troubleOf(error)
  return error instanceof NoTurn || (trouble !== undefined && trouble !== "contended")
}

/** Whether it may go well when it is asked again. */
export const isPassing = (failure: unknown): boolean => {
  const error = causeOf(failure)
  const trouble = troubleOf(error)
  return trouble === "unreachable" || trouble === "contended" || isOutdated(error)
}

/** What the client says of a connection that was waited for, by what it means. */
const OF_A_WAIT: ReadonlyMap<string, string> = new Map([
  ["timeout expired", "no connection was made in time"],
  ["timeout exceeded when trying to connect", "all connections were at work for too long"]
])

/** Node says nothing of several addresses that all refused. */
const wordsOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.message === "") return error.errors.map(messageOf).join("; ")
  const message = messageOf(error)
  return OF_A_WAIT.get(message) ?? message
}

/** The failure of something that was asked of a database. */
export const unavailable =
  (file: string) =>
  (failure: unknown): StoreUnavailable => {
    const error = causeOf(failure)
    if (error instanceof StoreUnavailable) return error
    const trouble = troubleOf(error)
    return new StoreUnavailable({
      file,
      detail: wordsOf(error),
      ...(trouble === undefined ? {} : { trouble })
    })
  }

/** What was not written, for the actor has come to another host. */
export const fenced = (file: string, shard: string): StoreUnavailable =>
  new StoreUnavailable({
    file,
    detail: `another host has taken over what is in shard ${shard}: this one may not write for it any more`,
    trouble: "fenced"
  })
