/** What the simulator writes down about itself, so that the behaviour of its caller can be judged afterwards. */
import { Schema } from "effect"

/** One thing that happened. */
export const RecordedEvent = Schema.Union(
  Schema.TaggedStruct("start", { build: Schema.String }),
  /** Absent after a crash or SIGKILL. */
  Schema.TaggedStruct("exit", { reason: Schema.String }),
  Schema.TaggedStruct("request", {
    id: Schema.optional(Schema.Unknown),
    method: Schema.String,
    params: Schema.optional(Schema.Unknown)
  }),
  Schema.TaggedStruct("sent", {
    rowId: Schema.Int,
    guid: Schema.String,
    chatId: Schema.Int,
    text: Schema.String
  }),
  Schema.TaggedStruct("notification", { subscription: Schema.Int, rowId: Schema.Int }),
  /** What became of a call to the helper of the private bridge. */
  Schema.TaggedStruct("bridge", {
    method: Schema.String,
    outcome: Schema.Literal("done", "refused", "hung", "died", "unanswered")
  }),
  Schema.TaggedStruct("fault", { fault: Schema.String })
)
export type RecordedEvent = typeof RecordedEvent.Type

/** An event with its number (rising), the process, and when (Unix milliseconds). */
export const Recorded = Schema.Struct({
  id: Schema.Int,
  at: Schema.Int,
  pid: Schema.Int,
  event: RecordedEvent
})
export type Recorded = typeof Recorded.Type
