/** A command that is stopped before it is done. */
import { Schema } from "effect"

/** What stops a command: a signal, or, as `SIGPIPE`, that nobody reads what it prints any more. */
export const StoppedBy = Schema.Literal("SIGINT", "SIGTERM", "SIGPIPE")
export type StoppedBy = typeof StoppedBy.Type

/** A command was stopped before it was done. `hint` says what became of what it had begun. */
export class Interrupted extends Schema.TaggedError<Interrupted>()("Interrupted", {
  by: StoppedBy,
  hint: Schema.String
}) {
  readonly code = "interrupted"
  override get message(): string {
    return `interrupted by ${this.by} before it was done`
  }
}
