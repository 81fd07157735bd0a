/** The actors and the messages they take. Persisted messages survive a crash and are de-duplicated by their key. */
import { ClusterSchema, Entity } from "@effect/cluster"
import { Rpc } from "@effect/rpc"
import { Schema } from "effect"
import { Delivery } from "./Delivery.ts"
import { Envelope, envelopeKey } from "./Envelope.ts"

/** Starts the account's supervised child; an account that runs already is left alone. */
const Start = Rpc.make("Start")

/** Sends one reply, part after part. Done when every part has its final state. */
const Deliver = Rpc.make("Deliver", {
  payload: Delivery.fields,
  primaryKey: (delivery) => delivery.id
}).annotate(ClusterSchema.Persisted, true)

/** One account of Messages, addressed by its id. */
export const AccountActor = Entity.make("Account", [Start, Deliver])

/** A message for a session, as the Router dispatched it. */
export const InboundPayload = Schema.Struct({
  envelope: Envelope,
  agentId: Schema.String,
  isGroup: Schema.Boolean
})
export type InboundPayload = typeof InboundPayload.Type

const Inbound = Rpc.make("Inbound", {
  payload: InboundPayload.fields,
  primaryKey: ({ envelope }) => envelopeKey(envelope)
}).annotate(ClusterSchema.Persisted, true)

export type InboundRpc = typeof Inbound

/** One conversation of an agent, addressed by its session key. */
export const SessionActor = Entity.make("Session", [Inbound])
