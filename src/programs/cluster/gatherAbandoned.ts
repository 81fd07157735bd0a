/**
 * What waits under shards of groups that the config has not any more, and that so no host takes: a host takes each of these
 * shards itself, if nobody else has it, gathers what lies there, and gives it back. Hosts that still go by an older config
 * keep what is theirs; what they leave is found by the next look.
 *
 * An agent that this config does not have may be one that another host's has already, which is away for a moment: what is
 * for it is left to that host for some minutes.
 */
import { type RunnerAddress, RunnerStorage, ShardId } from "@effect/cluster"
import { Duration, Effect, Ref, Schedule } from "effect"
import { messageOf } from "../../schemas/errors/messageOf.ts"
import type { ShardGroups } from "../../services/Actors.ts"
import { monotonicMillis } from "../account/supervision/monotonic.ts"

/** What is asked of the store (see `layers/mailbox/strayMessages.ts`). */
interface Strays<E> {
  readonly without: (groups: ReadonlyArray<string>) => Effect.Effect<ReadonlyArray<string>, E>
  readonly gather: (
    shards: ReadonlyArray<string>,
    groupOf: (sessionKey: string) => string | undefined
  ) => Effect.Effect<number, E>
}

interface Groups extends Pick<ShardGroups, "ofKnownSession" | "ofSession"> {
  readonly all: ReadonlyArray<string>
}

const EVERY = "1 minute"
/** For how long no host has had a shard by then that what is for agents unknown here is gathered as well. */
const LEFT_MS = Duration.toMillis("10 minutes")

/** The effect that gathers what nobody takes, once, and answers how many messages were moved. */
export const makeGatherAbandoned = <E>(
  address: RunnerAddress.RunnerAddress,
  { gather, without }: Strays<E>,
  { all, ofKnownSession, ofSession }: Groups
) =>
  Effect.map(Ref.make<ReadonlyMap<string, number>>(new Map()), (freeSince) => {
    /** Those of the shards that nobody has had at each look of the last minutes. */
    const leftFor = (taken: ReadonlyArray<string>) =>
      Effect.gen(function* () {
        const now = yield* monotonicMillis
        const before = yield* Ref.get(freeSince)
        const since = new Map(taken.map((shard) => [shard, before.get(shard) ?? now]))
        yield* Ref.set(freeSince, since)
        return taken.filter((shard) => now - (since.get(shard) ?? now) >= LEFT_MS)
      })

    const gatherTaken = (taken: ReadonlyArray<string>) =>
      Effect.gen(function* () {
        const left = yield* leftFor(taken)
        if (taken.length === 0) return 0
        const moved = yield* gather(taken, ofKnownSession)
        return left.length === 0 ? moved : moved + (yield* gather(left, ofSession))
      })

    return Effect.gen(function* () {
      const { acquire, release } = yield* RunnerStorage.RunnerStorage
      const shards = yield* without(all)
      if (shards.length === 0) return yield* gatherTaken([])
      return yield* Effect.acquireUseRelease(
        acquire(address, shards.map(ShardId.ShardId.fromString)),
        (taken) => gatherTaken(taken.map((shard) => `${shard}`)),
        // Those that cannot be given back expire.
        (taken) => Effect.forEach(taken, (shard) => Effect.ignore(release(address, shard)), { discard: true })
      )
    })
  })

/** The engine's storage wraps what the database said. */
const reasonOf = (error: unknown): string =>
  messageOf(error instanceof Error ? (error.cause ?? error) : error)

/** Looks for what nobody takes, now and from time to time, for ever. */
export const keepGathering = <E>(...args: Parameters<typeof makeGatherAbandoned<E>>) =>
  Effect.flatMap(makeGatherAbandoned(...args), (gatherAbandoned) =>
    gatherAbandoned.pipe(
      Effect.catchAll((error) =>
        Effect.logWarning(
          `messages that no host takes could not be moved, which is tried again in ${EVERY}: ${reasonOf(error)}`
        )
      ),
      Effect.repeat(Schedule.spaced(EVERY)),
      Effect.zipRight(Effect.never)
    )
  )
