/**
 * The cluster's message storage on the gateway's store. It keeps what the stock SQL driver keeps, with a statement
 * or two where that one takes a transaction of four: see docs/bench.md for what it is worth.
 */
import {
  ClusterError,
  type Envelope,
  MessageStorage,
  type Reply,
  ShardId,
  Sharding,
  Snowflake
} from "@effect/cluster"
import { Clock, Context, Effect, Exit, Layer, Option, Predicate, Stream } from "effect"
import { isLost, type StoreUnavailable, storeRetries } from "../../schemas/errors/store.ts"
import { tryAgain } from "../../schemas/errors/tryAgain.ts"
import { PausedLanes } from "../../services/PausedLanes.ts"
import { Database } from "../database/Database.ts"
import * as Step from "../database/Step.ts"
import { makeReadings, type WaitingRow } from "./readings.ts"
import { addressOf, NO_LANE, type Shared, UNSHARED, type Window } from "./windows.ts"

interface KnownRow {
  readonly id: string
  readonly exit: string | null
  readonly chunk: string | null
}

// Snowflakes have 63 bits: they go in as bigints and come out as text, for a number would round them.
const SELECT_WAITING = `
  SELECT m.seq, m.shard, m.entity_type, m.entity_id, m.lane, m.deliver_at, m.envelope, c.reply AS chunk,
    CASE m.kind WHEN 'Request' THEN m.seq
      ELSE coalesce((SELECT r.seq FROM mailbox r WHERE r.request_id = m.request_id AND r.kind = 'Request'), 0)
    END AS request_seq,
    EXISTS (SELECT 1 FROM mailbox_chunk u WHERE u.request_id = m.request_id AND u.acked = 0) AS is_unacked
  FROM mailbox m LEFT JOIN mailbox_chunk c ON c.id = m.last_chunk_id
  WHERE m.processed = 0`

/** In the place of an envelope whose words nothing needs any more. Its key stays: what is saved again is known by it. */
const NO_ENVELOPE = "{}"

/** The ids of messages that are listed in JSON, as numbers: some have more digits than JavaScript's. */
const LISTED_IDS = "(SELECT CAST(value AS BIGINT) FROM json_each(?))"

const failed = <A>(
  effect: Effect.Effect<A, StoreUnavailable>
): Effect.Effect<A, ClusterError.PersistenceError> =>
  Effect.mapError(effect, (cause) => new ClusterError.PersistenceError({ cause }))

const shardOf = ({ address }: Envelope.Envelope.Encoded): string => ShardId.ShardId.toString(address.shardId)

const hasShard = (envelope: unknown): boolean =>
  Predicate.hasProperty(envelope, "address") && Predicate.hasProperty(envelope.address, "shardId")

/**
 * With the shard in its address that its row lies under by now: the engine knows it by that. One that cannot be read stays
 * as it is: the engine answers it by a defect, and goes on with the others.
 */
const movedTo = (shard: string, envelope: Envelope.Envelope.Encoded): Envelope.Envelope.Encoded =>
  !hasShard(envelope) || shardOf(envelope) === shard
    ? envelope
    : {
        ...envelope,
        address: { ...envelope.address, shardId: ShardId.ShardId.fromStringEncoded(shard) }
      }

/** Which requests of an actor can be paused together. */
export interface Lanes {
  /** The lane of a request; `NO_LANE` for one that is never paused. */
  readonly laneOf: (request: Envelope.Request.Encoded) => string
  /** How many requests of paused lanes may be with an actor beside the others, by its type. */
  readonly pausedOf: (entityType: string) => Window["paused"]
}

const noLanes: Lanes = { laneOf: () => NO_LANE, pausedOf: () => 0 }

/** How much an actor is handed at once, and a latch that opens when one has room for more of what waits for it. */
class MailboxWindows extends Context.Tag("imsg-gateway/MailboxWindows")<
  MailboxWindows,
  {
    readonly windowOf: (entityType: string) => number
    readonly lanes: Lanes
    readonly shared: Shared
    readonly forgetsFinished: boolean
    readonly room: Effect.Latch
  }
>() {}

