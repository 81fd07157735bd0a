/** The sessions of an agent's process: each a conversation, in which one turn runs at a time. */
import type { McpServer } from "@agentclientprotocol/sdk"
import { type Deferred, Effect, ExecutionStrategy, Exit, Redacted, Schema, Scope } from "effect"
import { STATE_VARIABLE } from "../../../schemas/config/home.ts"
import { type AgentError, AgentRefused } from "../../../schemas/errors/agent.ts"
import type { Turn } from "../../../schemas/Turn.ts"
import { AgentAccess, type AgentToken } from "../../../services/AgentAccess.ts"
import { OwnProgram } from "../../../services/OwnProgram.ts"
import * as KeyedLocks from "../../remote/KeyedLocks.ts"
import { chooseModel, ModelChoice } from "./choices.ts"
import type { RpcFailure } from "./connection.ts"
import { beforeWork, isLoginWanted, within } from "./failures.ts"
import type { Reading } from "./reply.ts"
import type { Launch, Started } from "./startAgent.ts"
import { type ConfigOption, NewSession, OldSession } from "./wire.ts"

/** With more, those that were not used for longest are taken up again when they are wanted. */
const MOST_SESSIONS = 50
/** How long an agent may take to close a session that is not waited for, in ms. */
const CLOSE_WITHIN_MS = 5000

/** The variable that holds the token, for the gateway's tools. */
const TOKEN_VARIABLE = "IMSG_GATEWAY_TOKEN"

/** A turn that runs. */
export interface Running {
  readonly turn: Turn
  reading: Reading
  /** Done once the turn is stopped, or its time is over. */
  readonly cancelled: Deferred.Deferred<void>
  /** The agent says more than an answer can have. */
  readonly overflown: Deferred.Deferred<void>
}

export interface Session {
  readonly id: string
  /** One turn at a time. */
  readonly lock: Effect.Semaphore
  /** What the gateway's tools are worth to it; absent where it has none. */
  readonly token?: AgentToken
  readonly scope: Scope.CloseableScope
  running: Running | undefined
  /** How many turns use it, or wait for it. */
  users: number
  /** It did not stop when it was told to: nothing is asked in it any more. */
  isGivenUp: boolean
}

/** A session for a conversation; whether an earlier one is lost. */
export interface Opened {
  readonly session: Session
  readonly isLost: boolean
}

export interface Sessions {
  readonly find: (id: string) => Session | undefined
  /**
   * The session of a conversation by its name, taken up again where need be; a new one where it has none, or is gone. It is
   * used until the scope closes.
   */
  readonly open: (reference: string | undefined) => Effect.Effect<Opened, AgentError, Scope.Scope>
  /** Has no more use for it; the agent is told where it wants to know. */
  readonly forget: (session: Session) => Effect.Effect<void>
}

/** The gateway's tools, as the agent starts them: what they may see is what the token is worth. */
const toolsFor = (token: AgentToken, stateDir: string) =>
  Effect.map(
    OwnProgram,
    (own): ReadonlyArray<McpServer> =>
      own === undefined
        ? []
        : [
            {
              name: "imessage",
              command: own.program,
              args: [...own.args, "mcp"],
              env: [
                { name: STATE_VARIABLE, value: stateDir },
                { name: TOKEN_VARIABLE, value: Redacted.value(token.token) }
              ]
            }
          ]
  )

