/**
 * Messages that wait under another shard than their session has now: those of an agent whose hosts were changed, and those
 * that a gateway stored while it was alone. Their shard is of a group that no host may take any more, or that a host takes
 * which has not the agent's program. Whoever takes the shard that they lie under, and so is the only one who could read
 * them, puts them where they belong before anything under it is read.
 */
import { MessageStorage } from "@effect/cluster"
import { Effect, Fiber, Layer, Schedule } from "effect"
import { isLost, type StoreUnavailable } from "../../schemas/errors/store.ts"
import { onBehalfOfShard } from "../../services/ActsFor.ts"
import { Database } from "../database/Database.ts"

/** What cannot be moved is tried again for so long, and then read where it is. */
const again = Schedule.spaced("1 second").pipe(Schedule.upTo("20 seconds"))
/** How long the engine waits for what is mostly nothing, in ms: it goes on without it, and reads that later. */
const WAITS_MS = 1000

interface Stray {
  readonly shard: string
  readonly entity_id: string
}

/** The group and the number of a shard, as they are written (`group:number`). */
const partsOf = (shard: string): { readonly group: string; readonly id: string } => {
  const colon = shard.lastIndexOf(":")
  return { group: shard.slice(0, colon), id: shard.slice(colon + 1) }
}

/** The groups of sessions as they are now, by their keys; none of one that stays where it is. */
type GroupOf = (sessionKey: string) => string | undefined

export const makeStrayMessages = (database: Database["Type"]) => {
  const sessionsOf = database.prepare<Stray>(`
    SELECT DISTINCT shard, entity_id FROM mailbox
    WHERE processed = 0 AND entity_type = 'Session' AND shard IN (SELECT value FROM json_each(?))`)
  const allShards = database.prepare<Pick<Stray, "shard">>(
    "SELECT DISTINCT shard FROM mailbox WHERE processed = 0 AND entity_type = 'Session'"
  )
  // What they say of their shard stays as it was written: whoever reads them goes by the row.
  const move = database.prepare(`
    UPDATE mailbox SET shard = ?
    WHERE processed = 0 AND entity_type = 'Session' AND entity_id = ? AND shard = ?`)

  /** Those of a session at once: who reads them there has all that came before what comes now. */
  const moveAll = ({ entity_id, shard }: Stray, group: string) =>
    database
      .write(function* () {
        const { changes } = yield* move.run(`${group}:${partsOf(shard).id}`, entity_id, shard)
        // Whoever has their shard has looked past them.
        if (changes > 0) yield* database.tell({ topic: "mailbox", of: "" })
        return changes
      })
      .pipe(onBehalfOfShard(shard))

  return {
    /** Puts what waits under some shards, which nobody reads meanwhile, where it belongs. How many messages were moved. */
    gather: (shards: ReadonlyArray<string>, groupOf: GroupOf): Effect.Effect<number, StoreUnavailable> =>
      // Without a write where there is nothing to move, which is nearly always.
      database
        .read(() => sessionsOf.all(JSON.stringify(shards)))
        .pipe(
          Effect.map((sessions) =>
            sessions.flatMap((session) => {
              const group = groupOf(session.entity_id)
              return group === undefined || group === partsOf(session.shard).group ? [] : [{ session, group }]
            })
          ),
          Effect.flatMap((strays) =>
            Effect.reduce(strays, 0, (moved, { group, session }) =>
              Effect.map(moveAll(session, group), (more) => moved + more)
            )
          )
        ),
    /** The shards that something waits under and whose groups are none of these: no host takes them. */
    without: (groups: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<string>, StoreUnavailable> =>
      database.read(function* () {
        const shards = (yield* allShards.all()).map(({ shard }) => shard)
        return shards.filter((shard) => !groups.includes(partsOf(shard).group)).sort()
      })
  }
}

/** What another host has taken over is that one's to gather. */
const isWorthwhile = (error: StoreUnavailable): boolean => error.trouble !== "fenced" && !isLost(error)

/**
 * The storage of the layer before, which gathers the strays of the shards that the engine has taken. Nothing of a shard
 * is read before that is done, however long it takes; what else the engine has it reads meanwhile.
 */
export const layer = (
  groupOf: Effect.Effect<GroupOf>
): Layer.Layer<MessageStorage.MessageStorage, never, Database | MessageStorage.MessageStorage> =>
  Layer.scoped(
    MessageStorage.MessageStorage,
    Effect.gen(function* () {
      const storage = yield* MessageStorage.MessageStorage
      const scope = yield* Effect.scope
      const { gather } = makeStrayMessages(yield* Database)
      /** The shards that are not read yet, by their texts, each with the taking that it waits for. */
      const ungathered = new Map<string, symbol>()
      const gatherOf = (shards: ReadonlyArray<string>) =>
        Effect.flatMap(groupOf, (groups) => gather(shards, groups)).pipe(
          Effect.retry({ schedule: again, while: isWorthwhile }),
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
      const begin = (shards: ReadonlyArray<string>) => {
        const taking = Symbol("taking")
        for (const shard of shards) ungathered.set(shard, taking)
        const end = Effect.sync(() => {
          for (const shard of shards) if (ungathered.get(shard) === taking) ungathered.delete(shard)
        })
        return Effect.forkIn(Effect.ensuring(Effect.interruptible(gatherOf(shards)), end), scope)
      }
      return MessageStorage.MessageStorage.of({
        ...storage,
        resetShards: (shardIds) => {
          const all = [...shardIds]
          // At once: the engine gives this little time, and does not ask whether it was done.
          return storage.resetShards(all).pipe(
            Effect.zipRight(
              Effect.uninterruptible(Effect.suspend(() => begin(all.map((shardId) => `${shardId}`))))
            ),
            Effect.flatMap((gathering) => Effect.timeoutOption(Fiber.await(gathering), WAITS_MS)),
            Effect.asVoid
          )
        },
        unprocessedMessages: (shardIds) =>
          Effect.suspend(() =>
            storage.unprocessedMessages([...shardIds].filter((shardId) => !ungathered.has(`${shardId}`)))
          )
      })
    })
  )
