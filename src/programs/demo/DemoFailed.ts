import { Schema } from "effect"

/** The demo did not see what it was waiting for. `log` is the end of the gateway's log. */
export class DemoFailed extends Schema.TaggedError<DemoFailed>()("DemoFailed", {
  awaited: Schema.String,
  log: Schema.String
}) {
  readonly code = "demo_failed"
  override get message(): string {
    return `the demo waited in vain for ${this.awaited}; the gateway's log ended with:\n${this.log}`
  }
  get hint(): string {
    return "Run it again; if it fails again, please report it with the lines above."
  }
}

/** A conversation was asked for where nobody can type. */
export class NotATerminal extends Schema.TaggedError<NotATerminal>()("NotATerminal", {}) {
  readonly code = "not_a_terminal"
  override get message(): string {
    return "demo --interactive needs a terminal to read from"
  }
  get hint(): string {
    return "Run it in a terminal, or leave --interactive out to watch."
  }
}
