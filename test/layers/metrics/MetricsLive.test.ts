/** What is counted of events. The registry is the process's: each test has labels of its own. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import * as MetricsLive from "../../../src/layers/metrics/MetricsLive.ts"
import type { GatewayEvent } from "../../../src/schemas/GatewayEvent.ts"
import { Metrics } from "../../../src/services/Metrics.ts"

/** The lines about an account or an agent, after these events. */
const linesOf = (label: string, events: ReadonlyArray<GatewayEvent>) =>
  Effect.gen(function* () {
    const { count, render } = yield* Metrics
    for (const event of events) count(event)
    return (yield* render([])).split("\n").filter((line) => line.includes(`"${label}"`))
  }).pipe(Effect.provide(MetricsLive.layer))

const message = (accountId: string, fate: string): GatewayEvent => ({
  _tag: "MessageJudged",
  accountId,
  rowId: 1,
  fate
})

describe("metrics", () => {
  it.effect("count messages by what became of them", () =>
    Effect.gen(function* () {
      const events = [message("m1", "dm-open"), message("m1", "dm-open"), message("m1", "stale")]
      expect(yield* linesOf("m1", events)).toEqual([
        'imsg_gateway_messages_total{account="m1",verdict="dm-open"} 2',
        'imsg_gateway_messages_total{account="m1",verdict="stale"} 1'
      ])
    })
  )

  it.effect("count turns, and in seconds how long they took", () =>
    Effect.gen(function* () {
      const turn = (durationMs: number): GatewayEvent => ({
        _tag: "TurnEnded",
        turnId: "t",
        accountId: "a",
        sessionKey: "s",
        agentId: "m2",
        outcome: "answered",
        durationMs
      })
      const lines = yield* linesOf("m2", [turn(4), turn(40), turn(400_000)])
      const histogram = "imsg_gateway_turn_duration_seconds"
      const labels = 'agent="m2",outcome="answered"'
      expect(lines).toEqual(
        expect.arrayContaining([
          `imsg_gateway_turns_total{${labels}} 3`,
          `${histogram}_bucket{${labels},le="0.005"} 1`,
          `${histogram}_bucket{${labels},le="0.025"} 1`,
          `${histogram}_bucket{${labels},le="0.05"} 2`,
          `${histogram}_bucket{${labels},le="300"} 2`,
          `${histogram}_bucket{${labels},le="+Inf"} 3`,
          `${histogram}_sum{${labels}} 400.044`,
          `${histogram}_count{${labels}} 3`
        ])
      )
    })
  )

  it.effect("count restarts by why", () =>
    Effect.gen(function* () {
      const restart: GatewayEvent = { _tag: "ChildRestarted", accountId: "m3", reason: "child_exited" }
      expect(yield* linesOf("m3", [restart])).toEqual([
        'imsg_gateway_restarts_total{account="m3",reason="child_exited"} 1'
      ])
    })
  )

  it.effect("have the gauges that are looked up", () =>
    Effect.gen(function* () {
      const { render } = yield* Metrics
      const text = yield* render([{ name: "things", help: "How many.", labels: { x: "1" }, value: 7 }])
      expect(text).toContain('# TYPE imsg_gateway_things gauge\nimsg_gateway_things{x="1"} 7\n')
    }).pipe(Effect.provide(MetricsLive.layer))
  )
})
