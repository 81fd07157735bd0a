/** Whether a turn is over, or was begun: then its agent is not asked again, under whichever config it was asked. */
import { Effect } from "effect"
import { BegunTurns } from "../../services/BegunTurns.ts"
import { DeadLetters } from "../../services/DeadLetters.ts"
import { Outbox } from "../../services/Outbox.ts"

/** A turn by its id, and the account of its messages. */
export interface TurnRef {
  readonly id: string
  readonly accountId: string
}

/** The functions that ask the store for the end of a turn. One with nothing to say leaves none, unless its agent has tools. */
export const makeTurnEnd = Effect.gen(function* () {
  const { isAccepted } = yield* Outbox
  const deadLetters = yield* DeadLetters
  const { stateOf } = yield* BegunTurns

  /** Whether the turn got as far as its reply. */
  const isAnswered = (turn: TurnRef) => isAccepted(turn)

  /** How often the turn failed for good. */
  const failures = ({ id }: TurnRef) => deadLetters.failures("Turn", id)

  const isOver = (turn: TurnRef) =>
    Effect.flatMap(isAnswered(turn), (is) =>
      is ? Effect.succeed(true) : Effect.map(failures(turn), (count) => count > 0)
    )

  /** Whether others may still join the message of a turn: it is not over, nor was given to an agent with tools. */
  const isNew = (turn: TurnRef) =>
    Effect.flatMap(isOver(turn), (is) =>
      is
        ? Effect.succeed(false)
        : Effect.map(stateOf({ keys: [turn.id], attempt: 0 }), (state) => state === "unbegun")
    )

  return { isAnswered, failures, isOver, stateOf, isNew }
})

/** Those functions. */
export type TurnEnd = Effect.Effect.Success<typeof makeTurnEnd>
