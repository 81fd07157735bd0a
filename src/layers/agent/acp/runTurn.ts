/** A turn of an agent's, from its session to its end: also when it is stopped, and when the agent does not obey. */
import type { FileSystem } from "@effect/platform"
import { Deferred, Effect, Exit, Fiber, Ref, type Scope } from "effect"
import { type AgentError, AgentInterrupted } from "../../../schemas/errors/agent.ts"
import type { Answer, Question } from "../../../services/Agent.ts"
import { noteInput } from "../../../services/AgentInputs.ts"
import { MAX_ANSWER_BYTES } from "../lines.ts"
import { SILENCE } from "../models/budget.ts"
import { contentOf } from "./content.ts"
import { beforeWork, inWork, isUnknownSession } from "./failures.ts"
import type { AgentProcess } from "./process.ts"
import type { RpcFailure } from "./RpcFailure.ts"
import { endOf, LOST, NOTHING_READ, repliesOf } from "./reply.ts"
import type { Running, Session } from "./sessions.ts"
import type { Launch } from "./startAgent.ts"
import { PromptEnded } from "./wire.ts"
import type { WorkTime } from "./workTime.ts"

/** How long an agent may take to obey when it is told to stop, in ms; its session is given up then. */
const OBEY_WITHIN_MS = 10_000

/** A turn as it is seen by who asked, who does not wait for it to its end. */
export interface Asked {
  readonly question: Question
  /** Done once nobody waits for an answer any more. */
  readonly cancelled: Deferred.Deferred<void>
  /** Has it written down that the agent is handed what it is asked. */
  readonly begin: Effect.Effect<void>
  /** Whether the agent was handed what it is asked: from then on nobody can say what it has done. */
  readonly hasBegun: Ref.Ref<boolean>
  readonly workTime: WorkTime
}

/** The session was given up, or is gone, while its turn waited for it. */
export class SessionGivenUp {
  readonly _tag = "SessionGivenUp"
}

/** A session is this turn's until the scope closes. */
const take = (session: Session): Effect.Effect<void, SessionGivenUp, Scope.Scope> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.zipRight(
      restore(session.lock.take(1)),
      Effect.addFinalizer(() => session.lock.release(1))
    )
  ).pipe(
    Effect.filterOrFail(
      () => !session.isForgotten,
      () => new SessionGivenUp()
    )
  )

/** Ends what a turn waits for before it begins, once it is stopped. */
export const unlessCancelled =
  ({ cancelled }: Asked) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.raceFirst(effect, Effect.zipRight(Deferred.await(cancelled), Effect.interrupt))

/** Opens the session of a conversation, and waits until no other turn runs in it. */
const enter = (process: AgentProcess, { memory, turn }: Question) =>
  Effect.gen(function* () {
    const session = yield* process.sessions.open(memory)
    yield* take(session)
    if (session.token !== undefined) yield* session.token.duringTurn(turn)
    return session
  })

/** What an agent said, with what its person has to know before: with the first words that there are. */
const answerOf = (session: Session, { reading }: Running, stopReason: string): Answer => {
  const replies = repliesOf(reading, stopReason)
  const isSaid = replies.some(({ text }) => text !== undefined && text !== SILENCE)
  if (!session.isLossUntold || !isSaid) return { replies, reference: session.id }
  session.isLossUntold = false
  return { replies: [{ text: LOST }, ...replies], reference: session.id }
}

/** Tells an agent to stop, and waits a while until it has. One that has not is given up. */
const windDown = (
  process: AgentProcess,
  session: Session,
  prompting: Fiber.Fiber<unknown, unknown>,
  giveUp: Effect.Effect<void>
) =>
  Effect.gen(function* () {
    // Whatever it is still doing, it does nothing more by the gateway.
    if (session.token !== undefined) yield* session.token.rest
    yield* process.connection.notify("session/cancel", { sessionId: session.id })
    const ended = yield* Effect.timeoutOption(Fiber.await(prompting), OBEY_WITHIN_MS)
    if (ended._tag === "Some") return
    yield* Effect.logWarning(
      "the agent does not stop: its process is ended as soon as no other turn needs it"
    )
    yield* process.sessions.forget(session)
    yield* giveUp
  })

