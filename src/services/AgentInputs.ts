/** What agents are given, as it is given: for `agent test`. A gateway that runs looks at none of it. */
import { Context, Effect } from "effect"

/**
 * What an agent is given for a turn: what a program reads and the arguments that it is run with, or what is sent to an
 * address. Keys are in neither: they stand in headers and environments.
 */
export type AgentInput =
  | {
      readonly _tag: "Program"
      readonly program: string
      readonly args: ReadonlyArray<string>
      readonly input: string
    }
  | { readonly _tag: "Request"; readonly url: string; readonly body: unknown }

export class AgentInputs extends Context.Reference<AgentInputs>()("imsg-gateway/AgentInputs", {
  defaultValue: () => ({ saw: (_: AgentInput): Effect.Effect<void> => Effect.void })
}) {}

/** To be called right before an agent is given something. */
export const noteInput = (input: AgentInput): Effect.Effect<void> =>
  Effect.flatMap(AgentInputs, ({ saw }) => saw(input))
