/**
 * For which shard a fiber acts. Where several hosts share a database, what it writes is refused once another host has
 * taken the shard over: one that was paused, or cut off, does nothing more in the name of what it lost.
 */
import { Context, Effect, Option } from "effect"

export class ActsFor extends Context.Reference<ActsFor>()("imsg-gateway/ActsFor", {
  defaultValue: (): Option.Option<string> => Option.none()
}) {}

/** Runs what is done on behalf of an actor. `shard` is the text of its shard, `group:id`. */
export const onBehalfOfShard =
  (shard: string) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.provideService(effect, ActsFor, Option.some(shard))
