/** What the gateway tells the service manager that started it. */
import { Context, type Effect, type Option } from "effect"

export class Notify extends Context.Tag("imsg-gateway/Notify")<
  Notify,
  {
    /** The gateway is up. */
    readonly ready: Effect.Effect<void>
    /** The gateway has begun to stop. */
    readonly stopping: Effect.Effect<void>
    /** The gateway is well: to be said more often than the service manager waits. */
    readonly alive: Effect.Effect<void>
    /** How long in ms the service manager waits for the next `alive` before it kills; none if it does not. */
    readonly watchdogMs: Option.Option<number>
  }
>() {}
