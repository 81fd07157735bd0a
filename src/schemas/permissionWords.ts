/** What agents want to do, and why they may or may not, in words. */
import type { PermissionReason, ToolKind } from "./Permission.ts"

/** What an agent wants to do, behind "wants to". */
export const kindInWords: { readonly [kind in ToolKind]: string } = {
  read: "read",
  edit: "change files",
  delete: "delete",
  move: "move files",
  search: "search",
  execute: "run a command",
  think: "think",
  fetch: "fetch something",
  switch_mode: "work in another mode",
  other: "use a tool"
}

const REASONS: { readonly [reason in PermissionReason]: string } = {
  rule: "by a rule of the config",
  default: "by the config",
  owner: "by an owner",
  time: "nobody answered in time",
  undelivered: "no owner could be asked",
  nobody: "there is no owner to ask",
  full: "too many requests waited already",
  stopped: "the turn was stopped",
  restart: "the gateway was stopped meanwhile"
}

/** What became of a request for leave. */
export const leaveInWords = (allowed: boolean, reason: PermissionReason): string =>
  `${allowed ? "allowed" : "refused"}: ${REASONS[reason]}`
