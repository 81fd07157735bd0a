/** What happens in the gateway, told to its metrics and to whoever listens. */
import { Context, type Effect, type Scope, type Stream } from "effect"
import type { GatewayEvent, NumberedEvent } from "../schemas/GatewayEvent.ts"

export class Events extends Context.Tag("imsg-gateway/Events")<
  Events,
  {
    /** Counts an event, and tells it to those who listen now. It takes next to no time where nobody does. */
    readonly publish: (event: GatewayEvent) => Effect.Effect<void>
    /** The same for what happens in a step that nothing can come between. */
    readonly unsafePublish: (event: GatewayEvent) => void
    /** Listens until the scope closes: to the events from when this is done. Who is slow misses the oldest. */
    readonly listen: Effect.Effect<Stream.Stream<NumberedEvent>, never, Scope.Scope>
  }
>() {}
