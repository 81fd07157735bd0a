/** Agents by the runtime that their config names. */
import type { FileSystem, Path } from "@effect/platform"
import { Array as Arr, Effect, Layer, type Scope } from "effect"
import { AgentFailed } from "../../schemas/errors/agent.ts"
import { Agent } from "../../services/Agent.ts"
import type { AgentAccess } from "../../services/AgentAccess.ts"
import { ConfigService, derivedFromConfig } from "../../services/ConfigService.ts"
import type { Events } from "../../services/Events.ts"
import type { LateReplies } from "../../services/LateReplies.ts"
import type { Permissions } from "../../services/Permissions.ts"
import type { ProcessGroup } from "../../services/ProcessGroup.ts"
import { askCommand } from "./command.ts"
import { speaking } from "./events.ts"

/** What agents are asked through. */
type Asking =
  | ProcessGroup
  | LateReplies
  | Events
  | Permissions
  | AgentAccess
  | FileSystem.FileSystem
  | Path.Path

const make = Effect.gen(function* () {
  const context = yield* Effect.context<Asking | ConfigService | Scope.Scope>()
  const config = yield* ConfigService
  /** Whoever asks no model pays nothing for it. */
  const askModel = yield* Effect.cached(
    Effect.promise(() => import("./models/askModel.ts")).pipe(
      Effect.flatMap(({ makeAskModel }) => makeAskModel),
      Effect.provide(context)
    )
  )
  const askAcp = yield* Effect.cached(
    Effect.promise(() => import("./acp/askAcp.ts")).pipe(
      Effect.flatMap(({ makeAskAcp }) => makeAskAcp),
      Effect.provide(context)
    )
  )
  const agents = yield* derivedFromConfig(
    ({ agents }) => new Map(agents.list.map((agent) => [agent.id, agent]))
  )

  return Agent.of({
    ask: Effect.fnUntraced(function* (question, say) {
      const { turn } = question
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
          return yield* Effect.provide(asked, context)
        }
        case "cli": {
          const { runtime } = agent
          const { askCli } = yield* Effect.promise(() => import("./cli/askCli.ts"))
          const { stateDir } = yield* config.current
          const asked = speaking(agent.id, say, (say) => askCli(agent, runtime, question, say, stateDir))
          return yield* Effect.provide(asked, context)
        }
        case "acp": {
          const ask = yield* askAcp
          return yield* ask(agent, agent.runtime, question, say)
        }
        case "webhook": {
          const { runtime } = agent
          const { askWebhook } = yield* Effect.promise(() => import("./webhook/askWebhook.ts"))
          const asked = speaking(agent.id, say, (say) => askWebhook(agent, runtime, question, say))
          return yield* Effect.provide(asked, context)
        }
        case "openai":
        case "anthropic": {
          const ask = yield* askModel
          return yield* ask(agent, agent.runtime, question)
        }
      }
    })
  })
})

export const layer: Layer.Layer<Agent, never, ConfigService | Asking> = Layer.scoped(Agent, make)
