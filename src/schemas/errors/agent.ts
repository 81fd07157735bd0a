/** Failures of an agent to answer. None of their messages carries anybody's words. */
import { Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })

/** The message with what the agent said to it, for the dead letter alone: agents repeat what they were told. */
const reportOf = (message: string, said: string | undefined): string =>
  said === undefined ? message : `${message}: ${said}`

/**
 * The agent failed to answer a turn, which it may be asked again. `stderr` is the end of what it complained of, `said` the
 * beginning of what it answered.
 */
export class AgentFailed extends GatewayError<AgentFailed>()("AgentFailed", {
  code: "agent_failed",
  fields: {
    agentId: Schema.String,
    detail: Schema.String,
    stderr: optional(Schema.String),
    said: optional(Schema.String)
  },
  message: ({ agentId, detail }) => `agent ${agentId} failed: ${detail}`,
  hint: ({ agentId }) =>
    `The end of what it wrote to stderr, or the beginning of what it answered, says more: \`imsg-gateway agent test "hi" --agent ${agentId}\` prints it, and the dead letter of a turn that failed keeps it.`
}) {
  get report(): string {
    return reportOf(this.message, this.said ?? this.stderr)
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

/**
 * The agent could not even begin: nobody listens there, or it has no room for now. It is asked again, not before
 * `retryAfterMs` where it says so.
 */
export class AgentUnavailable extends GatewayError<AgentUnavailable>()("AgentUnavailable", {
  code: "agent_unavailable",
  fields: {
    agentId: Schema.String,
    detail: Schema.String,
    said: optional(Schema.String),
    retryAfterMs: optional(Schema.Number)
  },
  message: ({ agentId, detail }) => `agent ${agentId} cannot be asked: ${detail}`,
  hint: "See that its server runs and can be reached from here: `imsg-gateway doctor` asks it."
}) {
  get report(): string {
    return reportOf(this.message, this.said)
  }
}

/** The agent had begun when it failed, and what it has done by then must not be done twice: it is not asked again. */
export class AgentInterrupted extends GatewayError<AgentInterrupted>()("AgentInterrupted", {
  code: "agent_interrupted",
  fields: { agentId: Schema.String, detail: Schema.String, said: optional(Schema.String) },
  message: ({ agentId, detail }) => `agent ${agentId} failed in the middle of its answer: ${detail}`,
  hint: "The turn is not asked again by itself, for the agent may have done something already; `imsg-gateway deadletters retry` asks it anew."
}) {
  get report(): string {
    return reportOf(this.message, this.said)
  }
}

/** The agent refuses, and will until a person changes something: a key, a model's name, a program. */
export class AgentRefused extends GatewayError<AgentRefused>()("AgentRefused", {
  code: "agent_refused",
  fields: {
    agentId: Schema.String,
    detail: Schema.String,
    said: optional(Schema.String),
    advice: Schema.String
  },
  message: ({ agentId, detail }) => `agent ${agentId} refuses: ${detail}`,
  hint: ({ advice }) => advice
}) {
  get report(): string {
    return reportOf(this.message, this.said)
  }
}

export type AgentError = AgentFailed | AgentTimeout | AgentUnavailable | AgentInterrupted | AgentRefused

/** Whether an agent is asked again by itself after a failure. */
export const mayAskAgain = ({ _tag }: AgentError): boolean =>
  _tag !== "AgentInterrupted" && _tag !== "AgentRefused"

/** Nobody waits for a late reply to a turn. */
export class TurnNotAwaited extends GatewayError<TurnNotAwaited>()("TurnNotAwaited", {
  code: "turn_not_awaited",
  fields: { turnId: Schema.String },
  message: ({ turnId }) => `no reply to the turn ${turnId} is waited for`,
  hint: "It was answered already, its time (timeoutMs) is over, or the gateway was started anew and will ask again. A reply can come once, while a request that was answered with 202 is open."
}) {}
