/** Events in memory: counted in the step in which they happen, and told to those who listen. */
import { Effect, Layer } from "effect"
import type { GatewayEvent, NumberedEvent } from "../../schemas/GatewayEvent.ts"
import { Events } from "../../services/Events.ts"
import { Metrics } from "../../services/Metrics.ts"
import * as broadcast from "./broadcast.ts"

/** Events that a listener may be behind. */
const BEHIND = 1024

const make = Effect.gen(function* () {
  const metrics = yield* Metrics
  const clock = yield* Effect.clock
  const { listen, tell } = broadcast.make<NumberedEvent>(BEHIND)
  let id = 0
  const unsafePublish = (event: GatewayEvent) => {
    metrics.count(event)
    id++
    tell({ id, at: clock.unsafeCurrentTimeMillis(), event })
  }
  return Events.of({
    publish: (event) => Effect.sync(() => unsafePublish(event)),
    unsafePublish,
    listen
  })
})

export const layer: Layer.Layer<Events, never, Metrics> = Layer.effect(Events, make)
