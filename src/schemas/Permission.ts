/** What an agent asks leave for before it does it, and what it was told. */
import { Schema } from "effect"

/** The kinds of work that the Agent Client Protocol knows; what it calls otherwise is `other`. */
export const ToolKind = Schema.Literal(
  "read",
  "edit",
  "delete",
  "move",
  "search",
  "execute",
  "think",
  "fetch",
  "switch_mode",
  "other"
)
export type ToolKind = typeof ToolKind.Type

/** What is done about a request: it is answered by the config, or an owner is asked. */
export const PermissionAction = Schema.Literal("allow", "deny", "ask")
export type PermissionAction = typeof PermissionAction.Type

/**
 * Why a request was answered so: by a `rule`, or by the `default`, of the config; by an `owner`; because nobody answered in
 * `time`, the question could not be delivered to any owner (`undelivered`), there is no owner to ask (`nobody`), too many
 * requests waited already (`full`), the turn was `stopped`, or the gateway went down meanwhile (`restart`).
 */
export const PermissionReason = Schema.Literal(
  "rule",
  "default",
  "owner",
  "time",
  "undelivered",
  "nobody",
  "full",
  "stopped",
  "restart"
)
export type PermissionReason = typeof PermissionReason.Type

/**
 * A request, and what became of it. `title` is in the agent's words, which may hold anybody's. Times are Unix ms;
 * `decided` is null while an owner is waited for.
 */
export const PermissionRecord = Schema.Struct({
  number: Schema.Int,
  /** What an owner answers it by; null where none was asked. */
  code: Schema.NullOr(Schema.String),
  agentId: Schema.String,
  accountId: Schema.String,
  turnId: Schema.String,
  /** The chat that the agent works for, as targets are printed. */
  chat: Schema.String,
  kind: ToolKind,
  title: Schema.String,
  askedAt: Schema.Number,
  expiresAt: Schema.NullOr(Schema.Number),
  decided: Schema.NullOr(
    Schema.Struct({
      allowed: Schema.Boolean,
      reason: PermissionReason,
      /** Who decided, in words; null where nobody did. */
      by: Schema.NullOr(Schema.String),
      at: Schema.Number
    })
  )
}).annotations({ identifier: "Permission" })
export type PermissionRecord = typeof PermissionRecord.Type
