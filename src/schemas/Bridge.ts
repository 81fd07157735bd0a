/** The private bridge of an account's Mac, as status and people are told of it. */
import { Schema } from "effect"

export const BridgeState = Schema.Literal("ready", "absent", "broken")

/** What a bridge is good for. */
export const BridgeFeature = Schema.Literal(
  "typing",
  "read",
  "tapback",
  "rich",
  "voice",
  "edit",
  "unsend",
  "poll",
  "group",
  "create"
)
export type BridgeFeature = typeof BridgeFeature.Type

export const Bridge = Schema.Struct({
  /** `ready`: it works; `absent`: there is none, as on most Macs; `broken`: there should be one, and `error` says what it lacks. */
  state: BridgeState,
  version: Schema.NullOr(Schema.String),
  /** What is wrong with it, in imsg's words. */
  error: Schema.NullOr(Schema.String),
  /** What it can be asked for now. */
  features: Schema.Array(BridgeFeature)
}).annotations({ identifier: "Bridge" })
export type Bridge = typeof Bridge.Type
