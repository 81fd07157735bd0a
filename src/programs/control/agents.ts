/** What can be seen of agents and of the config, without any secret. */
import { HttpApiBuilder } from "@effect/platform"
import { Clock, Duration, Effect } from "effect"
import type { AgentConfig, AgentRuntime } from "../../schemas/Config.ts"
import {
  addressWithoutSecrets,
  programWithoutArguments,
  withoutSecrets
} from "../../schemas/config/withoutSecrets.ts"
import { ControlApi } from "../../schemas/control/ControlApi.ts"
import type { AgentReport } from "../../schemas/control/Records.ts"
import { currentConfig } from "../../services/ConfigService.ts"
import { type AgentTurns, Decisions } from "../../services/Decisions.ts"
import { unavailable } from "./failures.ts"

/** The time in which turns are counted. */
const LATELY = Duration.hours(24)

/** Where an agent is, for people. */
const placeOf = (runtime: AgentRuntime): string => {
  switch (runtime.type) {
    case "echo":
      return "the gateway itself"
    case "command":
    case "cli":
    case "acp":
      return programWithoutArguments(runtime.command)
    case "openai":
    case "anthropic":
      return `${runtime.model} at ${addressWithoutSecrets(runtime.baseUrl)}`
    case "webhook":
      return addressWithoutSecrets(runtime.url)
  }
}

const reportOf = (
  { id, isDefault, name, runtime }: AgentConfig,
  done: AgentTurns | undefined
): AgentReport => ({
  id,
  name: name ?? null,
  isDefault,
  runtime: runtime.type,
  where: placeOf(runtime),
  lastTurn: done?.last ?? null,
  turns: done?.turns ?? 0,
  failedTurns: done?.failed ?? 0
})

const agents = Effect.gen(function* () {
  const { agents } = yield* currentConfig
  const now = yield* Clock.currentTimeMillis
  const done = yield* (yield* Decisions).agents({ since: now - Duration.toMillis(LATELY) })
  return agents.list.map((agent) =>
    reportOf(
      agent,
      done.find(({ agentId }) => agentId === agent.id)
    )
  )
})

const config = Effect.map(currentConfig, ({ file, people, warnings, writtenSecrets, ...rest }) => ({
  file: file ?? null,
  people,
  warnings,
  writtenSecrets,
  config: withoutSecrets({ ...rest, people })
}))

export const overview = HttpApiBuilder.group(ControlApi, "overview", (handlers) =>
  Effect.succeed(handlers.handle("agents", () => unavailable(agents)).handle("config", () => config))
)
