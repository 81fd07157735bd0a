/**
 * An agent that this host's config does not have, where several hosts carry the gateway: a change of the config comes to them
 * one after the other, and what one of them took for a new agent may lie with another, which has not read it yet.
 */
import { Duration, Effect, Option, Stream } from "effect"
import type { GatewayConfig } from "../../schemas/Config.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { Hosts } from "../../services/Hosts.ts"
import { monotonicMillis } from "../account/supervision/monotonic.ts"

/** How long an agent is waited for. */
const WAITS = Duration.minutes(10)
const WAITS_MS = Duration.toMillis(WAITS)

/** Waits until this host's config has an agent, or for as long as it is waited for. */
export type AwaitAgent = (agentId: string) => Effect.Effect<void>

const has =
  (agentId: string) =>
  ({ agents }: GatewayConfig): boolean =>
    agents.list.some(({ id }) => id === agentId)

const warn = (agentId: string) =>
  Effect.logWarning(
    `the config of this host has no agent ${agentId}: what is for it waits here for ${Duration.toMinutes(WAITS)} minutes`
  ).pipe(
    Effect.annotateLogs({
      agent: agentId,
      hint: "Give this host the config that the others have, and run `imsg-gateway config reload` on it."
    })
  )

/**
 * The function that does so. All messages of an agent share one wait, and one warning: of one that was taken out everywhere
 * those that lie one behind the other fail at once after it.
 */
export const makeAwaitAgent: Effect.Effect<AwaitAgent, never, ConfigService> = Effect.gen(function* () {
  const { changes, current } = yield* ConfigService
  // One process has the config by which it took the message, or a later one.
  if (Option.isNone(yield* Hosts)) return () => Effect.void
  /** Since when agents are missing, by their ids. */
  const missing = new Map<string, number>()

  /** How much longer an agent is waited for, ms. Who is asked for long after a wait was over is waited for anew. */
  const remaining = (agentId: string) =>
    Effect.gen(function* () {
      const now = yield* monotonicMillis
      const since = missing.get(agentId)
      if (since !== undefined && now - since < 2 * WAITS_MS) return Math.max(0, since + WAITS_MS - now)
      missing.set(agentId, now)
      yield* warn(agentId)
      return WAITS_MS
    })

  return (agentId) =>
    Effect.gen(function* () {
      if (!has(agentId)(yield* current)) {
        const arrival = Stream.runHead(Stream.filter(changes, has(agentId)))
        const arrived = yield* Effect.timeoutOption(arrival, yield* remaining(agentId))
        if (Option.isNone(arrived)) return
      }
      missing.delete(agentId)
    })
})
