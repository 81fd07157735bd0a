/**
 * No permits. Where several hosts share the work a message is mostly done with on another host than the one that accepted
 * it, which does not hear of it: each permit would be held for its whole second, and an account take no more than 64
 * messages a second. What waits is bounded without them: in the store it takes no memory, a session's mailbox has a
 * window, and an account takes one page of rows after the other.
 */
import { Effect, Layer } from "effect"
import { FlowControl } from "../../services/FlowControl.ts"

export const layer: Layer.Layer<FlowControl> = Layer.succeed(FlowControl, {
  admit: () => Effect.void,
  finished: () => Effect.void
})
