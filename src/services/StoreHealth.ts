/** How the gateway's own store is. */
import { Context, type Effect, type Stream } from "effect"
import type { StoreUnavailable } from "../schemas/errors/store.ts"

export class StoreHealth extends Context.Tag("imsg-gateway/StoreHealth")<
  StoreHealth,
  {
    /** Why the last write was refused, and nothing where it was not; now and after every change. */
    readonly refusals: Stream.Stream<StoreUnavailable | undefined>
    /** Fails once the file turns out to be corrupt, or is gone; never succeeds. */
    readonly corrupted: Effect.Effect<never, StoreUnavailable>
  }
>() {}
