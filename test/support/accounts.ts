/** The live state of accounts, and the events that it makes, for tests. */
import { Layer } from "effect"
import * as AccountsLive from "../../src/layers/events/AccountsLive.ts"
import * as EventsLive from "../../src/layers/events/EventsLive.ts"
import * as MetricsLive from "../../src/layers/metrics/MetricsLive.ts"
import { type ConfigFileContent, configLayer } from "./configs.ts"

/** Events, and the metrics that count them. */
export const events = EventsLive.layer.pipe(Layer.provideMerge(MetricsLive.layer))

/** The accounts of a config. */
export const accountsOf = (config: ConfigFileContent = {}) =>
  AccountsLive.layer.pipe(Layer.provide(configLayer(config)), Layer.provideMerge(events))