const make = Effect.gen(function* () {
  const database = yield* Database
  const { forgetsFinished, lanes, room, shared, windowOf } = yield* MailboxWindows
  // What comes for a request that is finished, an interrupt too late, waits for nothing.
  const insert = database.prepare(`
    INSERT INTO mailbox
      (id, message_key, shard, entity_type, entity_id, kind, request_id, envelope, deliver_at, lane, processed)
    VALUES
      (?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
        CASE WHEN EXISTS (SELECT 1 FROM mailbox WHERE request_id = ? AND exit IS NOT NULL) THEN 1 ELSE 0 END)
    ON CONFLICT (message_key) DO NOTHING`)
  const laneOfRequest = database.prepare<{ readonly lane: string }>(
    "SELECT lane FROM mailbox WHERE request_id = ? AND kind = 'Request'"
  )
  const known = database.prepare<KnownRow>(`
    SELECT CAST(m.id AS TEXT) AS id, m.exit, c.reply AS chunk
    FROM mailbox m LEFT JOIN mailbox_chunk c ON c.id = m.last_chunk_id WHERE m.message_key = ?`)
  const ackChunk = database.prepare("UPDATE mailbox_chunk SET acked = 1 WHERE id = ?")
  const closeAcks = database.prepare(
    "UPDATE mailbox SET processed = 1 WHERE request_id = ? AND kind = 'AckChunk' AND processed = 0"
  )
  const finish = database.prepare<{ readonly seq: number }>(
    `UPDATE mailbox SET processed = 1, exit = CASE WHEN kind = 'Request' THEN CAST(? AS TEXT) END, finished_at = ?
       ${forgetsFinished ? `, envelope = '${NO_ENVELOPE}'` : ""}
     WHERE request_id = ? RETURNING seq`
  )
  const addChunk = database.prepare("INSERT INTO mailbox_chunk (id, request_id, reply) VALUES (?, ?, ?)")
  const setChunk = database.prepare(
    "UPDATE mailbox SET last_chunk_id = ? WHERE request_id = ? AND kind = 'Request'"
  )
  const dropInterrupts = database.prepare("DELETE FROM mailbox WHERE request_id = ? AND kind = 'Interrupt'")
  const reopen = database.prepare<{ readonly seq: number }>(
    `UPDATE mailbox SET processed = 0, exit = NULL, finished_at = NULL, last_chunk_id = NULL
     WHERE request_id = ? AND envelope <> '${NO_ENVELOPE}' RETURNING seq`
  )
  const exits = database.prepare<{ readonly reply: string }>(`
    SELECT exit AS reply FROM mailbox
    WHERE request_id IN ${LISTED_IDS} AND exit IS NOT NULL ORDER BY seq`)
  const chunks = database.prepare<{ readonly reply: string }>(`
    SELECT reply FROM mailbox_chunk
    WHERE request_id IN ${LISTED_IDS} AND acked <= ? ORDER BY id`)
  const waiting = database.prepare<WaitingRow>(`${SELECT_WAITING} AND m.seq > ? ORDER BY m.seq LIMIT ?`)
  const waitingWithout = database.prepare<WaitingRow>(`${SELECT_WAITING} AND m.seq > ?
    AND m.shard NOT IN (SELECT value FROM json_each(?))
    AND (m.kind <> 'Request' OR (
      m.entity_type || '/' || m.entity_id NOT IN (SELECT value FROM json_each(?)) AND (m.lane = '' OR
        m.entity_type || '/' || m.entity_id || '\n' || m.lane NOT IN (SELECT value FROM json_each(?)))))
    ORDER BY m.seq LIMIT ?`)
  const waitingOf = database.prepare<WaitingRow>(`${SELECT_WAITING} AND m.entity_type = ? AND m.entity_id = ?
    AND m.seq >= ? AND m.lane NOT IN (SELECT value FROM json_each(?)) ORDER BY m.seq LIMIT ?`)
  const latest = database.prepare<{ readonly seq: number | null }>("SELECT max(seq) AS seq FROM mailbox")
  const waitingById = database.prepare<WaitingRow>(
    `${SELECT_WAITING} AND m.kind = 'Request' AND m.request_id IN ${LISTED_IDS} ORDER BY m.seq`
  )
  const clearChunks = database.prepare(`
    DELETE FROM mailbox_chunk WHERE request_id IN
      (SELECT request_id FROM mailbox WHERE entity_type = ? AND entity_id = ?)`)
  const clearMailbox = database.prepare("DELETE FROM mailbox WHERE entity_type = ? AND entity_id = ?")

  const readings = makeReadings(
    {
      after: (seq, { addresses, lanes, shards }, limit) =>
        // Mostly there is nothing to be left out, and to look through empty lists is half of what a look costs.
        addresses.length + lanes.length + shards.length === 0
          ? waiting.all(seq, limit)
          : waitingWithout.all(seq, ...[shards, addresses, lanes].map((list) => JSON.stringify(list)), limit),
      of: ({ entityId, entityType }, from, withoutLanes, limit) =>
        waitingOf.all(entityType, entityId, from, JSON.stringify(withoutLanes), limit),
      latest: () => Step.map(latest.get(), (row) => row?.seq ?? 0)
    },
    (entityType) => ({ actor: windowOf(entityType), paused: lanes.pausedOf(entityType) }),
    shared,
    () => room.unsafeOpen()
  )

  const jsonOfIds = (ids: Iterable<string | Snowflake.Snowflake>): string => `[${[...ids].join(",")}]`
  const replyOf = (json: string): Reply.ReplyEncoded<never> => JSON.parse(json)
  const messageOf = (
    row: WaitingRow
  ): { envelope: Envelope.Envelope.Encoded; lastSentReply: Option.Option<Reply.ReplyEncoded<never>> } => ({
    envelope: movedTo(row.shard, JSON.parse(row.envelope)),
    lastSentReply: Option.map(Option.fromNullable(row.chunk), replyOf)
  })

  const insertEnvelope: (
    envelope: Envelope.Envelope.Encoded,
    key: string | null,
    deliverAt: number | null
  ) => Step.Step<boolean> = function* (envelope, key, deliverAt) {
    const { address } = envelope
    const shard = shardOf(envelope)
    const id = envelope._tag === "Request" ? envelope.requestId : envelope.id
    // What is about a request comes after it.
    const lane =
      envelope._tag === "Request"
        ? lanes.laneOf(envelope)
        : (yield* laneOfRequest.get(BigInt(envelope.requestId)))?.lane
    const { changes } = yield* insert.run(
      BigInt(id),
      key,
      shard,
      address.entityType,
      address.entityId,
      envelope._tag,
      BigInt(envelope.requestId),
      JSON.stringify(envelope),
      deliverAt ?? 0,
      lane ?? NO_LANE,
      BigInt(envelope.requestId)
    )
    // Of its own shards the engine knows by itself.
    if (changes > 0 && !readings.isOwn(shard)) yield* database.tell({ topic: "mailbox", of: shard })
    return changes > 0
  }

  const duplicateOf: (key: string) => Step.Step<MessageStorage.SaveResult.Encoded> = function* (key) {
    const row = yield* known.get(key)
    if (row === undefined) throw new Error(`the message ${key} is neither new nor there`)
    return MessageStorage.SaveResultEncoded.Duplicate({
      originalId: Snowflake.Snowflake(row.id),
      lastReceivedReply: Option.map(Option.fromNullable(row.exit ?? row.chunk), replyOf)
    })
  }

  const repliesOf: (ids: string, acked: 0 | 1) => Step.Step<Array<Reply.ReplyEncoded<never>>> = function* (
    ids,
    acked
  ) {
    const sent = yield* chunks.all(ids, acked)
    return [...sent, ...(yield* exits.all(ids))].map(({ reply }) => replyOf(reply))
  }

  yield* database.told.pipe(
    Stream.filter(({ of, topic }) => topic === "mailbox" && (of === "" || readings.isOwn(of))),
    Stream.runForEach(({ of }) =>
      Effect.sync(() => {
        if (of === "") readings.lookAgain()
        room.unsafeOpen()
      })
    ),
    Effect.interruptible,
    Effect.forkScoped
  )
  const oneAtATime = (yield* Effect.makeSemaphore(1)).withPermits(1)
  const pausedLanes = PausedLanes.of({
    pause: (actor, lane) => Effect.sync(() => readings.pause(addressOf(actor), lane)),
    resume: (actor, lane) => Effect.sync(() => readings.resume(addressOf(actor), lane)),
    resumeAll: (actor) => Effect.sync(() => readings.resumeAll(addressOf(actor)))
  })
  const storage = yield* MessageStorage.makeEncoded({
    saveEnvelope: ({ deliverAt, envelope, primaryKey }) =>
      failed(
        envelope._tag === "AckChunk"
          ? database.write(function* () {
              yield* ackChunk.run(BigInt(envelope.replyId))
              yield* closeAcks.run(BigInt(envelope.requestId))
              yield* insertEnvelope(envelope, null, deliverAt)
              return MessageStorage.SaveResultEncoded.Success()
            })
          : database.write(function* () {
              const isNew = yield* insertEnvelope(envelope, primaryKey, deliverAt)
              return isNew || primaryKey === null
                ? MessageStorage.SaveResultEncoded.Success()
                : yield* duplicateOf(primaryKey)
            })
      ),
    // The cluster gives up on a reply after a second, and its request would block a place in the mailbox for good.
    saveReply: (reply) =>
      (reply._tag === "WithExit"
        ? Effect.map(
            Effect.flatMap(Clock.currentTimeMillis, (now) =>
              database.write(() => finish.all(JSON.stringify(reply), now, BigInt(reply.requestId)))
            ),
            // Once it is committed: until then its place in the mailbox is taken.
            (rows) => {
              for (const { seq } of rows) readings.processed(seq)
            }
          )
        : database.write(function* () {
            yield* addChunk.run(BigInt(reply.id), BigInt(reply.requestId), JSON.stringify(reply))
            yield* setChunk.run(BigInt(reply.id), BigInt(reply.requestId))
          })
      ).pipe(
        tryAgain({ schedule: storeRetries, while: (error: StoreUnavailable) => !isLost(error) }),
        failed
      ),
    clearReplies: (requestId) =>
      database
        .write(function* () {
          yield* dropInterrupts.run(requestId)
          return yield* reopen.all(requestId)
        })
        .pipe(
          Effect.tap((rows) =>
            Effect.sync(() => {
              for (const { seq } of rows) readings.processed(seq)
              readings.lookAgain()
            })
          ),
          Effect.asVoid,
          Effect.uninterruptible,
          failed
        ),
    requestIdForPrimaryKey: (primaryKey) =>
      failed(
        database.read(() =>
          Step.map(known.get(primaryKey), (row) =>
            Option.map(Option.fromNullable(row), ({ id }) => Snowflake.Snowflake(id))
          )
        )
      ),
    repliesFor: (requestIds) => failed(database.read(() => repliesOf(jsonOfIds(requestIds), 0))),
    repliesForUnfiltered: (requestIds) => failed(database.read(() => repliesOf(jsonOfIds(requestIds), 1))),
    unprocessedMessages: (shardIds, now) =>
      database
        .read(() => Step.map(readings.take(new Set(shardIds), now), (rows) => rows.map(messageOf)))
        .pipe(
          Effect.onExit((exit) => Effect.sync(() => readings.end(Exit.isSuccess(exit)))),
          oneAtATime,
          failed
        ),
    unprocessedMessagesById: (messageIds, now) =>
      failed(
        database.read(() =>
          Step.map(waitingById.all(jsonOfIds(messageIds)), (rows) =>
            rows.filter((row) => row.deliver_at <= now && row.is_unacked === 0).map(messageOf)
          )
        )
      ),
    resetAddress: (address) =>
      Effect.sync(() => readings.forgetWhere((entry) => entry.address === addressOf(address))),
    clearAddress: (address) =>
      database
        .write(function* () {
          yield* clearChunks.run(address.entityType, address.entityId)
          yield* clearMailbox.run(address.entityType, address.entityId)
        })
        .pipe(
          Effect.map(() => readings.forgetWhere((entry) => entry.address === addressOf(address))),
          Effect.uninterruptible,
          failed
        ),
    resetShards: (shardIds) => {
      const shards = new Set<string>(shardIds)
      return Effect.sync(() => readings.forgetWhere(({ shard }) => shards.has(shard)))
    }
  })
  return Context.make(MessageStorage.MessageStorage, storage).pipe(Context.add(PausedLanes, pausedLanes))
})

