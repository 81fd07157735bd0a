/** The gateway in numbers. */
import { Context, type Effect } from "effect"
import type { GatewayEvent } from "../schemas/GatewayEvent.ts"

/** The sample of a gauge that is looked up when somebody asks. */
export interface Sample {
  readonly name: string
  readonly help: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export class Metrics extends Context.Tag("imsg-gateway/Metrics")<
  Metrics,
  {
    /** Counts an event. */
    readonly count: (event: GatewayEvent) => void
    /** Everything counted so far, and `gauges`, in Prometheus' text format (version 0.0.4). */
    readonly render: (gauges: ReadonlyArray<Sample>) => Effect.Effect<string>
  }
>() {}
