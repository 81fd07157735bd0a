/** Failures of an agent to answer. None of their messages carries anybody's words. */
import { Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

/** The agent failed to answer a turn. `stderr` is the end of what it complained of. */
export class AgentFailed extends GatewayError<AgentFailed>()("AgentFailed", {
  code: "agent_failed",
  fields: {
    agentId: Schema.String,
    detail: Schema.String,
    stderr: Schema.String.pipe(Schema.optionalWith({ exact: true }))
  },
  message: ({ agentId, detail }) => `agent ${agentId} failed: ${detail}`,
  hint: "Run the agent's command by hand with the same input; the turn is tried three times, then kept as a dead letter, with the end of what the agent wrote to stderr."
}) {
  /** The message with the complaints, for the dead letter alone: agents repeat what they were told. */
  get report(): string {
    return this.stderr === undefined ? this.message : `${this.message}: ${this.stderr}`
  }
}

/** The agent did not answer a turn in time; its whole process group was ended. */
export class AgentTimeout extends GatewayError<AgentTimeout>()("AgentTimeout", {
  code: "agent_timeout",
  fields: { agentId: Schema.String, afterMs: Schema.Number },
  message: ({ afterMs, agentId }) => `agent ${agentId} did not answer within ${afterMs} ms`,
  hint: "Raise agents.list[].runtime.timeoutMs if the agent needs longer."
}) {
  get report(): string {
    return this.message
  }
}
