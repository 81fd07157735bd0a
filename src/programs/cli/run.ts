/** `imsg-gateway --config FILE`: the gateway in the foreground. */
import { Effect, Layer, type Option } from "effect"
import * as ConfigFile from "../../layers/ConfigFile.ts"
import * as LoggerLive from "../../layers/LoggerLive.ts"
import * as gateway from "../gateway.ts"

export const run = (options: {
  readonly config: Option.Option<string>
  readonly logFormat: LoggerLive.LogFormat | undefined
}) =>
  gateway.run.pipe(
    Effect.provide(gateway.layer.pipe(Layer.provideMerge(ConfigFile.layer(options.config)))),
    Effect.provide(LoggerLive.layer(options.logFormat)),
    // Nobody collects spans yet, and the cluster would make several for every message.
    Effect.withTracerEnabled(false)
  )
