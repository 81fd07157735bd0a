import { Context } from "effect"
import type { Build } from "./Build.ts"

/** How one `simulator rpc` was started. */
export class Settings extends Context.Tag("imsg-gateway/simulator/Settings")<
  Settings,
  {
    readonly build: Build
    /** Overrides the `debounce_ms` of every subscription. */
    readonly debounceMs: number | undefined
    /** For how long the watch holds a new row, instead of what the build does. */
    readonly holdMs: number | undefined
    /** Whether the private bridge runs where nothing was set of it. */
    readonly bridge: boolean
  }
>() {}
