/** Failures of an agent to answer. None of their messages carries anybody's words. */
import { Schema } from "effect"

/** The agent failed to answer a turn. `stderr` is the end of what it complained of. */
export class AgentFailed extends Schema.TaggedError<AgentFailed>()("AgentFailed", {
  agentId: Schema.String,
  detail: Schema.String,
  stderr: Schema.optionalWith(Schema.String, { exact: true })
}) {
  readonly code = "agent_failed"
  override get message(): string {
    return `agent ${this.agentId} failed: ${this.detail}`
  }
  /** The message with the complaints, for the dead letter alone: agents repeat what they were told. */
  get report(): string {
    return this.stderr === undefined ? this.message : `${this.message}: ${this.stderr}`
  }
  get hint(): string {
    return "Run the agent's command by hand with the same input; the turn is tried three times, then kept as a dead letter, with the end of what the agent wrote to stderr."
  }
}

/** The agent did not answer a turn in time; its whole process group was ended. */
export class AgentTimeout extends Schema.TaggedError<AgentTimeout>()("AgentTimeout", {
  agentId: Schema.String,
  afterMs: Schema.Number
}) {
  readonly code = "agent_timeout"
  override get message(): string {
    return `agent ${this.agentId} did not answer within ${this.afterMs} ms`
  }
  get report(): string {
    return this.message
  }
  get hint(): string {
    return "Raise agents.list[].runtime.timeoutMs if the agent needs longer."
  }
}
