/** Why a program was not started. */
import type { PlatformError } from "@effect/platform/Error"
import { Predicate } from "effect"

const WORDS: { readonly [reason: string]: string } = {
  NotFound: "there is no such program",
  PermissionDenied: "it is not executable"
}

/** What the system calls it, such as `ENOENT`. */
const errnoOf = (cause: unknown): string | undefined =>
  Predicate.hasProperty(cause, "code") && typeof cause.code === "string" ? cause.code : undefined

/**
 * The reason in words, and never the platform's own: that has the whole command line in it, and with it whatever secret
 * stands there.
 */
export const startFailure = (error: PlatformError): string => {
  if (error._tag === "BadArgument") return "its command is none"
  return WORDS[error.reason] ?? `the system says ${errnoOf(error.cause) ?? error.reason}`
}
