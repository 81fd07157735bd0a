/** What happens in the gateway, told to its metrics and to whoever listens. */
import { Context, type Effect, type Stream } from "effect"
import type { GatewayEvent, NumberedEvent } from "../schemas/GatewayEvent.ts"

export class Events extends Context.Tag("imsg-gateway/Events")<
  Events,
  {
    /** Counts an event, and tells it to those who listen now. It takes next to no time where nobody does. */
    readonly publish: (event: GatewayEvent) => Effect.Effect<void>
    /** The same for what happens in a step that nothing can come between. */
    readonly unsafePublish: (event: GatewayEvent) => void
    /** The events from now on. Who is slow misses the oldest. */
    readonly stream: Stream.Stream<NumberedEvent>
  }
>() {}
