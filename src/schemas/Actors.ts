/** The actors and the messages they take. Persisted messages survive a crash and are de-duplicated by their key. */
import { ClusterSchema, Entity } from "@effect/cluster"
import { Rpc } from "@effect/rpc"
import { Schema } from "effect"
import { Delivery } from "./Delivery.ts"
import { Envelope, envelopeKey } from "./Envelope.ts"

/** A retry is another message than what it repeats, and the same one however often it is ordered. */
const retryKey = (attempt: number, id: string): string => `retry:${attempt}:${id}`

/** Starts the account's supervised child; an account that runs already is left alone. */
const Start = Rpc.make("Start")

/** Replaces the account's child, at once. */
const Restart = Rpc.make("Restart")

/** Sends one reply, part after part. Done when every part has its final state. */
const Deliver = Rpc.make("Deliver", {
  payload: Delivery.fields,
  primaryKey: ({ attempt, id }) => (attempt === undefined ? id : retryKey(attempt, id))
}).annotate(ClusterSchema.Persisted, true)

/** One account of Messages, addressed by its id. */
export const AccountActor = Entity.make("Account", [Start, Restart, Deliver])

/** A message for a session, as the Router dispatched it. */
export const InboundPayload = Schema.Struct({
  envelope: Envelope,
  agentId: Schema.String,
  isGroup: Schema.Boolean
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

const Inbound = Rpc.make("Inbound", {
  payload: WaitingMessage.fields,
  primaryKey: ({ envelope, retry }) =>
    retry === undefined ? envelopeKey(envelope) : retryKey(retry.attempt, retry.turnId)
}).annotate(ClusterSchema.Persisted, true)

export type InboundRpc = typeof Inbound

/** One conversation of an agent, addressed by its session key. */
export const SessionActor = Entity.make("Session", [Inbound])
