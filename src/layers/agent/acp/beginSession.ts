/** Begins a session, or takes an earlier one up again by whatever way the agent can, and chooses its model. */
import { Effect, Schema } from "effect"
import { type AgentError, AgentRefused } from "../../../schemas/errors/agent.ts"
import { chooseModel, ModelChoice } from "./choices.ts"
import type { RpcFailure } from "./connection.ts"
import { beforeWork, isLoginWanted, within } from "./failures.ts"
import type { Launch, Started } from "./startAgent.ts"
import type { Tools } from "./tools.ts"
import { type ConfigOption, NewSession, OldSession } from "./wire.ts"

/** What a session is begun with. */
interface Given extends Pick<Tools, "mcpServers"> {
  readonly cwd: string
}

interface Begun {
  readonly id: string
  readonly options: ReadonlyArray<ConfigOption> | null | undefined
  /** Whether an earlier one could not be taken up again. */
  readonly isLost: boolean
}

/** An agent that does not know a session says so in words of its own: but for a login, every refusal is one. */
const isGone = (failure: RpcFailure): boolean =>
  (failure._tag === "Refused" && !isLoginWanted(failure)) || failure._tag === "Malformed"

const noSuchModel = (agentId: string, model: string, known: ReadonlyArray<string>) =>
  new AgentRefused({
    agentId,
    detail: `it has no model ${model}`,
    advice:
      known.length === 0
        ? "It offers no choice of models: leave out runtime.model, and choose one in the agent's own settings."
        : `Set runtime.model to one of: ${known.join(", ")}.`
  })

export const beginSession = (
  { agent, runtime }: Pick<Launch, "agent" | "runtime">,
  { abilities, connection }: Pick<Started, "abilities" | "connection">
) => {
  const failed = beforeWork(agent.id)
  const ask = <A, I>(method: string, params: object, answer: Schema.Schema<A, I>) =>
    connection.request(method, params, answer).pipe(within(method, runtime.startTimeoutMs))

  /** Nothing where the agent cannot. */
  const takeUp = (method: "session/resume" | "session/load", id: string, given: Given) =>
    ask(method, { sessionId: id, ...given }, OldSession).pipe(
      Effect.map((answer): Begun => ({ id, options: answer?.configOptions, isLost: false })),
      Effect.catchIf(isGone, () =>
        Effect.as(
          Effect.annotateLogs(Effect.logDebug("the agent does not take up its session again"), { method }),
          undefined
        )
      )
    )

  const begin = (reference: string | undefined, given: Given): Effect.Effect<Begun, RpcFailure> =>
    Effect.gen(function* () {
      if (reference !== undefined) {
        const again =
          (abilities.resume ? yield* takeUp("session/resume", reference, given) : undefined) ??
          (abilities.load ? yield* takeUp("session/load", reference, given) : undefined)
        if (again !== undefined) return again
        yield* Effect.logWarning("the agent does not know the session any more, and begins a new one")
      }
      const { configOptions, sessionId } = yield* ask("session/new", given, NewSession)
      return { id: sessionId, options: configOptions, isLost: reference !== undefined }
    })

  const choose = ({ id, options }: Begun, model: string): Effect.Effect<void, AgentError> =>
    ModelChoice.$match(chooseModel(model, options), {
      Chosen: () => Effect.void,
      Choose: ({ configId, value }) =>
        ask("session/set_config_option", { sessionId: id, configId, value }, Schema.Unknown).pipe(
          Effect.mapError(failed),
          Effect.asVoid
        ),
      Unknown: ({ known }) => noSuchModel(agent.id, model, known)
    })

  return (reference: string | undefined, given: Given): Effect.Effect<Begun, AgentError> =>
    Effect.mapError(begin(reference, given), failed).pipe(
      Effect.tap((begun) => (runtime.model === undefined ? Effect.void : choose(begun, runtime.model)))
    )
}
