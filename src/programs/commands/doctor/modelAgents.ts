/** Whether the models that agents ask are there: a look at each server, which says nothing to any model. */
import { Effect } from "effect"
import type { ModelRuntime } from "../../../layers/agent/models/dialects.ts"
import type { Probed } from "../../../layers/agent/models/probe.ts"
import type { AgentConfig } from "../../../schemas/Config.ts"
import { nearest } from "../../../schemas/config/spelling.ts"
import { addressWithoutSecrets } from "../../../schemas/config/withoutSecrets.ts"
import { agentPlace } from "./agentPlace.ts"
import { type Check, failed, ok, type Place, warning } from "./Check.ts"

/** How long a server may take, in ms: its list is no work. */
const WITHIN_MS = 5000
/** How many models are named where none is near. */
const NAMED = 8

/** Ollama has a tag for each model, `latest` where none is said; OpenRouter takes variants behind a colon. */
const isListed = (model: string, ids: ReadonlyArray<string>): boolean =>
  ids.includes(model) || ids.includes(`${model}:latest`) || ids.includes(model.replace(/:[a-z]+$/u, ""))

/** The same model by another tag, or what is a letter or two off. */
const near = (model: string, ids: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [name = model] = model.split(":")
  const related = ids.filter((id) => id.split(":")[0] === name || id.endsWith(`/${model}`))
  const meant = nearest(model, ids)
  return [...new Set([...(meant === undefined ? [] : [meant]), ...related])].slice(0, NAMED)
}

const unlisted = (place: Place, { model }: ModelRuntime, ids: ReadonlyArray<string>): Check => {
  const meant = near(model, ids)
  const detail = `the server has no model "${model}"`
  if (ids.length === 0)
    return warning(
      place,
      `${detail}, nor any other`,
      "Fetch or load one there: `ollama pull NAME`, or LM Studio's own list."
    )
  return warning(
    place,
    meant.length > 0
      ? `${detail}; near it: ${meant.join(", ")}`
      : `${detail}; it has ${ids.length === 1 ? "one" : ids.length}: ${ids.slice(0, NAMED).join(", ")}${ids.length > NAMED ? ", …" : ""}`,
    "Write its name into agents.list[].runtime.model as the server has it. A short name that the server knows without listing it can stay."
  )
}

/** What a look at a server says of an agent. */
export const agentCheck = (agent: Pick<AgentConfig, "id">, runtime: ModelRuntime, probed: Probed): Check => {
  const place = agentPlace(agent)
  const { model } = runtime
  const server = addressWithoutSecrets(runtime.baseUrl)
  switch (probed._tag) {
    case "Models":
      return isListed(model, probed.ids)
        ? ok(place, `${server} has ${model}`)
        : unlisted(place, runtime, probed.ids)
    case "NoList":
      return warning(
        place,
        `${server} answers, and has no list of models`,
        runtime.type === "openai"
          ? "Check that agents.list[].runtime.baseUrl has its /v1. Some servers keep no list; then this can stay."
          : "Check agents.list[].runtime.baseUrl. Some servers keep no list; then this can stay."
      )
    case "Refused":
      return probed.status === 401 || probed.status === 403
        ? failed(
            place,
            `${server} refuses the key: HTTP ${probed.status}`,
            "Check agents.list[].runtime.apiKey: whether the variable that it names is set where the gateway runs, and whether the key still holds."
          )
        : warning(
            place,
            `${server} answers with HTTP ${probed.status}`,
            "Turns are tried again for a while; if it stays so, look at that server."
          )
    case "Unreachable":
      return failed(
        place,
        `${server} cannot be asked: ${probed.detail}`,
        "Start that server, or check agents.list[].runtime.baseUrl: host, port, http or https."
      )
  }
}

/** Looks at the server of every agent that asks a model, at the same time. */
export const modelChecks = (agents: ReadonlyArray<AgentConfig>): Effect.Effect<ReadonlyArray<Check>> =>
  Effect.gen(function* () {
    const asking = agents.flatMap(({ id, runtime }) =>
      runtime.type === "openai" || runtime.type === "anthropic" ? [{ id, runtime }] : []
    )
    if (asking.length === 0) return []
    const { probe } = yield* Effect.promise(() => import("../../../layers/agent/models/probe.ts"))
    return yield* Effect.forEach(
      asking,
      ({ id, runtime }) =>
        Effect.map(probe(runtime, WITHIN_MS), (probed) => agentCheck({ id }, runtime, probed)),
      { concurrency: "unbounded" }
    )
  })
