/** How macOS and imsg say that something is denied, in the words of all builds. */
import { DatabaseUnavailable, PermissionDenied } from "./errors/imsg.ts"
import type { Status } from "./ImsgProtocol.ts"

export const FULL_DISK_ACCESS =
  /authorization denied \(code: 23\)|Permission Error: Cannot access Messages database|permissionDenied\(path|Full Disk Access/u
export const AUTOMATION = /(?<!\d)-1743\b|Not authorized to send Apple events/u
/**
 * What a send names is not there for Messages, or cannot be sent, and waiting changes nothing: AppleScript's -1728 (no
 * such object), -1700 and -1703 (what cannot be made into one), -43 (no such file), and the words of imsg itself.
 */
export const NOT_THERE =
  /(?<!\w)-(?:1728|1700|1703|43)(?!\w)|Invalid (?:chat target|recipient|service)|(?:Attachment|Chat) not found|no such (?:chat|file)|unknown chat/iu

/** The first line of a text that says something, cut to a length that fits a log line. */
export const firstLine = (text: string): string =>
  (text.split("\n").find((line) => line.trim() !== "") ?? "").trim().slice(0, 300)

/** The line of a text in which a pattern is found, cut in the same way. */
export const lineWith = (pattern: RegExp, text: string): string =>
  firstLine(text.split("\n").find((line) => pattern.test(line)) ?? text)

/** What `database.error` of a readiness report means. */
export const ofDatabaseError = (text: string): PermissionDenied | DatabaseUnavailable =>
  FULL_DISK_ACCESS.test(text)
    ? new PermissionDenied({ permission: "FullDiskAccess", detail: lineWith(FULL_DISK_ACCESS, text) })
    : new DatabaseUnavailable({ detail: firstLine(text) })

/** Why a child cannot read the database, by its readiness report; undefined where it can. */
export const databaseProblem = ({ database }: Status): PermissionDenied | DatabaseUnavailable | undefined => {
  if (database?.ready !== false) return undefined
  const error = typeof database.error === "string" ? database.error : database.error?.message
  return ofDatabaseError(error ?? "it is not ready")
}
