/** What the bench and its child in memory say to each other over a unix socket: one JSON object a line. */
import { Schema } from "effect"

/**
 * Messages to write. A new one is written while fewer than `outstanding` are unanswered, `gapMs` after the answer
 * that made room, until `count` are written or `seconds` are over; the child then waits up to `drainMs` for the
 * answers that are missing. The chats take turns.
 */
export const Load = Schema.Struct({
  chats: Schema.Int,
  outstanding: Schema.Int,
  gapMs: Schema.Number,
  count: Schema.Int,
  seconds: Schema.Number,
  /** Answers of the first seconds are not counted in `answeredAfterWarmUp`. */
  warmUpSeconds: Schema.Number,
  drainMs: Schema.Number
})
export type Load = typeof Load.Type

/** What became of a load. Times are milliseconds. */
export const LoadResult = Schema.Struct({
  written: Schema.Int,
  answered: Schema.Int,
  /** Answers to a message that was answered already, or that nobody wrote. */
  unexpected: Schema.Int,
  /** Answers of a chat that came after the answer to a later message of that chat. */
  disordered: Schema.Int,
  answeredAfterWarmUp: Schema.Int,
  /** From the end of the warm-up to the last write. */
  countedMs: Schema.Number,
  /** From the first write to the last answer. */
  elapsedMs: Schema.Number,
  /** From a notification written to its `send` read, in the order of the answers. */
  latenciesMs: Schema.Array(Schema.Number)
})
export type LoadResult = typeof LoadResult.Type

/** `at` is `process.hrtime.bigint()`, which all processes of a machine share. */
export const Report = Schema.Union(
  Schema.TaggedStruct("Subscribed", { pid: Schema.Int, at: Schema.BigInt }),
  /** The answer to the message that waits for each subscriber. */
  Schema.TaggedStruct("Greeted", { pid: Schema.Int, at: Schema.BigInt }),
  Schema.TaggedStruct("Finished", { result: LoadResult })
)
export type Report = typeof Report.Type
export type EncodedReport = typeof Report.Encoded
