/**
 * The `acp` runtime: agents that speak the Agent Client Protocol. One process for each, started when it is first asked
 * something, and ended when it was not for a while; its sessions are conversations.
 */
import { Deferred, Effect, Exit, RcMap, Ref, type Scope, Stream } from "effect"
import type { AgentConfig, GatewayConfig } from "../../../schemas/Config.ts"
import type { AcpConfig } from "../../../schemas/config/runtimes/acp.ts"
import {
  type AgentError,
  AgentInterrupted,
  AgentTimeout,
  AgentUnavailable
} from "../../../schemas/errors/agent.ts"
import type { Answer, Question } from "../../../services/Agent.ts"
import { ConfigService } from "../../../services/ConfigService.ts"
import { type AgentProcess, type Surroundings, startProcess } from "./process.ts"
import { type Asked, runTurn, unlessCancelled } from "./runTurn.ts"
import type { Launch } from "./startAgent.ts"
import { makeTroubles, type Troubles } from "./troubles.ts"

/** Asks an agent of this runtime. */
export type AskAcp = (
  agent: AgentConfig,
  runtime: AcpConfig,
  question: Question
) => Effect.Effect<Answer, AgentError>

/** What a process is started by: with another it would be another one. */
const settingsOf = ({ agent: { id }, runtime, stateDir }: Launch): string =>
  JSON.stringify([id, stateDir, runtime])

/** The processes that run, each until nobody has asked it anything for a while, or it is given up. */
const makeProcesses = (troubles: Troubles) =>
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
        const { failures, waitMs } = yield* troubles.of(agentId)
        if (waitMs > 0) {
          return yield* new AgentUnavailable({
            agentId,
            detail: `it failed ${failures === 1 ? "once" : `${failures} times in a row`}, and is started again later`,
            retryAfterMs: waitMs
          })
        }
        const process = yield* Effect.tapError(startProcess(launch), ({ _tag }) =>
          // Who has mended it need not wait.
          _tag === "AgentRefused" ? Effect.void : troubles.failed(agentId)
        )
        yield* Effect.forkScoped(
          Effect.catchAll(process.connection.ended, () => Effect.forkIn(endedByItself(launch), scope))
        )
        return process
      }).pipe(Effect.annotateLogs({ agent: launch.agent.id }))

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
    const follow = ({ agents, stateDir }: GatewayConfig) =>
      Effect.forEach(
        [...current.values()],
        (launch) => {
          const agent = agents.list.find(({ id }) => id === launch.agent.id)
          const isSame =
            agent?.runtime.type === "acp" &&
            settingsOf({ agent, runtime: agent.runtime, stateDir }) === settingsOf(launch)
          return isSame ? Effect.void : giveUp(launch)
        },
        { discard: true }
      )

    /** The process, for as long as the scope; started where it does not run. */
    const use = (launch: Launch) => Effect.tapError(RcMap.get(processes, launch), () => giveUp(launch))

    return { follow, giveUp, launchOf, use }
  })

/** What becomes of a turn whose time is over. */
const late = (agentId: string, afterMs: number, hasBegun: boolean): AgentError =>
  hasBegun
    ? new AgentInterrupted({ agentId, detail: `it did not end within ${afterMs} ms` })
    : new AgentTimeout({ agentId, afterMs })

/** Makes the function that asks. Closing the scope ends every process. */
export const makeAskAcp: Effect.Effect<AskAcp, never, Surroundings | ConfigService | Scope.Scope> =
  Effect.gen(function* () {
    const context = yield* Effect.context<Surroundings>()
    const config = yield* ConfigService
    const troubles = makeTroubles()
    const processes = yield* makeProcesses(troubles)
    // After the processes: a turn ends before its process does.
    const scope = yield* Effect.scope
    yield* Effect.forkScoped(Stream.runForEach(config.changes, processes.follow))

    const conduct = (
      wanted: Launch,
      asked: Asked,
      answer: (exit: Exit.Exit<Answer, AgentError>) => Effect.Effect<void>
    ) =>
      Effect.gen(function* () {
        const launch = yield* processes.launchOf(wanted)
        const process = yield* processes.use(launch).pipe(unlessCancelled(asked))
        // The agent as it is now: all that is not the process's may have changed.
        yield* runTurn({ ...launch, agent: wanted.agent }, process, asked, answer, processes.giveUp(launch))
      }).pipe(
        Effect.scoped,
        // Once more, in another process: this one did not let go of the session.
        Effect.retry({ times: 1, while: ({ _tag }) => _tag === "SessionGivenUp" }),
        Effect.catchTag("SessionGivenUp", () =>
          answer(
            Exit.fail(
              new AgentUnavailable({ agentId: wanted.agent.id, detail: "it does not end an earlier turn" })
            )
          )
        ),
        Effect.catchAll((error) => answer(Exit.fail(error)))
      )

    return (agent, runtime, question) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function* () {
          const answered = yield* Deferred.make<Answer, AgentError>()
          const asked: Asked = {
            question,
            cancelled: yield* Deferred.make<void>(),
            hasBegun: yield* Ref.make(false)
          }
          const cancel = Deferred.succeed(asked.cancelled, undefined)
          const answer = (exit: Exit.Exit<Answer, AgentError>) =>
            Effect.zipRight(
              Effect.when(troubles.isWell(agent.id), () => Exit.isSuccess(exit)),
              Deferred.done(answered, exit)
            )
          const { stateDir } = yield* config.current
          yield* conduct({ agent, runtime, stateDir }, asked, answer).pipe(
            Effect.onExit((exit) =>
              Exit.isFailure(exit) ? Deferred.failCause(answered, exit.cause) : Effect.void
            ),
            Effect.provide(context),
            Effect.interruptible,
            Effect.forkIn(scope)
          )
          return yield* restore(Deferred.await(answered)).pipe(
            Effect.timeoutOption(runtime.timeoutMs),
            Effect.onInterrupt(() => cancel),
            Effect.flatMap((answer) =>
              answer._tag === "Some"
                ? Effect.succeed(answer.value)
                : Effect.zipRight(
                    cancel,
                    Effect.flatMap(Ref.get(asked.hasBegun), (hasBegun) =>
                      Effect.fail(late(agent.id, runtime.timeoutMs, hasBegun))
                    )
                  )
            )
          )
        })
      )
  })
