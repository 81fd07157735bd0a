/** A turn, from its messages to the reply that was accepted for delivery. */
import { Array as Arr, Clock, Effect, Schedule } from "effect"
import { NO_MEMORY } from "../../schemas/Conversation.ts"
import type { Reason } from "../../schemas/Delivery.ts"
import { replyTarget } from "../../schemas/Envelope.ts"
import { mayAskAgain } from "../../schemas/errors/agent.ts"
import type { Reply, Turn } from "../../schemas/Turn.ts"
import { Agent } from "../../services/Agent.ts"
import { boundary } from "../../services/Boundary.ts"
import { DeadLetters } from "../../services/DeadLetters.ts"
import { Events } from "../../services/Events.ts"
import { Journal } from "../../services/Journal.ts"
import { Lifecycle } from "../../services/Lifecycle.ts"
import { Outbox } from "../../services/Outbox.ts"
import { Stops } from "../../services/Stops.ts"
import type { FairSemaphore } from "../gateway/FairSemaphore.ts"
import { stored } from "../gateway/stored.ts"
import { type Batch, makeComposeTurn, makeGroupOf } from "./composeTurn.ts"
import { makePrepareReplies } from "./prepareReplies.ts"
import { makeSpending } from "./spending.ts"
import type { TurnEnd } from "./turnEnd.ts"

const RETRIES = 2
const agentRetries = Schedule.exponential("1 second", 3).pipe(
  Schedule.jittered,
  Schedule.intersect(Schedule.recurs(RETRIES))
)

type Outcome = "answered" | "silent" | "failed" | "over-budget" | "stopped"
const FAILED: Outcome = "failed"
const OVER_BUDGET: Outcome = "over-budget"
const STOPPED: Outcome = "stopped"

/** A turn that is to be run. `attempt` counts its retries after it failed for good, from 0. */
export interface Ask {
  readonly id: string
  readonly attempt: number
  readonly batch: Batch
}

/** The function that runs a session's turns. `turns` bounds how many agents are asked at once, over all sessions. */
export const makeRunTurn = (sessionKey: string, turns: FairSemaphore, turnEnd: TurnEnd) =>
  Effect.gen(function* () {
    const composeTurn = yield* makeComposeTurn(sessionKey)
    const groupOf = yield* makeGroupOf
    const prepareReplies = yield* makePrepareReplies
    const { answeredIn, mayBegin } = yield* makeSpending
    const journal = yield* Journal
    const deadLetters = yield* DeadLetters
    const agent = yield* Agent
    const lifecycle = yield* Lifecycle
    const events = yield* Events
    const outbox = yield* Outbox
    const stops = yield* Stops
    const deliver = (turn: Turn, replies: ReadonlyArray<Reply>) => {
      const [{ accountId }] = turn.envelopes
      if (replies.length === 0)
        return Effect.as(Effect.logDebug("the agent has nothing to say"), "silent" as const)
      return outbox
        .accept({ id: turn.id, accountId, target: replyTarget(turn.envelopes[0]), replies })
        .pipe(stored, Effect.as("answered" as const))
    }

    /** Asks the agent, and has its reply accepted. A stop waits for this once it has begun; it begins nothing more. */
    const attempt = (turn: Turn) =>
      agent
        .ask({ turn, memory: NO_MEMORY }, () => Effect.void)
        .pipe(
          Effect.flatMap(({ replies }) => prepareReplies(turn, replies)),
          Effect.tap(({ parts }) => answeredIn(turn.id, parts)),
          Effect.flatMap(({ replies }) => deliver(turn, replies)),
          lifecycle.work,
          turns.withPermit
        )

    const bury = ({ attempt, batch, id }: Ask, { code, message }: Reason) =>
      Effect.zipRight(
        Effect.logError("the turn failed and is kept as a dead letter").pipe(Effect.annotateLogs({ code })),
        stored(
          deadLetters.bury({
            content: { _tag: "Turn", id, sessionKey, messages: batch },
            attempt,
            code,
            message
          })
        )
      )

    /** Nothing is told of what an earlier run has answered. */
    const answer = (ask: Ask) =>
      Effect.gen(function* () {
        const { batch, id: turnId } = ask
        const { accountId } = batch[0].envelope
        let outcome: Outcome | undefined
        if (!(yield* stored(turnEnd.isAnswered({ id: turnId, accountId })))) {
          // What an owner has ordered anew is not counted.
          if (ask.attempt === 0 && !(yield* mayBegin(turnId, batch))) return OVER_BUDGET
          const turn = yield* stored(composeTurn(turnId, batch))
          outcome = yield* attempt(turn).pipe(
            Effect.tapError((error) =>
              Effect.logWarning(error.message).pipe(
                Effect.annotateLogs({ code: error.code, hint: error.hint })
              )
            ),
            Effect.retry({ schedule: agentRetries, while: mayAskAgain }),
            Effect.raceFirst(
              Effect.as(stops.awaitStop(Arr.lastNonEmpty(batch).envelope, ask.attempt), STOPPED)
            )
          )
        }
        if (ask.attempt > 0) yield* stored(deadLetters.resolve("Turn", turnId))
        return outcome
      })

    const run = (ask: Ask) =>
      Effect.gen(function* () {
        const { attempt, batch, id } = ask
        const { accountId } = batch[0].envelope
        // A crash came after it had failed: it has been tried often enough.
        const hasFailed = (yield* stored(turnEnd.failures({ id, accountId }))) > attempt
        const outcome = hasFailed
          ? undefined
          : yield* Effect.catchAll(answer(ask), ({ code, report }) =>
              Effect.as(bury(ask, { code, message: report }), FAILED)
            )
        const group = yield* stored(groupOf(batch))
        // What was said before a turn that was not begun is there for the next one.
        if (group !== undefined && outcome !== OVER_BUDGET) {
          yield* stored(
            journal.forget({
              accountId,
              chatId: group.historyId,
              upToRowId: Arr.lastNonEmpty(batch).envelope.rowId
            })
          )
        }
        return outcome
      })

    const runSafely = (ask: Ask) =>
      Effect.catchAllDefect(run(ask), (defect) =>
        // A message that trips the gateway itself must not stop its session, nor vanish.
        Effect.logError("a defect ended a turn", defect).pipe(
          Effect.zipRight(
            bury(ask, {
              code: "defect",
              message: "the gateway itself failed on this turn; its log says more"
            })
          ),
          Effect.as(FAILED)
        )
      )

    /** Never fails: a turn ends with its reply accepted, with nothing to say, as a dead letter, or unbegun. */
    return (ask: Ask): Effect.Effect<void> =>
      Effect.gen(function* () {
        const begunAt = yield* Clock.currentTimeMillis
        const outcome = yield* runSafely(ask).pipe(boundary("turn", { turn: ask.id }))
        if (outcome === undefined) return
        const { agentId, envelope } = ask.batch[0]
        yield* events.publish({
          _tag: "TurnEnded",
          turnId: ask.id,
          accountId: envelope.accountId,
          sessionKey,
          agentId,
          outcome,
          durationMs: (yield* Clock.currentTimeMillis) - begunAt
        })
      }).pipe(
        Effect.annotateLogs({
          session: sessionKey,
          account: ask.batch[0].envelope.accountId,
          turn: ask.id
        })
      )
  })
