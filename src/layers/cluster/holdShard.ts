/**
 * Holding a shard without being a host: for a command that does what an account's host would, so that none begins to do it
 * meanwhile. It is held as a host holds it, in the same table and for as long, and what is written in its name is refused
 * once it is another's.
 */
import { Duration, Effect, Schedule, type Scope } from "effect"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { Database } from "../database/Database.ts"
import { waitAtMost } from "../process/waitAtMost.ts"
import { ADDRESS_OF_HOLDER } from "./holder.ts"
import { EXPIRES, RENEWS } from "./timing.ts"

/** How long giving it back may take, in ms; after that it expires. */
const GIVE_BACK_MS = 2000

/** The text of the shard of an actor, as the engine has it: a test compares them. */
export const shardOf = (actor: string, group: string, shardsPerGroup: number): string => {
  let hash = 5381
  for (let at = actor.length - 1; at >= 0; at--) hash = (hash * 33) ^ actor.charCodeAt(at)
  const number = (hash & 0xbfffffff) | ((hash >>> 1) & 0x40000000)
  return `${group}:${Math.abs(number % shardsPerGroup) + 1}`
}

/**
 * Takes a shard until the scope closes, as `holder`. Where it is taken it answers who has it: the name of the host where
 * that is known, else its address.
 */
export const holdShard = (
  shard: string,
  holder: string
): Effect.Effect<string | undefined, StoreUnavailable, Database | Scope.Scope> =>
  Effect.gen(function* () {
    const database = yield* Database
    const take = database.prepare(
      `INSERT INTO cluster_locks (shard_id, address, acquired_at) VALUES (?, ?, now())
       ON CONFLICT (shard_id) DO UPDATE SET address = excluded.address, acquired_at = excluded.acquired_at
       WHERE cluster_locks.acquired_at < now() - INTERVAL '${Duration.toSeconds(EXPIRES)} seconds'`
    )
    const renew = database.prepare(
      "UPDATE cluster_locks SET acquired_at = now() WHERE shard_id = ? AND address = ?"
    )
    const giveBack = database.prepare("DELETE FROM cluster_locks WHERE shard_id = ? AND address = ?")
    const selectHolder = database.prepare<{ readonly name: string }>(
      `SELECT coalesce(hosts.name, ${ADDRESS_OF_HOLDER}) AS name
       FROM cluster_locks LEFT JOIN hosts ON hosts.address = ${ADDRESS_OF_HOLDER} WHERE shard_id = ?`
    )
    const { changes } = yield* Effect.acquireRelease(
      database.write(() => take.run(shard, holder)),
      ({ changes }) =>
        changes === 0
          ? Effect.void
          : waitAtMost(Effect.ignore(database.write(() => giveBack.run(shard, holder))), GIVE_BACK_MS)
    )
    if (changes === 0) {
      const other = yield* database.read(() => selectHolder.get(shard))
      return other?.name ?? "another host"
    }
    yield* Effect.ignore(database.write(() => renew.run(shard, holder))).pipe(
      Effect.repeat(Schedule.spaced(RENEWS)),
      Effect.interruptible,
      Effect.forkScoped
    )
    return undefined
  })
