/** A turn, from its messages to the reply that was accepted for delivery. */
import { Array as Arr, Clock, Effect } from "effect"
import type { DecidedTurn } from "../../schemas/Decision.ts"
import type { Reason } from "../../schemas/Delivery.ts"
import { envelopeKey } from "../../schemas/Envelope.ts"
import { AgentInterrupted } from "../../schemas/errors/agent.ts"
import type { TurnMessages } from "../../services/BegunTurns.ts"
import { boundary } from "../../services/Boundary.ts"
import { DeadLetters } from "../../services/DeadLetters.ts"
import { Decisions } from "../../services/Decisions.ts"
import { Events } from "../../services/Events.ts"
import { GroupHistory } from "../../services/GroupHistory.ts"
import { Stops } from "../../services/Stops.ts"
import type { FairSemaphore } from "../effects/FairSemaphore.ts"
import { stored } from "../effects/stored.ts"
import { makeAnswer, type Unanswered } from "./answer.ts"
import type { AwaitAgent } from "./awaitAgent.ts"
import { type Batch, makeHistoryOf } from "./batch.ts"
import { makeComposeTurn } from "./composeTurn.ts"
import { makeNotices } from "./notices.ts"
import { makeSpending } from "./spending.ts"
import type { TurnEnd } from "./turnEnd.ts"

/** How a turn ended; where it failed, why, without what the agent said: agents repeat what they were told. */
type End = Pick<DecidedTurn, "outcome" | "code" | "reason">
const OVER_BUDGET: End = { outcome: "over-budget" }
const STOPPED: End = { outcome: "stopped" }

const failedBy = ({ code, message }: Reason): End => ({ outcome: "failed", code, reason: message })

const timesOf = (count: number): string => (count === 1 ? "once" : `${count} times`)

/** Why a turn failed, and how often its agent was asked; with what the agent said, for the letter alone. */
const reasonOf = ({ asked, error }: Unanswered, words = error.message): Reason => ({
  code: error.code,
  message: `${words} (asked ${timesOf(asked)})`
})

/** A turn that is to be run. `attempt` counts its retries after it failed for good, from 0. */
export interface Ask {
  readonly id: string
  readonly attempt: number
  readonly batch: Batch
}

const messagesOf = ({ attempt, batch }: Ask): TurnMessages => ({
  keys: Arr.map(batch, ({ envelope }) => envelopeKey(envelope)),
  attempt
})

/** What became of a turn that an agent with tools was given before the gateway ended: nobody knows. */
const cutOff = ({ batch: [{ agentId }] }: Ask): Unanswered => ({
  error: new AgentInterrupted({ agentId, detail: "the gateway ended while the agent worked on it" }),
  asked: 1
})

/** The functions that keep a turn that failed for good, and tell its person. */
const makeFail = (sessionKey: string) =>
  Effect.gen(function* () {
    const deadLetters = yield* DeadLetters
    const notices = yield* makeNotices

    const tell = ({ attempt, batch, id }: Ask) =>
      // Who hears of an owner's retry that it failed has heard it before.
      attempt === 0 ? notices.failure(id, batch) : Effect.void

    /** `report` is all that is known of it, for the letter alone. */
    const bury = (ask: Ask, { code, message }: Reason, report?: string) =>
      Effect.logError("the turn failed and is kept as a dead letter").pipe(
        Effect.annotateLogs({ code, reason: message }),
        Effect.zipRight(
          stored(
            deadLetters.bury({
              content: { _tag: "Turn", id: ask.id, sessionKey, messages: ask.batch },
              attempt: ask.attempt,
              code,
              message,
              ...(report === undefined ? {} : { report })
            })
          )
        ),
        Effect.zipRight(tell(ask)),
        Effect.as(failedBy({ code, message }))
      )

    /** There is no letter: what was said would be said again. */
    const breakOff = (ask: Ask, { error }: Unanswered) =>
      Effect.logError("the agent failed in the middle of its answer: what it had said by then was sent").pipe(
        Effect.zipRight(tell(ask)),
        Effect.as(failedBy(error))
      )

    return { bury, breakOff }
  })

/** What all sessions of this host have in common. */
export interface Shared {
  /** Bounds how many agents are asked at once. */
  readonly turns: FairSemaphore
  readonly awaitAgent: AwaitAgent
}

