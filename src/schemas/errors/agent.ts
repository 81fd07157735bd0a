/** Failures of an agent to answer. None of them carries the text of a message. */
import { Schema } from "effect"

/** The agent failed to answer a turn. `attempt` counts from 1. */
export class AgentFailed extends Schema.TaggedError<AgentFailed>()("AgentFailed", {
  agentId: Schema.String,
  detail: Schema.String
}) {
  readonly code = "agent_failed"
  override get message(): string {
    return `agent ${this.agentId} failed: ${this.detail}`
  }
  get hint(): string {
    return "Run the agent's command by hand with the same input; the turn is tried three times, then kept as a dead letter."
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
  get hint(): string {
    return "Raise agents.list[].runtime.timeoutMs if the agent needs longer."
  }
}
