/** Flow control between the children's pipes and the store. */
import { Context, type Effect } from "effect"

export class FlowControl extends Context.Tag("imsg-gateway/FlowControl")<
  FlowControl,
  {
    /** Waits until the message `key` of a session may be accepted. It waits for permits that come back within a second. */
    readonly admit: (sessionKey: string, key: string) => Effect.Effect<void>
    /** The message is done with. */
    readonly finished: (sessionKey: string, key: string) => Effect.Effect<void>
  }
>() {}
