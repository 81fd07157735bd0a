/**
 * The simulator's `rpc` as a program of its own. Tests start it for each child of each gateway, and the whole command
 * line takes almost twice as long to load. What else `imsg` is asked, the built gateway's `simulator` answers.
 */
import { parseArgs } from "node:util"
import * as NodeContext from "@effect/platform-node/NodeContext"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { Effect, Layer, Schema } from "effect"
import { Manner, untilItsEnd } from "../../src/programs/commands/cli/Ending.ts"
import { BuildFromVersion } from "../../src/programs/simulator/Build.ts"
import { ChatDatabase } from "../../src/programs/simulator/ChatDatabase.ts"
import { rpcServer } from "../../src/programs/simulator/RpcServer.ts"
import { Settings } from "../../src/programs/simulator/Settings.ts"

const Options = Schema.Struct({
  db: Schema.String,
  build: BuildFromVersion,
  bridge: Schema.optionalWith(Schema.Boolean, { default: () => false }),
  debounceMs: Schema.optional(Schema.NumberFromString).pipe(Schema.fromKey("debounce-ms")),
  holdMs: Schema.optional(Schema.NumberFromString).pipe(Schema.fromKey("hold-ms"))
})

const optionsOf = Effect.try(
  () =>
    parseArgs({
      args: process.argv.slice(3),
      options: {
        db: { type: "string" },
        build: { type: "string" },
        bridge: { type: "boolean" },
        "debounce-ms": { type: "string" },
        "hold-ms": { type: "string" }
      }
    }).values
).pipe(Effect.flatMap(Schema.decodeUnknown(Options)))

const rpc = Effect.gen(function* () {
  const { bridge, build, db, debounceMs, holdMs } = yield* optionsOf
  yield* Effect.provide(
    rpcServer,
    Layer.merge(ChatDatabase.layer(db), Layer.succeed(Settings, { build, bridge, debounceMs, holdMs }))
  )
})

rpc.pipe(
  Effect.provide(NodeContext.layer),
  (server) => untilItsEnd(server, Manner.Daemon()),
  NodeRuntime.runMain({ disableErrorReporting: true, disablePrettyLogger: true })
)