/**
 * The storage. `windowOf` says how many requests may be with an actor of a type at once: less than its mailbox takes,
 * so that what waits, waits in the store; `shared` bounds what all of them are handed. A lane that is paused holds up
 * none of the other `lanes` of its actor. With `forgetsFinished` the content of a message leaves the store in the write
 * that finishes it, and its replies cannot be cleared to have it carried out again.
 */
export const layer = (
  windowOf: (entityType: string) => number,
  lanes: Lanes = noLanes,
  {
    forgetsFinished = false,
    shared = UNSHARED
  }: { readonly forgetsFinished?: boolean; readonly shared?: Shared } = {}
): Layer.Layer<MessageStorage.MessageStorage | PausedLanes | MailboxWindows, never, Database> =>
  Layer.scopedContext(make).pipe(
    Layer.provide(Snowflake.layerGenerator),
    Layer.provideMerge(
      Layer.effect(
        MailboxWindows,
        Effect.map(Effect.makeLatch(false), (room) => ({ windowOf, lanes, shared, forgetsFinished, room }))
      )
    )
  )

/** Has the cluster read what waits for an actor as soon as that has room; else it would look every few seconds. */
export const readMore: Layer.Layer<never, never, Sharding.Sharding | MailboxWindows> = Layer.scopedDiscard(
  Effect.gen(function* () {
    const { room } = yield* MailboxWindows
    const sharding = yield* Sharding.Sharding
    yield* room.await.pipe(
      Effect.zipRight(room.close),
      Effect.zipRight(sharding.pollStorage),
      Effect.forever,
      Effect.interruptible,
      Effect.forkScoped
    )
  })
)
