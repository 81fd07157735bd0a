/** Agents by the runtime that their config names. */
import { Array as Arr, Effect, Layer } from "effect"
import { AgentFailed } from "../../schemas/errors/agent.ts"
import { Agent } from "../../services/Agent.ts"
import { type ConfigService, derivedFromConfig } from "../../services/ConfigService.ts"
import { ProcessGroup } from "../../services/ProcessGroup.ts"
import { askCommand } from "./command.ts"
import { speaking } from "./events.ts"

const make = Effect.gen(function* () {
  const groups = yield* ProcessGroup
  const agents = yield* derivedFromConfig(
    ({ agents }) => new Map(agents.list.map((agent) => [agent.id, agent]))
  )

  return Agent.of({
    ask: Effect.fnUntraced(function* ({ turn }, say) {
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
          const { runtime } = agent
          const asked = speaking(agent.id, say, (say) => askCommand(agent, runtime, turn, say))
          return { replies: yield* Effect.provideService(asked, ProcessGroup, groups) }
        }
        case "openai":
        case "anthropic":
          return yield* Effect.dieMessage("models are not asked yet")
      }
    })
  })
})

export const layer: Layer.Layer<Agent, never, ConfigService | ProcessGroup> = Layer.effect(Agent, make)
