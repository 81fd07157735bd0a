/** The sessions of an agent's process: each a conversation, in which one turn runs at a time. */
import { type Deferred, Effect, ExecutionStrategy, Exit, Schema, Scope } from "effect"
import type { AgentError } from "../../../schemas/errors/agent.ts"
import type { Turn } from "../../../schemas/Turn.ts"
import type { AgentAccess, AgentToken } from "../../../services/AgentAccess.ts"
import * as KeyedLocks from "../../remote/KeyedLocks.ts"
import { beginSession } from "./beginSession.ts"
import type { Reading } from "./reply.ts"
import type { Launch, Started } from "./startAgent.ts"
import { makeTools } from "./tools.ts"
import type { WorkTime } from "./workTime.ts"

/** With more, those that were not used for longest are taken up again when they are wanted. */
const MOST_SESSIONS = 50
/** How long an agent may take to close a session that is not waited for, in ms. */
const CLOSE_WITHIN_MS = 5000

/** A turn that runs. */
export interface Running {
  readonly turn: Turn
  reading: Reading
  readonly workTime: WorkTime
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

/** A session is used until the scope closes. */
const use = ({ session }: Opened) =>
  Effect.acquireRelease(
    Effect.sync(() => session.users++),
    () => Effect.sync(() => session.users--)
  )

/** The sessions of a process, until its scope closes. */
export const makeSessions = (
  launch: Launch,
  { abilities, connection, cwd }: Started
): Effect.Effect<Sessions, never, AgentAccess | Scope.Scope> =>
  Effect.gen(function* () {
    const ofProcess = yield* Effect.scope
    const tools = yield* makeTools(launch)
    const begin = beginSession(launch, { abilities, connection })
    const locks = KeyedLocks.make(1)
    const known = new Map<string, Session>()

    const forget = (session: Session) =>
      Effect.suspend(() => {
        if (known.get(session.id) === session) known.delete(session.id)
        const close = connection
          .request("session/close", { sessionId: session.id }, Schema.Unknown)
          .pipe(Effect.timeout(CLOSE_WITHIN_MS), Effect.ignore, Effect.forkIn(ofProcess))
        return Effect.zipRight(
          Effect.when(close, () => abilities.close),
          Scope.close(session.scope, Exit.void)
        )
      })

    const makeRoom = Effect.suspend(() => {
      const unused = [...known.values()].find(({ users }) => users === 0)
      return known.size < MOST_SESSIONS || unused === undefined ? Effect.void : forget(unused)
    })

    const openIn = (scope: Scope.CloseableScope, reference: string | undefined) =>
      Effect.gen(function* () {
        const { mcpServers, token } = yield* Scope.extend(tools, scope)
        const { id, isLost } = yield* begin(reference, { cwd, mcpServers })
        const session: Session = {
          id,
          lock: yield* Effect.makeSemaphore(1),
          ...(token === undefined ? {} : { token }),
          scope,
          running: undefined,
          users: 0,
          isGivenUp: false
        }
        known.set(id, session)
        return { session, isLost }
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
        Effect.tap(reference === undefined ? openAnew(undefined) : openKnown(reference), use),
      forget
    }
  })
