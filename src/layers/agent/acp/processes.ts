/** The processes of agents: one for each, started when it is asked something, ended when it was not for a while. */
import { Effect, RcMap } from "effect"
import type { GatewayConfig } from "../../../schemas/Config.ts"
import { type AgentError, AgentUnavailable } from "../../../schemas/errors/agent.ts"
import { type AgentProcess, startProcess } from "./process.ts"
import type { Launch } from "./startAgent.ts"
import type { Troubles } from "./troubles.ts"

/** What a process is started by: with another it would be another one. */
const settingsOf = ({ agent: { id }, runtime, stateDir }: Launch): string =>
  JSON.stringify([id, stateDir, runtime])

/** Whether an agent is in a config as it was started. */
const isIn = ({ agents, stateDir }: GatewayConfig, launch: Launch): boolean => {
  const agent = agents.list.find(({ id }) => id === launch.agent.id)
  return (
    agent?.runtime.type === "acp" &&
    settingsOf({ agent, runtime: agent.runtime, stateDir }) === settingsOf(launch)
  )
}

/** Fails while an agent is left alone that did not start, or ended by itself. */
const leftAlone = (troubles: Troubles, agentId: string) =>
  Effect.flatMap(troubles.of(agentId), ({ failures, waitMs }) =>
    waitMs <= 0
      ? Effect.void
      : new AgentUnavailable({
          agentId,
          detail: `it failed ${failures === 1 ? "once" : `${failures} times in a row`}, and is started again later`,
          retryAfterMs: waitMs
        })
  )

/** The processes that run, each until nobody has asked it anything for a while, or it is given up. */
export const makeProcesses = (troubles: Troubles) =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const current = new Map<string, Launch>()

    /** Takes no more turns; it ends once those that run in it have ended. */
    const giveUp = (launch: Launch): Effect.Effect<void> =>
      Effect.suspend(() => {
        if (current.get(launch.agent.id) === launch) current.delete(launch.agent.id)
        return RcMap.invalidate(processes, launch)
      })
    const endedByItself = (launch: Launch) =>
      Effect.zipRight(troubles.failed(launch.agent.id), giveUp(launch))

    const start = (launch: Launch) =>
      Effect.gen(function* () {
        const agentId = launch.agent.id
        yield* leftAlone(troubles, agentId)
        const process = yield* Effect.tapError(startProcess(launch), ({ _tag }) =>
          // Who has mended it need not wait.
          _tag === "AgentRefused" ? Effect.void : troubles.failed(agentId)
        )
        yield* Effect.forkScoped(
          Effect.catchAll(process.connection.ended, () => Effect.forkIn(endedByItself(launch), scope))
        )
        return process
      }).pipe(
        // Not by who waits for it: nobody may any more. And not here, for it is this effect's own scope that is closed.
        Effect.tapErrorCause(() => Effect.forkIn(giveUp(launch), scope)),
        Effect.annotateLogs({ agent: launch.agent.id })
      )

    const processes: RcMap.RcMap<Launch, AgentProcess, AgentError> = yield* RcMap.make({
      lookup: start,
      idleTimeToLive: ({ runtime }: Launch) => runtime.idleMs
    })

    /** The process of an agent as it is now; one of other settings takes no more turns. */
    const launchOf = (wanted: Launch) =>
      Effect.gen(function* () {
        const before = current.get(wanted.agent.id)
        if (before !== undefined && settingsOf(before) === settingsOf(wanted)) return before
        current.set(wanted.agent.id, wanted)
        if (before !== undefined) yield* RcMap.invalidate(processes, before)
        return wanted
      })

    /** Ends what is not in a config any more, or not as it was. */
    const follow = (config: GatewayConfig) =>
      Effect.forEach(
        [...current.values()].filter((launch) => !isIn(config, launch)),
        giveUp,
        { discard: true }
      )

    /** The process, for as long as the scope; started where it does not run. */
    const use = (launch: Launch) => RcMap.get(processes, launch)

    return { follow, giveUp, launchOf, use }
  })
