/** What the system says of a file or a program, as a sentence for whoever has to mend it. */
import type { PlatformError } from "@effect/platform/Error"
import { Predicate } from "effect"

/** What is wrong, and what to do; each goes on after "cannot be read: " and its like. */
const BY_CODE: { readonly [code: string]: string } = {
  EISDIR: "it is a folder, not a file; name a file",
  ENOTDIR: "what should be a folder on the way to it is a file",
  ENOENT: "there is no such file or folder",
  EACCES: "permission denied; `ls -l` says who owns it and who may use it",
  EPERM: "the system does not allow it; on a Mac grant Full Disk Access, elsewhere see who owns it",
  EROFS: "it lies on a disk that can only be read",
  ENOSPC: "the disk is full; make room on it",
  EDQUOT: "the disk quota is used up; make room on it",
  EMFILE: "too many files are open in this process; raise the limit (`ulimit -n`)",
  ENFILE: "too many files are open on this machine",
  ELOOP: "its links lead in a circle",
  ENAMETOOLONG: "its name is too long",
  EEXIST: "there is something of that name already",
  EIO: "the disk fails to read or write it",
  EBUSY: "another program has it in use",
  ETIMEDOUT: "the system gave up waiting for it; is it on a network drive?"
}

const BY_REASON: { readonly [reason: string]: string | undefined } = {
  NotFound: BY_CODE.ENOENT,
  PermissionDenied: BY_CODE.EACCES,
  AlreadyExists: BY_CODE.EEXIST,
  Busy: BY_CODE.EBUSY,
  TimedOut: BY_CODE.ETIMEDOUT
}

/** What the system calls it, such as `ENOENT`, wherever in the causes that stands. */
const codeOf = (cause: unknown): string | undefined => {
  if (Predicate.hasProperty(cause, "code") && typeof cause.code === "string") return cause.code
  return Predicate.hasProperty(cause, "cause") ? codeOf(cause.cause) : undefined
}

/** A failure of the platform in words; it does not name the path, which who says it does. */
export const platformWords = (error: PlatformError): string => {
  if (error._tag === "BadArgument") return "that is no name of a file"
  const code = codeOf(error.cause)
  return (
    (code === undefined ? undefined : BY_CODE[code]) ??
    BY_REASON[error.reason] ??
    `the system says ${code ?? error.reason}`
  )
}

/** Whether there is nothing of that name. */
export const isNotFound = (error: PlatformError): boolean =>
  error._tag === "SystemError" && error.reason === "NotFound"

const isPlatformError = (thrown: unknown): thrown is PlatformError =>
  Predicate.isTagged(thrown, "BadArgument") || Predicate.isTagged(thrown, "SystemError")

/** The same of whatever was thrown: what is no failure of the platform, nor of the system, says it itself. */
export const failureWords = (thrown: unknown): string => {
  if (isPlatformError(thrown)) return platformWords(thrown)
  const code = codeOf(thrown)
  if (code !== undefined && Object.hasOwn(BY_CODE, code)) return BY_CODE[code] ?? code
  return thrown instanceof Error ? thrown.message : String(thrown)
}
