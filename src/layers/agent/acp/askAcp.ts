/**
 * The `acp` runtime: agents that speak the Agent Client Protocol. One process for each, started when it is first asked
 * something, and ended when it was not for a while; its sessions are conversations.
 */
import { Cause, Deferred, Effect, Exit, Ref, type Scope, Stream } from "effect"
import type { AgentConfig } from "../../../schemas/Config.ts"
import type { AcpConfig } from "../../../schemas/config/runtimes/acp.ts"
import {
  type AgentError,
  AgentInterrupted,
  AgentTimeout,
  AgentUnavailable
} from "../../../schemas/errors/agent.ts"
import { type Answer, type Question, Said } from "../../../services/Agent.ts"
import { ConfigService } from "../../../services/ConfigService.ts"
import type { Say } from "../events.ts"
import type { Surroundings } from "./process.ts"
import { makeProcesses } from "./processes.ts"
import { type Asked, runTurn, unlessCancelled } from "./runTurn.ts"
import type { Launch } from "./startAgent.ts"
import { makeTroubles } from "./troubles.ts"
import { makeWorkTime } from "./workTime.ts"

/** Asks an agent of this runtime. */
export type AskAcp = (
  agent: AgentConfig,
  runtime: AcpConfig,
  question: Question,
  say: Say
) => Effect.Effect<Answer, AgentError>

/** What becomes of a turn whose time is over. */
const late = (agentId: string, afterMs: number, hasBegun: boolean): AgentError =>
  hasBegun
    ? new AgentInterrupted({ agentId, detail: `it did not end within ${afterMs} ms` })
    : new AgentTimeout({ agentId, afterMs })

/** Tells who asked what came of it, as soon as it is known. */
type Tell = (exit: Exit.Exit<Answer, AgentError>) => Effect.Effect<void>

/** Waits for an answer, as long as a turn may work. Whatever ends the waiting has the agent stop. */
const awaitAnswer = (
  { agent, runtime }: Launch,
  { cancelled, hasBegun, workTime }: Asked,
  answered: Deferred.Deferred<Answer, AgentError>
) => {
  const cancel = Deferred.succeed(cancelled, undefined)
  const giveUp = workTime.passed(runtime.timeoutMs).pipe(
    // In this order: a turn that has not begun by then sees that it is cancelled.
    Effect.zipRight(cancel),
    Effect.zipRight(Ref.get(hasBegun)),
    Effect.flatMap((hasBegun) => Effect.fail(late(agent.id, runtime.timeoutMs, hasBegun)))
  )
  return Effect.raceFirst(Deferred.await(answered), giveUp).pipe(Effect.onInterrupt(() => cancel))
}

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

    const conduct = (wanted: Launch, asked: Asked, answer: Tell) =>
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

    return (agent, runtime, question, say) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function* () {
          const answered = yield* Deferred.make<Answer, AgentError>()
          const asked: Asked = {
            question,
            cancelled: yield* Deferred.make<void>(),
            begin: say(Said.Begin()),
            hasBegun: yield* Ref.make(false),
            workTime: yield* makeWorkTime
          }
          const { stateDir } = yield* config.current
          const launch = { agent, runtime, stateDir }
          const tell: Tell = (exit) =>
            Effect.zipRight(
              Effect.when(troubles.isWell(agent.id), () => Exit.isSuccess(exit)),
              Deferred.done(answered, exit)
            )
          // Not by who asks, who goes as soon as there is an answer, or none is wanted any more.
          yield* conduct(launch, asked, tell).pipe(
            // An interruption is no answer: nobody waits any more, or the gateway ends, and the turn is the next one's to find.
            Effect.onError((cause) =>
              Effect.unless(Deferred.failCause(answered, cause), () => Cause.isInterruptedOnly(cause))
            ),
            Effect.provide(context),
            Effect.interruptible,
            Effect.forkIn(scope)
          )
          return yield* restore(awaitAnswer(launch, asked, answered))
        })
      )
  })
