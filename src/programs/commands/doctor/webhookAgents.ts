/** Whether somebody listens where agents are asked by webhook. No turn is sent: it would be answered. */
import { Effect } from "effect"
import type { Reached } from "../../../layers/http/reach.ts"
import type { AgentConfig } from "../../../schemas/Config.ts"
import { agentPlace } from "./agentPlace.ts"
import { type Check, failed, ok } from "./Check.ts"

const WITHIN_MS = 5000

/** What a look at an address says of an agent. The address itself can be a secret, and is not shown. */
const webhookCheck = (agent: Pick<AgentConfig, "id">, reached: Reached): Check => {
  const place = agentPlace(agent)
  return reached._tag === "Listening"
    ? ok(
        place,
        `${reached.host}:${reached.port} takes connections; no turn was sent: \`imsg-gateway agent test\` sends one`
      )
    : failed(
        place,
        `nobody can be reached there: ${reached.detail}`,
        "Start what answers there, or check agents.list[].runtime.url: host, port, http or https."
      )
}

/** Looks at the address of every agent that is asked by webhook, at the same time. */
export const webhookChecks = (agents: ReadonlyArray<AgentConfig>): Effect.Effect<ReadonlyArray<Check>> =>
  Effect.gen(function* () {
    const asked = agents.flatMap(({ id, runtime }) =>
      runtime.type === "webhook" ? [{ id, url: runtime.url }] : []
    )
    if (asked.length === 0) return []
    const { reach } = yield* Effect.promise(() => import("../../../layers/http/reach.ts"))
    return yield* Effect.forEach(
      asked,
      ({ id, url }) => Effect.map(reach(url, WITHIN_MS), (reached) => webhookCheck({ id }, reached)),
      { concurrency: "unbounded" }
    )
  })
