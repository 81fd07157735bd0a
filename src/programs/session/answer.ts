/** Asks the agent of a turn, as often as it may be asked, and has what it says accepted for delivery. */
import { Effect } from "effect"
import { NO_MEMORY } from "../../schemas/Conversation.ts"
import { type AgentError, mayAskAgain } from "../../schemas/errors/agent.ts"
import type { Turn } from "../../schemas/Turn.ts"
import { Agent, Said } from "../../services/Agent.ts"
import { Lifecycle } from "../../services/Lifecycle.ts"
import type { FairSemaphore } from "../effects/FairSemaphore.ts"
import { stored } from "../effects/stored.ts"
import { askAgain } from "./askAgain.ts"
import type { Batch } from "./composeTurn.ts"
import { makeRecall } from "./memory.ts"
import { makeNotices } from "./notices.ts"
import { makeSignOfLife } from "./signOfLife.ts"
import { makeSpeech } from "./speech.ts"

/** `broken-off` where the agent failed after it had said something, which was sent. */
export type Answered = "answered" | "silent" | "broken-off"

/** The function that does so. `turns` bounds how many agents are asked at once, over all sessions. */
export const makeAnswer = (sessionKey: string, turns: FairSemaphore) =>
  Effect.gen(function* () {
    const agent = yield* Agent
    const lifecycle = yield* Lifecycle
    const recall = yield* makeRecall(sessionKey)
    const beginSpeech = yield* makeSpeech
    const signOfLife = yield* makeSignOfLife
    const { toOwners } = yield* makeNotices

    const noteFailure = (accountId: string, error: AgentError) =>
      Effect.logWarning(error.message).pipe(
        Effect.annotateLogs({ code: error.code, hint: error.hint }),
        Effect.zipRight(error._tag === "AgentRefused" ? toOwners(accountId, error) : Effect.void)
      )

    return (turn: Turn, batch: Batch): Effect.Effect<Answered, AgentError> =>
      Effect.gen(function* () {
        const [{ accountId }] = turn.envelopes
        const memory = yield* stored(recall(turn, batch))
        const speech = yield* beginSpeech(turn, memory)
        const sign = yield* signOfLife(turn, speech)
        yield* sign.giveAfterAWhile

        const say = Said.$match({
          Say: ({ reply }) => speech.say(reply),
          Interim: ({ text }) => sign.give(text)
        })
        // A stop of the gateway waits for this once it has begun; it begins nothing more.
        const once = agent
          .ask({ turn, memory: memory?.conversation ?? NO_MEMORY }, say)
          .pipe(Effect.flatMap(speech.end), lifecycle.work, turns.withPermit)

        return yield* once.pipe(
          Effect.tapError((error) => noteFailure(accountId, error)),
          Effect.retry({
            schedule: askAgain,
            while: (error) => Effect.map(speech.hasBegun, (hasBegun) => !hasBegun && mayAskAgain(error))
          }),
          Effect.map((hasSpoken): Answered => (hasSpoken ? "answered" : "silent")),
          Effect.catchAll((error) =>
            Effect.flatMap(speech.hasBegun, (hasBegun) =>
              hasBegun ? Effect.succeed<Answered>("broken-off") : Effect.fail(error)
            )
          )
        )
      }).pipe(Effect.scoped)
  })
