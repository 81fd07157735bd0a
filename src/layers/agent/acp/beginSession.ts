/** Begins a session, or takes an earlier one up again by whatever way the agent can, and chooses its model. */
import { Effect, Fiber, Schema, type Scope } from "effect"
import { type AgentError, AgentRefused } from "../../../schemas/errors/agent.ts"
import { chooseModel, ModelChoice } from "./choices.ts"
import { beforeWork, isLoginWanted, within } from "./failures.ts"
import type { RpcFailure } from "./RpcFailure.ts"
import type { SessionIds } from "./sessionIds.ts"
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

/** Gives a new one, or nothing: one that comes when nobody wants it any more is waited for as long again, and closed. */
const makeBeginNew = (
  { runtime }: Pick<Launch, "runtime">,
  { connection }: Pick<Started, "connection">,
  ids: SessionIds,
  ofProcess: Scope.Scope
) => {
  const method = "session/new"
  return (given: Given) =>
    Effect.gen(function* () {
      const asking = yield* connection
        .request(method, given, NewSession)
        .pipe(Effect.interruptible, Effect.forkIn(ofProcess))
      const closeLate = Fiber.join(asking).pipe(
        Effect.flatMap(({ sessionId }) => Effect.zipRight(ids.beFree(sessionId), ids.close(sessionId))),
        Effect.timeout(runtime.startTimeoutMs),
        Effect.ensuring(Fiber.interruptFork(asking)),
        Effect.ignore,
        Effect.interruptible,
        Effect.forkIn(ofProcess)
      )
      return yield* Fiber.join(asking).pipe(
        within(method, runtime.startTimeoutMs),
        Effect.interruptible,
        Effect.onError(() => closeLate)
      )
    }).pipe(Effect.uninterruptible)
}

/** The function that begins a session, which is a conversation's until the scope closes. */
export const beginSession = (
  { agent, runtime }: Pick<Launch, "agent" | "runtime">,
  { abilities, connection }: Pick<Started, "abilities" | "connection">,
  ids: SessionIds,
  ofProcess: Scope.Scope
) => {
  const failed = beforeWork(agent.id)
  const beginNew = makeBeginNew({ runtime }, { connection }, ids, ofProcess)
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
      ),
      Effect.mapError(failed)
    )
  const takeUpAnyhow = (id: string, given: Given) =>
    Effect.gen(function* () {
      // Not even asked for: it would be given this one's tools.
      yield* ids.beFree(id)
      const resumed = abilities.resume ? yield* takeUp("session/resume", id, given) : undefined
      return resumed ?? (abilities.load ? yield* takeUp("session/load", id, given) : undefined)
    })

  const begin = (reference: string | undefined, given: Given) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const again = reference === undefined ? undefined : yield* restore(takeUpAnyhow(reference, given))
        if (again !== undefined) return yield* Effect.as(ids.own(again.id), again)
        if (reference !== undefined) {
          yield* Effect.logWarning("the agent does not know the session any more, and begins a new one")
        }
        const { configOptions, sessionId } = yield* Effect.mapError(beginNew(given), failed)
        const begun: Begun = { id: sessionId, options: configOptions, isLost: reference !== undefined }
        return yield* Effect.as(ids.own(begun.id), begun)
      })
    )

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

  return (reference: string | undefined, given: Given): Effect.Effect<Begun, AgentError, Scope.Scope> =>
    Effect.tap(begin(reference, given), (begun) =>
      runtime.model === undefined ? Effect.void : choose(begun, runtime.model)
    )
}
