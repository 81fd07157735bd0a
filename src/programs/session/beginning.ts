/** What is written down of a turn whose agent uses tools, so that it is not begun twice. Of others nothing is. */
import { Effect, Ref } from "effect"
import { type AgentError, mayAskAgain } from "../../schemas/errors/agent.ts"
import { BegunTurns, type TurnMessages } from "../../services/BegunTurns.ts"
import { stored } from "../effects/stored.ts"

export interface Beginning {
  /** The agent is given the turn now. */
  readonly begin: Effect.Effect<void>
  readonly failed: (error: AgentError) => Effect.Effect<void>
  readonly ended: (hasSpoken: boolean) => Effect.Effect<void>
}

/** The function that follows the beginning of a turn, by its messages. */
export const makeBeginning = Effect.map(
  BegunTurns,
  (begunTurns) =>
    (messages: TurnMessages): Effect.Effect<Beginning> =>
      Effect.map(Ref.make(false), (isBegun) => ({
        begin: Effect.zipRight(stored(begunTurns.begin(messages)), Ref.set(isBegun, true)),
        // Before the pause until it is asked again: who ends the gateway meanwhile breaks nothing off.
        failed: (error) =>
          Effect.whenEffect(
            Effect.zipRight(stored(begunTurns.takeBack(messages)), Ref.set(isBegun, false)),
            Effect.map(Ref.get(isBegun), (is) => is && mayAskAgain(error))
          ),
        // What was said is known by its delivery.
        ended: (hasSpoken) =>
          Effect.whenEffect(
            stored(begunTurns.end(messages)),
            Effect.map(Ref.get(isBegun), (is) => is && !hasSpoken)
          )
      }))
)
