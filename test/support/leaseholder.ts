/**
 * A program with a child under a lease, which it renews all the time: it prints the id of the child, begins another one
 * when that has ended, and prints its id too. Its arguments: for how long the lease holds, and how often it is renewed.
 */
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Console, Effect, Layer, Schedule } from "effect"
import * as LeaseLive from "../../src/layers/cluster/LeaseLive.ts"
import { layer } from "../../src/layers/process/ProcessGroupLive.ts"
import { Lease } from "../../src/services/Lease.ts"
import { ProcessGroup } from "../../src/services/ProcessGroup.ts"
import { pidsOf, sh } from "./processes.ts"

const [held = 0, every = 0] = process.argv.slice(2).map(Number)

const renew = Effect.flatMap(Lease, ({ now, renew }) => Effect.flatMap(now, renew))

const child = Effect.gen(function* () {
  const groups = yield* ProcessGroup
  const leader = yield* groups.spawn(sh("trap '' TERM; sleep 1000 & echo $$ $!; wait"))
  yield* Console.log(JSON.stringify(yield* pidsOf(leader)))
  yield* leader.exit
}).pipe(Effect.scoped)

NodeRuntime.runMain(
  Effect.gen(function* () {
    yield* Effect.forkScoped(Effect.repeat(renew, Schedule.spaced(every)))
    return yield* Effect.forever(child)
  }).pipe(
    Effect.scoped,
    Effect.provide(
      layer.pipe(Layer.provideMerge(LeaseLive.layer(held)), Layer.provideMerge(NodeContext.layer))
    )
  )
)
