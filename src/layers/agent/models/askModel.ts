/** The runtimes `openai` and `anthropic`: a request to a model for each turn. */
import { FileSystem } from "@effect/platform"
import { Effect, Either, Option, Ref } from "effect"
import type { AgentConfig } from "../../../schemas/Config.ts"
import type { Exchange, Memory } from "../../../schemas/Conversation.ts"
import { type AgentError, AgentInterrupted, AgentUnavailable } from "../../../schemas/errors/agent.ts"
import { said } from "../../../schemas/prompt.ts"
import type { Turn } from "../../../schemas/Turn.ts"
import type { Answer, Question } from "../../../services/Agent.ts"
import { makeAttempts, type Told } from "./attempts.ts"
import { fitting, roomFor } from "./budget.ts"
import { dialectOf, type ModelRuntime } from "./dialects.ts"
import { Failure, toAgentError } from "./Failure.ts"
import { saidOf } from "./gathered.ts"
import { withPictures } from "./pictures.ts"
import { withoutSecrets } from "./secrets.ts"
import { systemOf } from "./system.ts"
import { makeUserOf } from "./user.ts"

const tellingOf = (agent: AgentConfig, runtime: ModelRuntime, turn: Turn, user: string) =>
  Effect.map(
    runtime.images ? withPictures(turn) : Effect.succeed({ turn, pictures: [] }),
    (seen): Told => ({
      system: systemOf(agent, turn),
      // A model opens no files: it gets their names, and nobody's folders.
      text: said(seen.turn, agent, ({ name }) => name),
      pictures: seen.pictures,
      user
    })
  )

/** What fits of what is remembered, beside what must be told. */
const rememberedOf = ({ memory }: AgentConfig, told: Told, { exchanges }: Memory): ReadonlyArray<Exchange> =>
  memory === undefined
    ? []
    : fitting(
        exchanges,
        roomFor({
          contextTokens: memory.contextTokens,
          system: told.system,
          newest: told.text,
          pictures: told.pictures.length
        })
      )

/** Only what had no connection is known not to have begun. */
const lateFailure = (agentId: string, timeoutMs: number, wasConnected: boolean): AgentError => {
  const detail = `no answer within ${timeoutMs} ms, which agents.list[].runtime.timeoutMs allows`
  return wasConnected ? new AgentInterrupted({ agentId, detail }) : new AgentUnavailable({ agentId, detail })
}

/** The function that asks models. Its layer is loaded for those only who have one. */
export const makeAskModel = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const userOf = yield* makeUserOf
  const attempts = yield* makeAttempts

  /** Asks once, and again with less where that helps. Its whole time is bounded. */
  return (agent: AgentConfig, runtime: ModelRuntime, question: Question): Effect.Effect<Answer, AgentError> =>
    Effect.gen(function* () {
      const isConnected = yield* Ref.make(false)
      const { timeoutMs } = runtime
      const asking = Effect.gen(function* () {
        const { memory, turn } = question
        const told = yield* tellingOf(agent, runtime, turn, yield* userOf(runtime.baseUrl, agent, turn))
        const remembered = rememberedOf(agent, told, memory)
        const gathered = yield* attempts(agent.id, runtime, told, remembered, Ref.set(isConnected, true))
        return yield* Either.mapLeft(saidOf(gathered), () => Failure.Filtered())
      }).pipe(
        Effect.provideService(FileSystem.FileSystem, fs),
        Effect.mapError((failure) =>
          toAgentError(agent.id, withoutSecrets(dialectOf(runtime).headers, failure))
        )
      )
      const answered = yield* Effect.timeoutOption(asking, timeoutMs)
      if (Option.isNone(answered)) {
        return yield* Effect.fail(lateFailure(agent.id, timeoutMs, yield* Ref.get(isConnected)))
      }
      return { replies: answered.value === "" ? [] : [{ text: answered.value }] }
    })
})
