/** Messages and replies of the cluster as a message storage sees them, with ids that a test can name. */
import {
  DeliverAt,
  EntityAddress,
  EntityId,
  EntityType,
  Envelope,
  Message,
  Reply,
  ShardId,
  Snowflake
} from "@effect/cluster"
import { Headers } from "@effect/platform"
import { Rpc } from "@effect/rpc"
import { Context, DateTime, Effect, Exit, Option, PrimaryKey, Schema } from "effect"

class KeyedText extends Schema.Class<KeyedText>("KeyedText")({ key: Schema.String }) {
  [PrimaryKey.symbol](): string {
    return this.key
  }
}

class TimedText extends Schema.Class<TimedText>("TimedText")({ at: Schema.Number }) {
  [DeliverAt.symbol](): DateTime.DateTime {
    return DateTime.unsafeMake(this.at)
  }
}

const Plain = Rpc.make("Plain", { payload: { text: Schema.String }, success: Schema.Number })
const Keyed = Rpc.make("Keyed", { payload: KeyedText, success: Schema.Number })
const Timed = Rpc.make("Timed", { payload: TimedText, success: Schema.Number })
const Counting = Rpc.make("Counting", { success: Schema.Number, stream: true })

/** A snowflake of 62 bits: more than a number holds. */
export const idOf = (id: number): Snowflake.Snowflake => Snowflake.Snowflake((1n << 61n) + BigInt(id))

/** The number that `idOf` was given. */
export const numberOf = (id: Snowflake.Snowflake): number => Number(id - (1n << 61n))

export const shard = (id: number): ShardId.ShardId => ShardId.make("default", id)

/** The address of an entity on a shard. */
export const addressOf = (entityId = "a", shardId = 1): EntityAddress.EntityAddress =>
  EntityAddress.EntityAddress.make({
    entityId: EntityId.make(entityId),
    entityType: EntityType.EntityType.make("Test"),
    shardId: shard(shardId)
  })

const common = { context: Context.empty(), lastReceivedReply: Option.none(), respond: () => Effect.void }
const envelope = (id: number, address: EntityAddress.EntityAddress) => ({
  requestId: idOf(id),
  address,
  headers: Headers.empty
})

/** A request that may come any number of times. */
export const plain = (id: number, address = addressOf(), text = `message ${id}`) =>
  new Message.OutgoingRequest<typeof Plain>({
    ...common,
    rpc: Plain,
    envelope: Envelope.makeRequest({
      ...envelope(id, address),
      tag: "Plain",
      payload: { text }
    })
  })

/** A request that is the same as any other of its key. */
export const keyed = (id: number, key: string, address = addressOf()) =>
  new Message.OutgoingRequest<typeof Keyed>({
    ...common,
    rpc: Keyed,
    envelope: Envelope.makeRequest({
      ...envelope(id, address),
      tag: "Keyed",
      payload: new KeyedText({ key })
    })
  })

/** A request that is not delivered before a time (Unix ms). */
export const timed = (id: number, at: number) =>
  new Message.OutgoingRequest<typeof Timed>({
    ...common,
    rpc: Timed,
    envelope: Envelope.makeRequest({
      ...envelope(id, addressOf()),
      tag: "Timed",
      payload: new TimedText({ at })
    })
  })

/** A request that is answered in chunks. */
export const counting = (id: number) =>
  new Message.OutgoingRequest<typeof Counting>({
    ...common,
    rpc: Counting,
    envelope: Envelope.makeRequest({ ...envelope(id, addressOf()), tag: "Counting", payload: undefined })
  })

/** The last reply to a request. */
export const exitOf = (id: number, to: number, value = 0) =>
  new Reply.ReplyWithContext<typeof Plain>({
    context: Context.empty(),
    rpc: Plain,
    reply: new Reply.WithExit({ id: idOf(id), requestId: idOf(to), exit: Exit.succeed(value) })
  })

/** The end of the reply in chunks to a request. */
export const endOf = (id: number, to: number) =>
  new Reply.ReplyWithContext<typeof Counting>({
    context: Context.empty(),
    rpc: Counting,
    reply: new Reply.WithExit({ id: idOf(id), requestId: idOf(to), exit: Exit.void })
  })

/** A chunk of the reply to a request. */
export const chunkOf = (id: number, to: number, sequence: number) =>
  new Reply.ReplyWithContext<typeof Counting>({
    context: Context.empty(),
    rpc: Counting,
    reply: new Reply.Chunk({ id: idOf(id), requestId: idOf(to), sequence, values: [sequence] })
  })

/** The acknowledgement of a chunk. */
export const ackOf = (id: number, to: number, chunk: number) =>
  new Message.OutgoingEnvelope({
    rpc: Counting,
    envelope: new Envelope.AckChunk({
      id: idOf(id),
      address: addressOf(),
      requestId: idOf(to),
      replyId: idOf(chunk)
    })
  })

/** What interrupts a request. */
export const interruptOf = (id: number, to: number) =>
  Message.OutgoingEnvelope.interrupt({ id: idOf(id), address: addressOf(), requestId: idOf(to) })
