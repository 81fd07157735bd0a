/** A turn as JSON, for programs and servers. */
import { Effect, Schema } from "effect"
import type { AgentConfig } from "../../schemas/Config.ts"
import { prompt } from "../../schemas/prompt.ts"
import { Turn } from "../../schemas/Turn.ts"

const encodeTurn = Schema.encode(Turn)

/** The turn with its prompt, as one line of JSON. */
export const turnAsJson = (agent: AgentConfig, turn: Turn): Effect.Effect<string> =>
  Effect.orDie(encodeTurn(turn)).pipe(
    Effect.map((encoded) => JSON.stringify({ ...encoded, prompt: prompt(turn, agent) }))
  )
