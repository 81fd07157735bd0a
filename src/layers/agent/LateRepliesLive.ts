/** Late replies in memory: who waits for one is asked again after a restart, and so is its agent. */
import { Deferred, Effect, Layer, Ref } from "effect"
import type { AgentOutput } from "../../schemas/AgentOutput.ts"
import { TurnNotAwaited } from "../../schemas/errors/agent.ts"
import { LateReplies } from "../../services/LateReplies.ts"

type Waiting = ReadonlyMap<string, Deferred.Deferred<AgentOutput>>

const make = Effect.map(Ref.make<Waiting>(new Map()), (waiting) =>
  LateReplies.of({
    expect: (turnId) =>
      Effect.acquireRelease(
        Effect.tap(Deferred.make<AgentOutput>(), (output) =>
          Ref.update(waiting, (before) => new Map([...before, [turnId, output]]))
        ),
        (output) =>
          // Whoever waits for the same turn by now has another.
          Ref.update(waiting, (before) => new Map([...before].filter(([, one]) => one !== output)))
      ).pipe(Effect.map(Deferred.await)),
    give: (turnId, output) =>
      Effect.flatMap(Ref.get(waiting), (all) => {
        const awaited = all.get(turnId)
        return awaited === undefined ? Effect.succeed(false) : Deferred.succeed(awaited, output)
      }).pipe(
        Effect.filterOrFail(
          (isTaken) => isTaken,
          () => new TurnNotAwaited({ turnId })
        ),
        Effect.asVoid
      )
  })
)

export const layer: Layer.Layer<LateReplies> = Layer.effect(LateReplies, make)
