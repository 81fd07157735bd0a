/** Processes that are started as the leaders of their own group and leave nothing behind. */
import type { Command, Error as PlatformErrors } from "@effect/platform"
import { Context, Effect, type Fiber, type Scope, type Sink, Stream } from "effect"

/** How a process ended: with a code, or by a signal. */
export interface ProcessExit {
  readonly code: number | undefined
  readonly signal: string | undefined
}

/** A running process. The streams are bytes; a failing stdin is an error of its sink. */
export interface GroupLeader {
  readonly pid: number
  readonly stdin: Sink.Sink<void, Uint8Array, never, PlatformErrors.PlatformError>
  readonly stdout: Stream.Stream<Uint8Array, PlatformErrors.PlatformError>
  readonly stderr: Stream.Stream<Uint8Array, PlatformErrors.PlatformError>
  readonly exit: Effect.Effect<ProcessExit>
  /** Ends the whole group at once, with SIGKILL. */
  readonly kill: Effect.Effect<void>
}

/**
 * Writes to a process until the input ends, which closes its stdin, or until the process does. Not in the caller's
 * scope: a pipe can fail late, and only while the sink runs does it take the error. The fiber fails where the
 * process has closed its stdin before the input ended.
 */
export const feed = (
  leader: GroupLeader,
  input: Stream.Stream<string>
): Effect.Effect<Fiber.RuntimeFiber<void, PlatformErrors.PlatformError>> =>
  input.pipe(
    Stream.encodeText,
    Stream.run(leader.stdin),
    // Nobody says that input was not read when a process ends: the pipe closes without an event.
    Effect.raceFirst(Effect.asVoid(leader.exit)),
    Effect.forkDaemon
  )

/** How long the rest of an output is awaited once its process has ended, in ms. */
const SETTLE_MS = 500

/**
 * Listens to what a process prints until it has ended, and answers how. What it has started may hold its pipes for ever:
 * its own exit says that it is done.
 */
export const listenUntilExit = <E, R>(
  leader: GroupLeader,
  listening: ReadonlyArray<Effect.Effect<void, E, R>>
) =>
  Effect.all(listening, { concurrency: "unbounded", discard: true }).pipe(
    Effect.raceFirst(Effect.zipRight(leader.exit, Effect.sleep(SETTLE_MS))),
    Effect.zipRight(leader.exit)
  )

export interface SpawnOptions {
  /** How long the group is given to end by itself (its stdin is closed by then) before SIGTERM; default 0. */
  readonly graceMs?: number
  /** How long it is given after SIGTERM before SIGKILL; default 1000. */
  readonly termMs?: number
}

export class ProcessGroup extends Context.Tag("imsg-gateway/ProcessGroup")<
  ProcessGroup,
  {
    /**
     * Starts a command. Closing the scope ends its whole group; should the gateway be killed before that, the
     * group is ended all the same.
     */
    readonly spawn: (
      command: Command.Command,
      options?: SpawnOptions
    ) => Effect.Effect<GroupLeader, PlatformErrors.PlatformError, Scope.Scope>
  }
>() {}
