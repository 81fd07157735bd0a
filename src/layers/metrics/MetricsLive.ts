/** Metrics in memory, on Effect's own, which the process has one registry of. */
import {
  Array as Arr,
  Effect,
  Layer,
  Metric,
  MetricBoundaries,
  type MetricKey,
  type MetricKeyType,
  MetricLabel,
  MetricState,
  Option
} from "effect"
import type { GatewayEvent } from "../../schemas/GatewayEvent.ts"
import { Metrics, type Sample } from "../../services/Metrics.ts"
import { type Family, print, type Value } from "./prometheus.ts"

const PREFIX = "imsg_gateway_"

/** Upper bounds in seconds: from what a turn with a quick agent takes to what a person gives up on. */
const SECONDS = MetricBoundaries.fromIterable([
  0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300
])

type Labels = Readonly<Record<string, string>>

/** A metric for each combination of labels: to look one up costs more than to count with it. */
const tagged = <Type, Out>(metric: Metric.Metric<Type, number, Out>) => {
  const known = new Map<string, Metric.Metric<Type, number, Out>>()
  return (labels: Labels, value: number) => {
    const key = Object.values(labels).join("\n")
    const found =
      known.get(key) ??
      Metric.taggedWithLabels(
        metric,
        Object.entries(labels).map(([name, label]) => MetricLabel.make(name, label))
      )
    known.set(key, found)
    found.unsafeUpdate(value, [])
  }
}

const counter = (name: string, description: string) =>
  tagged(Metric.counter(PREFIX + name, { description, incremental: true }))
const seconds = (name: string, description: string) =>
  tagged(Metric.histogram(PREFIX + name, SECONDS, description))

const makeCount = () => {
  const messages = counter("messages_total", "Rows of Messages, by what became of them.")
  const turns = counter("turns_total", "Turns of agents that have ended, by how.")
  const turnSeconds = seconds("turn_duration_seconds", "From a turn's begin until its reply was accepted.")
  const parts = counter("parts_total", "Parts of replies (chunks and files), by their final state.")
  const partSeconds = seconds("part_duration_seconds", "From a part's turn to be sent until its final state.")
  const deliveries = counter("deliveries_total", "Replies that have ended, by how.")
  const deliverySeconds = seconds(
    "delivery_duration_seconds",
    "From the acceptance of a reply until its last part had its final state."
  )
  const restarts = counter("restarts_total", "Children that took the place of another, by why.")
  const pauses = counter("chat_pauses_total", "Pauses of chats that gave the gateway's own words back.")
  const pairings = counter("pairing_requests_total", "Codes that were given to strangers.")
  const logins = counter("logins_total", "Sign-ins on the web page, and wrong tokens.")
  const reloads = counter("config_reloads_total", "Configs that took the place of another.")

  return (event: GatewayEvent): void => {
    switch (event._tag) {
      case "MessageJudged":
        messages({ account: event.accountId, verdict: event.fate }, 1)
        break
      case "TurnEnded": {
        const labels = { agent: event.agentId, outcome: event.outcome }
        turns(labels, 1)
        turnSeconds(labels, event.durationMs / 1000)
        break
      }
      case "PartSettled": {
        const labels = { account: event.accountId, outcome: event.outcome }
        parts(labels, 1)
        partSeconds(labels, event.durationMs / 1000)
        break
      }
      case "DeliveryEnded": {
        const labels = { account: event.accountId, outcome: event.outcome }
        deliveries(labels, 1)
        deliverySeconds(labels, event.durationMs / 1000)
        break
      }
      case "ChildRestarted":
        restarts({ account: event.accountId, reason: event.reason }, 1)
        break
      case "ChatPaused":
        if (event.times > 0) pauses({ account: event.accountId }, 1)
        break
      case "PairingRequested":
        pairings({ account: event.accountId }, 1)
        break
      case "ConfigReloaded":
        reloads({}, 1)
        break
      case "SignedIn":
      case "TokenRefused":
        logins({ outcome: event._tag === "SignedIn" ? "signed-in" : "refused" }, 1)
        break
      case "AccountState":
      case "BridgeChanged":
      case "ChatResumed":
      case "TurnBegun":
      case "PairingApproved":
      case "BudgetExceeded":
      case "SendAccepted":
        break
    }
  }
}

const valueOf = (state: MetricState.MetricState.Untyped): Option.Option<Value> => {
  if (MetricState.isCounterState(state)) return Option.some(Number(state.count))
  if (MetricState.isHistogramState(state)) {
    return Option.some({ buckets: state.buckets, sum: state.sum, count: state.count })
  }
  return Option.none()
}

const labelsOf = ({ tags }: MetricKey.MetricKey<MetricKeyType.MetricKeyType.Untyped>): Labels =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]))

const counted = (): ReadonlyArray<Family> => {
  const pairs = Metric.unsafeSnapshot().filter(({ metricKey }) => metricKey.name.startsWith(PREFIX))
  return Object.values(Arr.groupBy(pairs, ({ metricKey }) => metricKey.name)).map((group) => {
    const [{ metricKey, metricState }] = group
    return {
      name: metricKey.name,
      help: Option.getOrElse(metricKey.description, () => ""),
      type: MetricState.isHistogramState(metricState) ? "histogram" : "counter",
      series: group.flatMap(({ metricKey: key, metricState: state }) =>
        Option.toArray(Option.map(valueOf(state), (value) => ({ labels: labelsOf(key), value })))
      )
    }
  })
}

const gaugesOf = (samples: ReadonlyArray<Sample>): ReadonlyArray<Family> =>
  Object.values(Arr.groupBy(samples, ({ name }) => name)).map((group) => ({
    name: PREFIX + group[0].name,
    help: group[0].help,
    type: "gauge",
    series: group.map(({ labels, value }) => ({ labels, value }))
  }))

const make = () => {
  const count = makeCount()
  return Metrics.of({
    count,
    render: (gauges) => Effect.sync(() => print([...counted(), ...gaugesOf(gauges)]))
  })
}

export const layer: Layer.Layer<Metrics> = Layer.sync(Metrics, make)
