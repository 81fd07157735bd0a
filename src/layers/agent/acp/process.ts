/** The process of an agent, with its sessions, and what it says in their turns. */
import type { FileSystem, Path } from "@effect/platform"
import { Array as Arr, Deferred, Effect, type Scope } from "effect"
import type { AgentError } from "../../../schemas/errors/agent.ts"
import type { AgentAccess } from "../../../services/AgentAccess.ts"
import { Events } from "../../../services/Events.ts"
import { Permissions } from "../../../services/Permissions.ts"
import type { ProcessGroup } from "../../../services/ProcessGroup.ts"
import { CANCELLED, chooseOption, type Outcome } from "./choices.ts"
import { isTooMuch, read, type Step, toolUsed, type Work } from "./reply.ts"
import { makeSessions, type Running, type Sessions } from "./sessions.ts"
import { type Launch, type Started, startAgent } from "./startAgent.ts"
import { decodeUpdate, type PermissionRequest } from "./wire.ts"

export interface AgentProcess extends Started {
  readonly sessions: Sessions
  /** Takes what was read of a turn, and tells what there is to tell. */
  readonly note: (running: Running, step: Step) => Effect.Effect<void>
}

/** What an agent process is given its work by. */
export type Surroundings =
  | ProcessGroup
  | FileSystem.FileSystem
  | Path.Path
  | Events
  | Permissions
  | AgentAccess

/** Starts it; closing the scope ends it. */
export const startProcess = (
  launch: Launch
): Effect.Effect<AgentProcess, AgentError, Surroundings | Scope.Scope> =>
  Effect.gen(function* () {
    const events = yield* Events
    const permissions = yield* Permissions
    /** There once it is started; before that it has no turn to speak of. */
    const sessions = yield* Deferred.make<Sessions>()

    const tell = ({ turn }: Running, work: Work) =>
      events.publish({
        _tag: "AgentWorked",
        turnId: turn.id,
        accountId: Arr.lastNonEmpty(turn.envelopes).accountId,
        sessionKey: turn.sessionKey,
        agentId: turn.agentId,
        ...work
      })
    const note = (running: Running, { reading, work }: Step) =>
      Effect.gen(function* () {
        running.reading = reading
        yield* Effect.forEach(work, (one) => tell(running, one), { discard: true })
        if (isTooMuch(reading)) yield* Deferred.succeed(running.overflown, undefined)
      })
    const runningIn = (sessionId: string) =>
      Effect.gen(function* () {
        if (!(yield* Deferred.isDone(sessions))) return undefined
        return (yield* Deferred.await(sessions)).find(sessionId)?.running
      })

    const onUpdate = (params: unknown) =>
      Effect.gen(function* () {
        const said = decodeUpdate(params)
        if (said._tag === "None") return
        const running = yield* runningIn(said.value.sessionId)
        // What is replayed, and what comes after the end of a turn, is nobody's.
        if (running === undefined || (yield* Deferred.isDone(running.overflown))) return
        yield* note(running, read(running.reading, said.value.update))
      })

    const onPermission = ({ options, sessionId, toolCall }: PermissionRequest): Effect.Effect<Outcome> =>
      Effect.gen(function* () {
        const running = yield* runningIn(sessionId)
        // What is asked once the turn was stopped is not even judged.
        if (running === undefined || (yield* Deferred.isDone(running.cancelled))) return CANCELLED
        const { tool, ...step } = toolUsed(running.reading, toolCall)
        yield* note(running, step)
        // The agent cannot help how long an owner takes.
        const decided = Effect.raceFirst(
          Effect.map(permissions.isAllowed({ turn: running.turn, ...tool }), (isAllowed) =>
            chooseOption(isAllowed, options)
          ),
          Effect.as(Deferred.await(running.cancelled), CANCELLED)
        )
        return yield* running.workTime.aside(decided)
      })

    const started = yield* startAgent(launch, { onUpdate, onPermission })
    const made = yield* makeSessions(launch, started)
    yield* Deferred.succeed(sessions, made)
    return { ...started, sessions: made, note }
  })
