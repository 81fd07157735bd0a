/** Asks the agent of a turn, as often as it may be asked, and has what it says accepted for delivery. */
import { Effect, Ref } from "effect"
import { NO_MEMORY } from "../../schemas/Conversation.ts"
import { type AgentError, mayAskAgain } from "../../schemas/errors/agent.ts"
import type { Turn } from "../../schemas/Turn.ts"
import { Agent, Said } from "../../services/Agent.ts"
import type { TurnMessages } from "../../services/BegunTurns.ts"
import { Lifecycle } from "../../services/Lifecycle.ts"
import { TurnPermits } from "../../services/TurnPermits.ts"
import type { FairSemaphore } from "../effects/FairSemaphore.ts"
import { stored } from "../effects/stored.ts"
import { makeAcknowledge } from "./acknowledge.ts"
import { askAgain } from "./askAgain.ts"
import { makeBeginning } from "./beginning.ts"
import type { Batch } from "./composeTurn.ts"
import { makeRecall } from "./memory.ts"
import { makeNotices } from "./notices.ts"
import { makeSignOfLife } from "./signOfLife.ts"
import { makeSpeech } from "./speech.ts"

/** Why an agent gave no whole answer, and how often it was asked for it. */
export interface Unanswered {
  readonly error: AgentError
  readonly asked: number
}

/** What an agent answered; `Unanswered` where it failed after it had said something, which was sent. */
type Answered = { readonly outcome: "answered" | "silent" } | Unanswered

/** The function that does so. `turns` bounds how many agents are asked at once, over all sessions. */
export const makeAnswer = (sessionKey: string, turns: FairSemaphore) =>
  Effect.gen(function* () {
    const agent = yield* Agent
    const lifecycle = yield* Lifecycle
    const permits = yield* TurnPermits
    const recall = yield* makeRecall(sessionKey)
    const beginSpeech = yield* makeSpeech
    const signOfLife = yield* makeSignOfLife
    const acknowledge = yield* makeAcknowledge
    const { toOwners } = yield* makeNotices
    const beginningOf = yield* makeBeginning

    const noteFailure = (accountId: string, error: AgentError) =>
      Effect.logWarning(error.message).pipe(
        Effect.annotateLogs({ code: error.code, hint: error.hint }),
        Effect.zipRight(error._tag === "AgentRefused" ? toOwners(accountId, error) : Effect.void)
      )

    /** `messages` are those of the batch. */
    return (turn: Turn, batch: Batch, messages: TurnMessages): Effect.Effect<Answered, Unanswered> =>
      Effect.gen(function* () {
        const [{ accountId }] = turn.envelopes
        const memory = yield* stored(recall(turn, batch))
        const speech = yield* beginSpeech(turn, memory)
        const sign = yield* signOfLife(turn, speech)
        yield* acknowledge(turn, "always")
        yield* sign.giveAfterAWhile

        const { begin, ended, failed } = yield* beginningOf(messages)
        const say = Said.$match({
          Begin: () => begin,
          Say: ({ reply }) => speech.say(reply),
          Interim: ({ text }) => sign.give(text)
        })
        // A stop of the gateway waits for this once it has begun; it begins nothing more.
        const asked = yield* Ref.make(0)
        const once = turns.withOwnPermit((permit) =>
          agent
            .ask({ turn, memory: memory?.conversation ?? NO_MEMORY }, say)
            .pipe(Effect.flatMap(speech.end), lifecycle.work, permits.during(turn.id, permit))
        )

        return yield* Ref.update(asked, (count) => count + 1).pipe(
          Effect.zipRight(once),
          Effect.tapError((error) => Effect.zipRight(failed(error), noteFailure(accountId, error))),
          Effect.retry({
            schedule: askAgain,
            while: (error) => Effect.map(speech.hasBegun, (hasBegun) => !hasBegun && mayAskAgain(error))
          }),
          Effect.tap(ended),
          Effect.map((hasSpoken): Answered => ({ outcome: hasSpoken ? "answered" : "silent" })),
          Effect.catchAll((error) =>
            Effect.flatMap(Effect.all([speech.hasBegun, Ref.get(asked)]), ([hasBegun, asked]) =>
              hasBegun ? Effect.succeed({ error, asked }) : Effect.fail({ error, asked })
            )
          )
        )
      }).pipe(Effect.scoped)
  })
