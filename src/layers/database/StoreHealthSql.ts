/** The store's health, as its own reads and writes find it. */
import { Effect, Layer } from "effect"
import { StoreHealth } from "../../services/StoreHealth.ts"
import { Database } from "./Database.ts"

export const layer: Layer.Layer<StoreHealth, never, Database> = Layer.effect(
  StoreHealth,
  Effect.map(Database, ({ corrupted, refusal }) => StoreHealth.of({ corrupted, refusals: refusal.changes }))
)
