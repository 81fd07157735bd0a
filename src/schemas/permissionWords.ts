/** What agents want to do, and why they may or may not, in words. */
import type { PermissionReason, PermissionRecord, ToolKind } from "./Permission.ts"

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

/** Why a question to owners is not sent any more, of a request that has ended so. */
export const withdrawnSince = (allowed: boolean, reason: PermissionReason): string =>
  `the request was ${leaveInWords(allowed, reason)}`

/** What became of a request for leave. */
export const leaveInWords = (allowed: boolean, reason: PermissionReason): string =>
  `${allowed ? "allowed" : "refused"}: ${REASONS[reason]}`

/** What a request is about, in the agent's words where it has some. */
export const whatInWords = ({ kind, title }: Pick<PermissionRecord, "kind" | "title">): string =>
  title === "" ? kindInWords[kind] : `${kindInWords[kind]}: ${title}`

/** What a decision means, for whoever took it. */
export const decisionMeans = ({ agentId, decided, kind }: PermissionRecord): string =>
  decided?.allowed === true
    ? `${agentId} may ${kindInWords[kind]}, this once.`
    : `${agentId} may not ${kindInWords[kind]}.`
