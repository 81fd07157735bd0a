/**
 * What waits under shards of groups that the config has not any more, and that so no host takes: a host takes each of these
 * shards itself, if nobody else has it, gathers what lies there, and gives it back. Hosts that still go by an older config
 * keep what is theirs; what they leave is found by the next look.
 */
import { type RunnerAddress, RunnerStorage, ShardId } from "@effect/cluster"
import { Effect, Schedule } from "effect"
import { messageOf } from "../../schemas/errors/messageOf.ts"

/** What is asked of the store (see `layers/mailbox/strayMessages.ts`). */
interface Strays<E> {
  readonly without: (groups: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<string>, E>
  readonly gather: (
    shards: ReadonlyArray<string>,
    groupOf: (sessionKey: string) => string
  ) => Effect.Effect<number, E>
}

interface Groups {
  readonly all: ReadonlyArray<string>
  readonly of: (sessionKey: string) => string
}

const EVERY = "1 minute"

/** Gathers what nobody takes, once. How many messages were moved. */
export const gatherAbandoned = <E>(address: RunnerAddress.RunnerAddress, strays: Strays<E>, groups: Groups) =>
  Effect.gen(function* () {
    const { acquire, release } = yield* RunnerStorage.RunnerStorage
    const shards = yield* strays.without(groups.all)
    if (shards.length === 0) return 0
    return yield* Effect.acquireUseRelease(
      acquire(address, shards.map(ShardId.ShardId.fromString)),
      (taken) =>
        taken.length === 0
          ? Effect.succeed(0)
          : strays.gather(
              taken.map((shard) => `${shard}`),
              groups.of
            ),
      // Those that cannot be given back expire.
      (taken) => Effect.forEach(taken, (shard) => Effect.ignore(release(address, shard)), { discard: true })
    )
  })

/** The engine's storage wraps what the database said. */
const reasonOf = (error: unknown): string =>
  messageOf(error instanceof Error ? (error.cause ?? error) : error)

/** Looks for what nobody takes, now and from time to time, for ever. */
export const keepGathering = <E>(...args: Parameters<typeof gatherAbandoned<E>>) =>
  gatherAbandoned(...args).pipe(
    Effect.catchAll((error) =>
      Effect.logWarning(
        `messages that no host takes could not be moved, which is tried again in ${EVERY}: ${reasonOf(error)}`
      )
    ),
    Effect.repeat(Schedule.spaced(EVERY)),
    Effect.zipRight(Effect.never)
  )