/** The function that runs a session's turns. */
export const makeRunTurn = (sessionKey: string, { awaitAgent, turns }: Shared, turnEnd: TurnEnd) =>
  Effect.gen(function* () {
    const composeTurn = yield* makeComposeTurn(sessionKey)
    const historyOf = yield* makeHistoryOf
    const answer = yield* makeAnswer(sessionKey, turns)
    const { mayBegin } = yield* makeSpending
    const { breakOff, bury } = yield* makeFail(sessionKey)
    const groupHistory = yield* GroupHistory
    const deadLetters = yield* DeadLetters
    const decisions = yield* Decisions
    const events = yield* Events
    const stops = yield* Stops

    /** Whether an earlier run is done with it. Fails where that one was broken off once its agent was at work. */
    const isDone = (ask: Ask) =>
      Effect.gen(function* () {
        const { accountId } = ask.batch[0].envelope
        if (yield* stored(turnEnd.isAnswered({ id: ask.id, accountId }))) return true
        const state = yield* stored(turnEnd.stateOf(messagesOf(ask)))
        return state === "begun" ? yield* Effect.fail(cutOff(ask)) : state === "over"
      })

    /** Nothing is told of what an earlier run is done with. */
    const ask = (ask: Ask) =>
      Effect.gen(function* () {
        const { attempt, batch, id: turnId } = ask
        const { accountId } = batch[0].envelope
        let end: End | undefined
        if (!(yield* isDone(ask))) {
          // What an owner has ordered anew is not counted.
          if (attempt === 0 && !(yield* mayBegin(turnId, batch))) return OVER_BUDGET
          yield* events.publish({
            _tag: "TurnBegun",
            turnId,
            accountId,
            sessionKey,
            agentId: batch[0].agentId
          })
          const answered = yield* Effect.raceFirst(
            // What an agent is told and remembers is said by its config.
            awaitAgent(batch[0].agentId).pipe(
              Effect.zipRight(stored(composeTurn(turnId, batch))),
              Effect.flatMap((turn) => answer(turn, batch, messagesOf(ask)))
            ),
            Effect.as(stops.awaitStop(Arr.lastNonEmpty(batch).envelope, attempt), STOPPED)
          )
          end = "error" in answered ? yield* breakOff(ask, answered) : answered
        }
        if (attempt > 0) yield* stored(deadLetters.resolve("Turn", turnId))
        return end
      })

    const run = (turn: Ask) =>
      Effect.gen(function* () {
        const { attempt, batch, id } = turn
        const { accountId } = batch[0].envelope
        // A crash came after it had failed: it has been tried often enough.
        const hasFailed = (yield* stored(turnEnd.failures({ id, accountId }))) > attempt
        const end = hasFailed
          ? undefined
          : yield* Effect.catchAll(ask(turn), (unanswered) =>
              bury(turn, reasonOf(unanswered), reasonOf(unanswered, unanswered.error.report).message)
            )
        const chatId = yield* stored(historyOf(batch))
        // What was said before a turn that was not begun is there for the next one.
        if (chatId !== undefined && end !== OVER_BUDGET) {
          const upToRowId = Arr.lastNonEmpty(batch).envelope.rowId
          yield* stored(groupHistory.forget({ accountId, chatId, upToRowId }))
        }
        return end
      })

    const runSafely = (ask: Ask) =>
      Effect.catchAllDefect(run(ask), (defect) =>
        // A message that trips the gateway itself must not stop its session, nor vanish.
        Effect.zipRight(
          Effect.logError("a defect ended a turn", defect),
          bury(ask, {
            code: "defect",
            message: "the gateway itself failed on this turn; its log says more"
          })
        )
      )

    /** Never fails: a turn ends with its reply accepted, with nothing to say, as a dead letter, or unbegun. */
    return (ask: Ask): Effect.Effect<void> =>
      Effect.gen(function* () {
        const begunAt = yield* Clock.currentTimeMillis
        const end = yield* runSafely(ask).pipe(boundary("turn", { turn: ask.id }))
        if (end === undefined) return
        const { agentId, envelope } = ask.batch[0]
        const { accountId } = envelope
        const endedAt = yield* Clock.currentTimeMillis
        const durationMs = endedAt - begunAt
        yield* stored(decisions.turnEnded(accountId, { id: ask.id, agentId, endedAt, durationMs, ...end }))
        const { outcome } = end
        yield* events.publish({
          ...{ _tag: "TurnEnded", turnId: ask.id, accountId, sessionKey },
          ...{ agentId, outcome, durationMs }
        })
      }).pipe(
        Effect.annotateLogs({
          session: sessionKey,
          account: ask.batch[0].envelope.accountId,
          turn: ask.id
        })
      )
  })