/** The sessions of a process; `closing` is its scope. */
export const makeSessions = (
  { agent, runtime, stateDir }: Launch,
  { abilities, connection, cwd }: Started
): Effect.Effect<Sessions, never, AgentAccess | Scope.Scope> =>
  Effect.gen(function* () {
    const access = yield* AgentAccess
    const ofProcess = yield* Effect.scope
    const own = yield* OwnProgram
    const locks = KeyedLocks.make(1)
    const known = new Map<string, Session>()
    const failed = beforeWork(agent.id)

    const ask = <A, I>(method: string, params: object, answer: Schema.Schema<A, I>) =>
      connection.request(method, params, answer).pipe(within(method, runtime.startTimeoutMs))

    const forget = (session: Session) =>
      Effect.suspend(() => {
        if (known.get(session.id) === session) known.delete(session.id)
        const close = abilities.close
          ? connection
              .request("session/close", { sessionId: session.id }, Schema.Unknown)
              .pipe(Effect.timeout(CLOSE_WITHIN_MS), Effect.ignore, Effect.forkIn(ofProcess))
          : Effect.void
        return Effect.zipRight(close, Scope.close(session.scope, Exit.void))
      })

    const makeRoom = Effect.suspend(() => {
      const [unused] = [...known.values()].filter(({ users }) => users === 0)
      return known.size < MOST_SESSIONS || unused === undefined ? Effect.void : forget(unused)
    })

    const choose = (sessionId: string, options: ReadonlyArray<ConfigOption> | null | undefined) =>
      Effect.suspend(() => {
        if (runtime.model === undefined) return Effect.void
        return ModelChoice.$match(chooseModel(runtime.model, options), {
          Chosen: () => Effect.void,
          Choose: ({ configId, value }) =>
            ask("session/set_config_option", { sessionId, configId, value }, Schema.Unknown).pipe(
              Effect.mapError(failed),
              Effect.asVoid
            ),
          Unknown: ({ known }) =>
            new AgentRefused({
              agentId: agent.id,
              detail: `it has no model ${runtime.model}`,
              advice:
                known.length === 0
                  ? "It offers no choice of models: leave out runtime.model, and choose one in the agent's own settings."
                  : `Set runtime.model to one of: ${known.join(", ")}.`
            })
        })
      })

    /** Takes a session up again by one of the two ways; nothing where the agent cannot. */
    const takeUp = (method: "session/resume" | "session/load", id: string, more: object) =>
      ask(method, { sessionId: id, ...more }, OldSession).pipe(
        Effect.map((answer) => ({ id, options: answer?.configOptions, isLost: false })),
        Effect.catchAll((failure: RpcFailure) =>
          (failure._tag === "Refused" && !isLoginWanted(failure)) || failure._tag === "Malformed"
            ? Effect.as(
                Effect.annotateLogs(Effect.logDebug("the agent does not take up its session again"), {
                  method
                }),
                undefined
              )
            : Effect.fail(failure)
        )
      )

    const begin = (reference: string | undefined, more: object) =>
      Effect.gen(function* () {
        if (reference !== undefined) {
          const again =
            (abilities.resume ? yield* takeUp("session/resume", reference, more) : undefined) ??
            (abilities.load ? yield* takeUp("session/load", reference, more) : undefined)
          if (again !== undefined) return again
          yield* Effect.logWarning("the agent does not know the session any more, and begins a new one")
        }
        const { configOptions, sessionId } = yield* ask("session/new", more, NewSession)
        return { id: sessionId, options: configOptions, isLost: reference !== undefined }
      })

    const openIn = (scope: Scope.CloseableScope, reference: string | undefined) =>
      Effect.gen(function* () {
        const token =
          runtime.tools && own !== undefined ? yield* Scope.extend(access.issue, scope) : undefined
        const mcpServers = token === undefined ? [] : yield* toolsFor(token, stateDir)
        const begun = yield* Effect.mapError(begin(reference, { cwd, mcpServers }), failed)
        yield* choose(begun.id, begun.options)
        const session: Session = {
          id: begun.id,
          lock: yield* Effect.makeSemaphore(1),
          ...(token === undefined ? {} : { token }),
          scope,
          running: undefined,
          users: 0,
          isGivenUp: false
        }
        known.set(session.id, session)
        return { session, isLost: begun.isLost }
      })

    const openAnew = (reference: string | undefined): Effect.Effect<Opened, AgentError> =>
      Effect.gen(function* () {
        yield* makeRoom
        const scope = yield* Scope.fork(ofProcess, ExecutionStrategy.sequential)
        return yield* Effect.onError(openIn(scope, reference), () => Scope.close(scope, Exit.void))
      })

    const openKnown = (reference: string) =>
      Effect.suspend((): Effect.Effect<Opened, AgentError> => {
        const session = known.get(reference)
        if (session === undefined) return openAnew(reference)
        // The last that was used stands last.
        known.delete(reference)
        known.set(reference, session)
        return Effect.succeed({ session, isLost: false })
      }).pipe(locks.withLock(reference))

    return {
      find: (id) => known.get(id),
      open: (reference) =>
        Effect.tap(reference === undefined ? openAnew(undefined) : openKnown(reference), ({ session }) =>
          Effect.acquireRelease(
            Effect.sync(() => session.users++),
            () => Effect.sync(() => session.users--)
          )
        ),
      forget
    }
  })
