/** The sessions of an agent's process: each a conversation, in which one turn runs at a time. */
import { type Deferred, Effect, ExecutionStrategy, Exit, Scope } from "effect"
import type { Memory } from "../../../schemas/Conversation.ts"
import type { AgentError } from "../../../schemas/errors/agent.ts"
import type { Turn } from "../../../schemas/Turn.ts"
import type { AgentAccess, AgentToken } from "../../../services/AgentAccess.ts"
import * as KeyedLocks from "../../remote/KeyedLocks.ts"
import { beginSession } from "./beginSession.ts"
import type { Reading } from "./reply.ts"
import { makeSessionIds } from "./sessionIds.ts"
import type { Launch, Started } from "./startAgent.ts"
import { makeTools } from "./tools.ts"
import type { WorkTime } from "./workTime.ts"

/** With more, those that were not used for longest are taken up again when they are wanted. */
const MOST_SESSIONS = 50

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
  /** Whose it is; see `Memory.number`. */
  readonly conversation: number | undefined
  /** One turn at a time. */
  readonly lock: Effect.Semaphore
  /** What the gateway's tools are worth to it; absent where it has none. */
  readonly token?: AgentToken
  readonly scope: Scope.CloseableScope
  running: Running | undefined
  /** How many turns use it, or wait for it. */
  users: number
  /** Nothing is asked in it any more: it did not stop when it was told to, or the agent does not know it. */
  isForgotten: boolean
  /** An earlier one is lost, and its person does not know it yet. */
  isLossUntold: boolean
}

export interface Sessions {
  readonly find: (id: string) => Session | undefined
  /**
   * The session of a conversation, taken up again by its name where need be; a new one where it has none, or is gone. It is
   * used until the scope closes.
   */
  readonly open: (memory: Memory) => Effect.Effect<Session, AgentError, Scope.Scope>
  /** Has no more use for it; the agent is told where it wants to know. */
  readonly forget: (session: Session) => Effect.Effect<void>
}

const makeSession = (
  id: string,
  { number }: Memory,
  isLossUntold: boolean,
  scope: Scope.CloseableScope,
  token: AgentToken | undefined
): Effect.Effect<Session> =>
  Effect.map(Effect.makeSemaphore(1), (lock) => ({
    ...{ id, conversation: number, lock, scope, isLossUntold },
    ...(token === undefined ? {} : { token }),
    running: undefined,
    users: 0,
    isForgotten: false
  }))

/** A session is used until the scope closes. */
const use = (session: Session) =>
  Effect.acquireRelease(
    Effect.sync(() => session.users++),
    () => Effect.sync(() => session.users--)
  )

/** Whether a session is that of a conversation, also where its name was never answered: its first turn was stopped. */
const isOf =
  ({ number, reference }: Memory) =>
  ({ conversation, id }: Session): boolean =>
    number === undefined ? id === reference : conversation === number

/** The sessions of a process, until its scope closes. */
export const makeSessions = (
  launch: Launch,
  started: Started
): Effect.Effect<Sessions, never, AgentAccess | Scope.Scope> =>
  Effect.gen(function* () {
    const ofProcess = yield* Effect.scope
    const tools = yield* makeTools(launch)
    const locks = KeyedLocks.make(1)
    const known = new Map<string, Session>()
    const ids = makeSessionIds(launch.agent.id, started, ofProcess)
    const begin = beginSession(launch, started, ids, ofProcess)

    const forget = (session: Session) =>
      Effect.suspend(() => {
        session.isForgotten = true
        if (known.get(session.id) === session) known.delete(session.id)
        return Effect.zipRight(ids.close(session.id), Scope.close(session.scope, Exit.void))
      })

    const makeRoom = Effect.suspend(() => {
      const unused = [...known.values()].find(({ users }) => users === 0)
      return known.size < MOST_SESSIONS || unused === undefined ? Effect.void : forget(unused)
    })

    const openIn = (scope: Scope.CloseableScope, memory: Memory) =>
      Effect.gen(function* () {
        const { mcpServers, token } = yield* tools
        const { id, isLost } = yield* begin(memory.reference, { cwd: started.cwd, mcpServers })
        const session = yield* makeSession(id, memory, isLost, scope, token)
        known.set(id, session)
        return session
      }).pipe(Scope.extend(scope))
    const openAnew = (memory: Memory): Effect.Effect<Session, AgentError> =>
      Effect.gen(function* () {
        yield* makeRoom
        const scope = yield* Scope.fork(ofProcess, ExecutionStrategy.sequential)
        return yield* Effect.onError(openIn(scope, memory), (cause) =>
          Scope.close(scope, Exit.failCause(cause))
        )
      })

    const openKnown = (memory: Memory) =>
      Effect.suspend((): Effect.Effect<Session, AgentError> => {
        const session = [...known.values()].find(isOf(memory))
        if (session === undefined) return openAnew(memory)
        // The last that was used stands last.
        known.delete(session.id)
        known.set(session.id, session)
        return Effect.succeed(session)
      })

    /** Once for each conversation at a time. */
    const open = (memory: Memory) => {
      const key = memory.number ?? memory.reference
      return key === undefined ? openAnew(memory) : locks.withLock(String(key))(openKnown(memory))
    }

    return { find: (id) => known.get(id), open: (memory) => Effect.tap(open(memory), use), forget }
  })