const overflow = (agentId: string) =>
  new AgentInterrupted({ agentId, detail: `it said more than ${MAX_ANSWER_BYTES} bytes` })

/** Whether the agent does not know the session any more, and has done nothing: as far as anybody has heard. */
const isUnknown = (
  exit: Exit.Exit<unknown, RpcFailure>,
  session: Session,
  { reading: { hasBegun } }: Running
): boolean =>
  Exit.isFailure(exit) &&
  exit.cause._tag === "Fail" &&
  !hasBegun &&
  isUnknownSession(exit.cause.error, session.id)

/** How a turn goes on: it has ended, it is stopped, or it is too much. */
const outcomeOf = (prompting: Fiber.Fiber<typeof PromptEnded.Type, RpcFailure>, running: Running) =>
  Effect.raceFirst(
    Effect.map(Fiber.await(prompting), (exit) => ({ _tag: "Ended" as const, exit })),
    Effect.raceFirst(
      Effect.as(Deferred.await(running.cancelled), { _tag: "Stopped" as const }),
      Effect.as(Deferred.await(running.overflown), { _tag: "TooMuch" as const })
    )
  )

/** Asks in a session that is this turn's. `answer` is told as soon as there is an answer: the rest may take longer. */
const prompt = (
  { agent, runtime }: Launch,
  process: AgentProcess,
  session: Session,
  asked: Asked,
  answer: (exit: Exit.Exit<Answer, AgentError>) => Effect.Effect<void>,
  giveUp: Effect.Effect<void>
) =>
  Effect.gen(function* () {
    const { begin, cancelled, hasBegun, question, workTime } = asked
    const blocks = yield* contentOf(agent, question.turn, process.abilities).pipe(unlessCancelled(asked))
    const [program, ...args] = runtime.command
    yield* noteInput({ _tag: "Program", program, args, input: JSON.stringify(blocks) })
    const running: Running = {
      turn: question.turn,
      reading: NOTHING_READ,
      workTime,
      cancelled,
      overflown: yield* Deferred.make<void>()
    }
    session.running = running
    yield* Effect.addFinalizer(() =>
      Effect.suspend(() => {
        session.running = undefined
        // What the agent asked leave for in a turn that is over is asked of nobody any more.
        return Deferred.succeed(cancelled, undefined)
      })
    )
    yield* unlessCancelled(asked)(begin)
    // In this order: who stops it, or whose time is over, either is seen here or sees that it has begun.
    yield* Ref.set(hasBegun, true)
    if (yield* Deferred.isDone(cancelled)) return yield* Effect.interrupt
    const prompting = yield* Effect.forkScoped(
      process.connection.request("session/prompt", { sessionId: session.id, prompt: blocks }, PromptEnded)
    )
    const outcome = yield* outcomeOf(prompting, running)
    yield* process.note(running, endOf(running.reading))
    if (outcome._tag === "Ended") {
      const isGone = isUnknown(outcome.exit, session, running)
      if (isGone) yield* process.sessions.forget(session)
      return yield* answer(
        Exit.mapBoth(outcome.exit, {
          onFailure: (isGone ? beforeWork : inWork)(agent.id),
          onSuccess: ({ stopReason }) => answerOf(session, running, stopReason)
        })
      )
    }
    if (outcome._tag === "TooMuch") {
      yield* answer(Exit.fail(overflow(agent.id)))
      yield* Deferred.succeed(cancelled, undefined)
    }
    yield* windDown(process, session, prompting, giveUp)
  })

/**
 * Runs a turn in a process to its end. It is not interrupted by who asked: `asked.cancelled` has the agent stop, and the
 * session is another turn's once it has.
 */
export const runTurn = (
  launch: Launch,
  process: AgentProcess,
  asked: Asked,
  answer: (exit: Exit.Exit<Answer, AgentError>) => Effect.Effect<void>,
  giveUp: Effect.Effect<void>
): Effect.Effect<void, AgentError | SessionGivenUp, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const session = yield* enter(process, asked.question).pipe(unlessCancelled(asked))
    yield* prompt(launch, process, session, asked, answer, giveUp)
    // What nothing is remembered of is not gone on with.
    if (launch.agent.memory === undefined) yield* process.sessions.forget(session)
  }).pipe(Effect.scoped)
