/** What came of asking an agent once. */
import type { AgentConfig } from "../../../schemas/Config.ts"
import type { Part } from "../../../schemas/Delivery.ts"
import type { AgentError } from "../../../schemas/errors/agent.ts"
import type { AgentInput } from "../../../services/AgentInputs.ts"

/** What the gateway would have logged on the way: why a file is left out, what a program wrote to stderr. */
export interface Note {
  readonly message: string
  readonly code?: string
  readonly hint?: string
  readonly stderr?: string
}

export interface Tried {
  readonly agent: AgentConfig
  /** What it was given; several where it was asked again with less. */
  readonly inputs: ReadonlyArray<AgentInput>
  /** The messages that would be sent, in order. */
  readonly parts: ReadonlyArray<Part>
  /** Signs of life that it gave. */
  readonly interim: ReadonlyArray<string>
  readonly notes: ReadonlyArray<Note>
  readonly durationMs: number
  /** Why there is no answer, or no whole one. */
  readonly error?: AgentError
}
