/**
 * The times of a cluster, each of which is only right beside the others. What a host took is another's for the taking
 * `EXPIRES` after it was renewed last. It is renewed every `RENEWS`, and where that has not succeeded for as long again,
 * the engine stops all that ran by it, after twice `RENEWS` at the latest. Where it cannot even do that, because the
 * process stands still, what it started is ended after `HELD`, by the warden.
 */
import { Duration } from "effect"

export const EXPIRES = Duration.seconds(10)
export const RENEWS = Duration.seconds(3)
export const HELD = Duration.seconds(8)

/** How long a host has to be there until what prefers it comes back: what is stopped and begun anew is not answered. */
export const SETTLES = Duration.seconds(10)

/** What the engine is told of these times; a host that is lost is seen a second after its locks expired. */
export const shardingTimes = {
  shardLockExpiration: EXPIRES,
  shardLockRefreshInterval: RENEWS,
  refreshAssignmentsInterval: Duration.seconds(1),
  // Also how long the engine waits until it tries again to take what it could not.
  entityMessagePollInterval: Duration.seconds(2),
  shardLockDisableAdvisory: true
} as const
