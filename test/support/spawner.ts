/**
 * A program that starts the shell scripts of its arguments as process groups, prints the process ids that they
 * print on their first lines, as one JSON array, and then does nothing until it is ended.
 */
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"
import { layer } from "../../src/layers/process/ProcessGroupLive.ts"
import { ProcessGroup } from "../../src/services/ProcessGroup.ts"
import { pidsOf, sh } from "./processes.ts"

NodeRuntime.runMain(
  Effect.gen(function* () {
    const groups = yield* ProcessGroup
    const pids = yield* Effect.forEach(process.argv.slice(2), (script) =>
      Effect.flatMap(groups.spawn(sh(script), { graceMs: 20, termMs: 200 }), pidsOf)
    )
    yield* Console.log(JSON.stringify(pids.flat()))
    return yield* Effect.never
  }).pipe(Effect.scoped, Effect.provide(Layer.provideMerge(layer, NodeContext.layer)))
)
