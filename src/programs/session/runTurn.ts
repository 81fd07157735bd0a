/** A turn, from its messages to the reply that was accepted for delivery. */
import { Array as Arr, Clock, Effect } from "effect"
import type { Reason } from "../../schemas/Delivery.ts"
import type { GatewayEvent } from "../../schemas/GatewayEvent.ts"
import { boundary } from "../../services/Boundary.ts"
import { DeadLetters } from "../../services/DeadLetters.ts"
import { Events } from "../../services/Events.ts"
import { GroupHistory } from "../../services/GroupHistory.ts"
import { Stops } from "../../services/Stops.ts"
import type { FairSemaphore } from "../effects/FairSemaphore.ts"
import { stored } from "../effects/stored.ts"
import { makeAnswer } from "./answer.ts"
import { type Batch, makeComposeTurn, makeGroupOf } from "./composeTurn.ts"
import { makeNotices } from "./notices.ts"
import { makeSpending } from "./spending.ts"
import type { TurnEnd } from "./turnEnd.ts"

type Outcome = Extract<GatewayEvent, { readonly _tag: "TurnEnded" }>["outcome"]
const FAILED: Outcome = "failed"
const OVER_BUDGET: Outcome = "over-budget"
const STOPPED: Outcome = "stopped"

/** A turn that is to be run. `attempt` counts its retries after it failed for good, from 0. */
export interface Ask {
  readonly id: string
  readonly attempt: number
  readonly batch: Batch
}

/** The functions that keep a turn that failed for good, and tell its person. */
const makeFail = (sessionKey: string) =>
  Effect.gen(function* () {
    const deadLetters = yield* DeadLetters
    const notices = yield* makeNotices

    const tell = ({ attempt, batch, id }: Ask) =>
      // Who hears of an owner's retry that it failed has heard it before.
      attempt === 0 ? notices.failure(id, batch) : Effect.void

    const bury = (ask: Ask, { code, message }: Reason) =>
      Effect.logError("the turn failed and is kept as a dead letter").pipe(
        Effect.annotateLogs({ code }),
        Effect.zipRight(
          stored(
            deadLetters.bury({
              content: { _tag: "Turn", id: ask.id, sessionKey, messages: ask.batch },
              attempt: ask.attempt,
              code,
              message
            })
          )
        ),
        Effect.zipRight(tell(ask)),
        Effect.as(FAILED)
      )

    /** There is no letter: what was said would be said again. */
    const breakOff = (ask: Ask) =>
      Effect.logError("the agent failed in the middle of its answer: what it had said by then was sent").pipe(
        Effect.zipRight(tell(ask)),
        Effect.as(FAILED)
      )

    return { bury, breakOff }
  })

/** The function that runs a session's turns. `turns` bounds how many agents are asked at once, over all sessions. */
export const makeRunTurn = (sessionKey: string, turns: FairSemaphore, turnEnd: TurnEnd) =>
  Effect.gen(function* () {
    const composeTurn = yield* makeComposeTurn(sessionKey)
    const groupOf = yield* makeGroupOf
    const answer = yield* makeAnswer(sessionKey, turns)
    const { mayBegin } = yield* makeSpending
    const { breakOff, bury } = yield* makeFail(sessionKey)
    const groupHistory = yield* GroupHistory
    const deadLetters = yield* DeadLetters
    const events = yield* Events
    const stops = yield* Stops

    /** Nothing is told of what an earlier run has answered. */
    const ask = (ask: Ask) =>
      Effect.gen(function* () {
        const { attempt, batch, id: turnId } = ask
        const { accountId } = batch[0].envelope
        let outcome: Outcome | undefined
        if (!(yield* stored(turnEnd.isAnswered({ id: turnId, accountId })))) {
          // What an owner has ordered anew is not counted.
          if (attempt === 0 && !(yield* mayBegin(turnId, batch))) return OVER_BUDGET
          const answered = yield* Effect.raceFirst(
            Effect.flatMap(stored(composeTurn(turnId, batch)), (turn) => answer(turn, batch)),
            Effect.as(stops.awaitStop(Arr.lastNonEmpty(batch).envelope, attempt), STOPPED)
          )
          outcome = answered === "broken-off" ? yield* breakOff(ask) : answered
        }
        if (attempt > 0) yield* stored(deadLetters.resolve("Turn", turnId))
        return outcome
      })

    const run = (turn: Ask) =>
      Effect.gen(function* () {
        const { attempt, batch, id } = turn
        const { accountId } = batch[0].envelope
        // A crash came after it had failed: it has been tried often enough.
        const hasFailed = (yield* stored(turnEnd.failures({ id, accountId }))) > attempt
        const outcome = hasFailed
          ? undefined
          : yield* Effect.catchAll(ask(turn), ({ code, report }) => bury(turn, { code, message: report }))
        const group = yield* stored(groupOf(batch))
        // What was said before a turn that was not begun is there for the next one.
        if (group !== undefined && outcome !== OVER_BUDGET) {
          yield* stored(
            groupHistory.forget({
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
