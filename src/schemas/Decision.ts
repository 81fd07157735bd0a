/**
 * What was decided of each row of Messages, and what came of it: for `why`, the page and its charts. Nobody's words and
 * nobody's handles: those are in Messages' own history, under the same rowids and guids.
 */
import { Schema } from "effect"

/**
 * How a turn ended: `silent` where the agent had nothing to say; `failed` where the turn is a dead letter, or its agent
 * failed after it had said something; `over-budget` where it was not begun; `stopped` where somebody said so in the chat.
 */
export const TurnOutcome = Schema.Literal("answered", "silent", "failed", "over-budget", "stopped")
export type TurnOutcome = typeof TurnOutcome.Type

/** The turn that a row became part of. Its delivery has the same id. Times are Unix ms. */
export const DecidedTurn = Schema.Struct({
  id: Schema.String,
  agentId: Schema.String,
  outcome: TurnOutcome,
  endedAt: Schema.Number,
  durationMs: Schema.Number,
  /** Why it failed: the failure's code, and its words. */
  code: Schema.optionalWith(Schema.String, { exact: true }),
  reason: Schema.optionalWith(Schema.String, { exact: true })
})
export type DecidedTurn = typeof DecidedTurn.Type

/** A part of the answer that has its final state. */
export const DecidedPart = Schema.Struct({
  index: Schema.Int,
  state: Schema.Literal("sent", "uncertain", "failed", "left-out"),
  guid: Schema.NullOr(Schema.String),
  detail: Schema.NullOr(Schema.String),
  settledAt: Schema.Number
})
export type DecidedPart = typeof DecidedPart.Type

export const Decision = Schema.Struct({
  accountId: Schema.String,
  rowId: Schema.Int,
  guid: Schema.String,
  /** The chat's rowid; null where Messages does not say. */
  chatId: Schema.NullOr(Schema.Int),
  /** When it was decided, Unix ms; of a row that waits, when it is at the latest. */
  at: Schema.Number,
  /** The reason of the verdict, or what became of the row otherwise: a `Fate` of this build or of an earlier one, or `WAITING`. */
  fate: Schema.String,
  /** Null while no turn with it has ended, and for what is nobody's turn. */
  turn: Schema.NullOr(DecidedTurn),
  /** The parts of the turn's answer that are settled, in their order. */
  parts: Schema.Array(DecidedPart)
}).annotations({ identifier: "Decision" })
export type Decision = typeof Decision.Type

/** What happened in a span of time. Times are Unix ms; latencies in ms, null where nothing ended in it. */
export const Figures = Schema.Struct({
  from: Schema.Number,
  until: Schema.Number,
  /** Rows that were let through to an agent or the gateway itself, and all others but the account's own. */
  admitted: Schema.Int,
  others: Schema.Int,
  turns: Schema.Int,
  failedTurns: Schema.Int,
  medianMs: Schema.NullOr(Schema.Number),
  slowestMs: Schema.NullOr(Schema.Number),
  sentParts: Schema.Int,
  /** Parts that failed, or may or may not have been sent. */
  unsentParts: Schema.Int
}).annotations({ identifier: "Figures" })
export type Figures = typeof Figures.Type

/** How often something came about: a `fate` of rows, or `turn:` and the outcome, with its code where it failed. */
export interface Counted {
  readonly account: string
  readonly what: string
  readonly count: number
}
