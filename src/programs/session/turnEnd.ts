/** Whether a turn is over: then its agent is not asked again, under whichever config it was asked. */
import { EntityAddress, EntityId, MessageStorage, Sharding } from "@effect/cluster"
import { Effect, Option } from "effect"
import { AccountActor } from "../../schemas/Actors.ts"
import { DeadLetters } from "../../services/DeadLetters.ts"

/** A turn by its id, and the account of its messages. */
export interface TurnRef {
  readonly id: string
  readonly accountId: string
}

/** The functions that ask the store for the end of a turn. One with nothing to say leaves none. */
export const makeTurnEnd = Effect.gen(function* () {
  const storage = yield* MessageStorage.MessageStorage
  const sharding = yield* Sharding.Sharding
  const deadLetters = yield* DeadLetters

  /** Whether the turn got as far as its reply. */
  const isAnswered = ({ accountId, id }: TurnRef) => {
    const entityId = EntityId.make(accountId)
    const address = EntityAddress.make({
      entityId,
      entityType: AccountActor.type,
      shardId: sharding.getShardId(entityId, AccountActor.getShardGroup(entityId))
    })
    return Effect.map(storage.requestIdForPrimaryKey({ address, tag: "Deliver", id }), Option.isSome)
  }

  /** How often the turn failed for good. */
  const failures = ({ id }: TurnRef) => deadLetters.failures("Turn", id)

  const isOver = (turn: TurnRef) =>
    Effect.flatMap(isAnswered(turn), (is) =>
      is ? Effect.succeed(true) : Effect.map(failures(turn), (count) => count > 0)
    )

  return { isAnswered, failures, isOver }
})

/** Those functions. */
export type TurnEnd = Effect.Effect.Success<typeof makeTurnEnd>
