/** `imsg-gateway --config FILE`: the gateway in the foreground. */
import { Cause, Effect, identity, Layer, Option } from "effect"
import { modestHeap, modestStart } from "../../../heap.ts"
import * as ConfigFile from "../../../layers/config/ConfigFile.ts"
import * as RunningNote from "../../../layers/config/runningNote.ts"
import * as LoggerLive from "../../../layers/logging/LoggerLive.ts"
import * as TraceLog from "../../../layers/logging/traceLog.ts"
import * as gateway from "../../gateway/gateway.ts"
import * as Life from "./life.ts"

const logEnd = (
  cause: Cause.Cause<{ readonly message: string; readonly hint: string }>
): Effect.Effect<void> => {
  if (Cause.isInterruptedOnly(cause)) return Effect.void
  return Option.match(Cause.failureOption(cause), {
    onNone: () => Effect.logFatal("the gateway ends: a fault of its own", cause),
    onSome: ({ hint, message }) =>
      Effect.logFatal(`the gateway ends: ${message}`).pipe(Effect.annotateLogs({ hint }))
  })
}

export const run = (options: {
  readonly config: Option.Option<string>
  readonly logFormat: LoggerLive.LogFormat | undefined
  readonly logFile: Option.Option<string>
  readonly trace: boolean
}) =>
  Effect.zipRight(modestHeap, gateway.run).pipe(
    Effect.provide(
      Layer.merge(
        gateway.layer(Life.layer(LoggerLive.isOnTerminal(options.logFormat))),
        RunningNote.layer
      ).pipe(Layer.provideMerge(ConfigFile.layer(options.config)))
    ),
    // Around the layers too: what they fork crosses boundaries.
    options.trace ? Effect.provide(TraceLog.layer) : identity,
    // What ends it is printed too, but who looks for it in a log file looks only there.
    Option.isSome(options.logFile) ? Effect.tapErrorCause(logEnd) : identity,
    Effect.provide(LoggerLive.layer(options.logFormat, options.logFile)),
    (gateway) => Effect.zipRight(modestStart, gateway),
    // Nobody collects spans yet, and the cluster would make several for every message.
    Effect.withTracerEnabled(false)
  )
