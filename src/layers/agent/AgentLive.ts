/** Agents by the runtime that their config names. */
import { FileSystem } from "@effect/platform"
import { Array as Arr, Effect, Layer } from "effect"
import { AgentFailed } from "../../schemas/errors/agent.ts"
import { Agent } from "../../services/Agent.ts"
import { type ConfigService, derivedFromConfig } from "../../services/ConfigService.ts"
import { ProcessGroup } from "../../services/ProcessGroup.ts"
import { askCommand } from "./command.ts"

const make = Effect.gen(function* () {
  const groups = yield* ProcessGroup
  const fs = yield* FileSystem.FileSystem
  /** Whoever asks no model pays nothing for it. */
  const askModel = yield* Effect.cached(
    Effect.promise(() => import("./models/askModel.ts")).pipe(
      Effect.flatMap(({ makeAskModel }) => makeAskModel),
      Effect.provideService(FileSystem.FileSystem, fs)
    )
  )
  const agents = yield* derivedFromConfig(
    ({ agents }) => new Map(agents.list.map((agent) => [agent.id, agent]))
  )

  return Agent.of({
    ask: Effect.fnUntraced(function* ({ memory, turn }) {
      const agent = (yield* agents).get(turn.agentId)
      if (agent === undefined) {
        // A message that was accepted under an earlier config.
        return yield* new AgentFailed({
          agentId: turn.agentId,
          detail: "the config has no agent of this id any more"
        })
      }
      switch (agent.runtime.type) {
        case "echo":
          return { replies: [{ text: `echo: ${Arr.map(turn.envelopes, ({ text }) => text).join("\n")}` }] }
        case "command": {
          const asked = askCommand(agent, agent.runtime, turn)
          return { replies: yield* Effect.provideService(asked, ProcessGroup, groups) }
        }
        case "openai":
        case "anthropic": {
          const ask = yield* askModel
          return yield* ask(agent, agent.runtime, { turn, memory })
        }
      }
    })
  })
})

export const layer: Layer.Layer<Agent, never, ConfigService | ProcessGroup | FileSystem.FileSystem> =
  Layer.effect(Agent, make)
