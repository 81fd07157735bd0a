/** The sessions and the messages they take. What is persisted survives a crash and is de-duplicated by its key. */
import { ClusterSchema, Entity } from "@effect/cluster"
import { Rpc } from "@effect/rpc"
import { PrimaryKey, Schema } from "effect"
import { Envelope, envelopeKey } from "./Envelope.ts"

/** A retry is another message than what it repeats, and the same one however often it is ordered. */
const retryKey = (attempt: number, id: string): string => `retry:${attempt}:${id}`

/** A message for a session, as the Router dispatched it. */
export const InboundPayload = Schema.Struct({
  envelope: Envelope,
  agentId: Schema.String,
  isGroup: Schema.Boolean,
  /** Whether it says what the gateway said last in its chat. Told by its account, which knows what was said. */
  isGivenBack: Schema.optionalWith(Schema.Boolean, { exact: true })
})
export type InboundPayload = typeof InboundPayload.Type

/** A turn that failed for good and is tried again: whole, and under its own id. */
const TurnRetry = Schema.Struct({
  turnId: Schema.String,
  /** Counts the retries of the turn from 1. */
  attempt: Schema.Int,
  /** The messages of the turn after the first. */
  rest: Schema.Array(InboundPayload)
})

/** A message that waits in a session's mailbox; with `retry`, a whole turn of which it is the first message. */
export const WaitingMessage = Schema.Struct({
  ...InboundPayload.fields,
  retry: Schema.optionalWith(TurnRetry, { exact: true })
})
export type WaitingMessage = typeof WaitingMessage.Type

/**
 * A message on its way to a session. What is typed is examined once, when it is encoded: the constructor of a class
 * would do so too, by a parser that it makes anew each time, and that was a seventh of all that a message allocates.
 */
export class InboundMessage extends Schema.Class<InboundMessage>("InboundMessage")(WaitingMessage.fields) {
  constructor(message: WaitingMessage) {
    super(message, true)
  }

  [PrimaryKey.symbol](): string {
    const { envelope, retry } = this
    return retry === undefined ? envelopeKey(envelope) : retryKey(retry.attempt, retry.turnId)
  }
}

const Inbound = Rpc.make("Inbound", { payload: InboundMessage }).annotate(ClusterSchema.Persisted, true)

export type InboundRpc = typeof Inbound

/** One conversation of an agent, addressed by its session key. */
export const SessionActor = Entity.make("Session", [Inbound])
