/**
 * Messages that wait under another shard than their session has now: those of an agent whose hosts were changed, and those
 * that a gateway stored while it was alone. Their shard is of a group that no host may take any more, or that a host takes
 * which has not the agent's program. Whoever takes the shard that they lie under, and so is the only one who could read
 * them, puts them where they belong before anything is read.
 */
import { MessageStorage, type ShardId } from "@effect/cluster"
import { Effect, Layer } from "effect"
import { isObject } from "../../schemas/config/keys.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { Database } from "../database/Database.ts"

interface Stray {
  readonly shard: string
  readonly entity_id: string
}

interface StrayRow {
  readonly seq: number
  readonly envelope: string
}

/** The group and the number of a shard, as they are written (`group:number`). */
const partsOf = (shard: string): { readonly group: string; readonly id: string } => {
  const colon = shard.lastIndexOf(":")
  return { group: shard.slice(0, colon), id: shard.slice(colon + 1) }
}

/** An envelope with the group in its address, by which the engine knows it; one that cannot be read stays as it is. */
const withGroup = (envelope: string, group: string): string => {
  const read: unknown = JSON.parse(envelope)
  if (!isObject(read) || !isObject(read.address) || !isObject(read.address.shardId)) return envelope
  const address = { ...read.address, shardId: { ...read.address.shardId, group } }
  return JSON.stringify({ ...read, address })
}

/** The groups of sessions as they are now, by their keys. */
type GroupOf = (sessionKey: string) => string

export const makeStrayMessages = (database: Database["Type"]) => {
  const sessionsOf = database.prepare<Stray>(`
    SELECT DISTINCT shard, entity_id FROM mailbox
    WHERE processed = 0 AND entity_type = 'Session' AND shard IN (SELECT value FROM json_each(?))`)
  const allShards = database.prepare<Pick<Stray, "shard">>(
    "SELECT DISTINCT shard FROM mailbox WHERE processed = 0 AND entity_type = 'Session'"
  )
  const waiting = database.prepare<StrayRow>(`
    SELECT seq, envelope FROM mailbox
    WHERE processed = 0 AND entity_type = 'Session' AND entity_id = ? AND shard = ? ORDER BY seq`)
  const move = database.prepare("UPDATE mailbox SET shard = ?, envelope = ? WHERE seq = ?")

  return {
    /** Puts what waits under some shards, which nobody reads meanwhile, where it belongs. How many messages were moved. */
    gather: (shards: ReadonlyArray<string>, groupOf: GroupOf): Effect.Effect<number, StoreUnavailable> =>
      database.write(function* () {
        let moved = 0
        for (const { entity_id, shard } of yield* sessionsOf.all(JSON.stringify(shards))) {
          const { group, id } = partsOf(shard)
          const own = groupOf(entity_id)
          if (own === group) continue
          for (const { envelope, seq } of yield* waiting.all(entity_id, shard)) {
            yield* move.run(`${own}:${id}`, withGroup(envelope, own), seq)
            moved += 1
          }
        }
        // Whoever has their shards has looked past them.
        if (moved > 0) yield* database.tell({ topic: "mailbox", of: "" })
        return moved
      }),
    /** The shards that something waits under and whose groups are none of these: no host takes them. */
    without: (groups: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<string>, StoreUnavailable> =>
      database.read(function* () {
        const shards = (yield* allShards.all()).map(({ shard }) => shard)
        return shards.filter((shard) => !groups.includes(partsOf(shard).group)).sort()
      })
  }
}

/** The storage of the layer before, which gathers the strays of the shards that the engine has taken, before it reads. */
export const layer = (
  groupOf: Effect.Effect<GroupOf>
): Layer.Layer<MessageStorage.MessageStorage, never, Database | MessageStorage.MessageStorage> =>
  Layer.effect(
    MessageStorage.MessageStorage,
    Effect.gen(function* () {
      const storage = yield* MessageStorage.MessageStorage
      const { gather } = makeStrayMessages(yield* Database)
      const gatherOf = (shardIds: Iterable<ShardId.ShardId>) =>
        Effect.flatMap(groupOf, (groups) =>
          gather(
            Array.from(shardIds, (shardId) => `${shardId}`),
            groups
          )
        ).pipe(
          Effect.tap((moved) =>
            moved === 0
              ? Effect.void
              : Effect.annotateLogs(
                  Effect.logInfo("messages that wait were moved to the hosts that their agents run on"),
                  { moved }
                )
          ),
          // They are read where they are then, and not lost.
          Effect.catchAll(({ hint, message }) =>
            Effect.annotateLogs(
              Effect.logWarning(
                `messages of agents whose hosts were changed could not be moved to these: ${message}`
              ),
              { hint }
            )
          )
        )
      return MessageStorage.MessageStorage.of({
        ...storage,
        resetShards: (shardIds) => {
          const all = [...shardIds]
          return Effect.zipRight(gatherOf(all), storage.resetShards(all))
        }
      })
    })
  )
