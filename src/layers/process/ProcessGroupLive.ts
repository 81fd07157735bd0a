/**
 * Process groups over `@effect/platform` Command. A closed scope ends a group politely, then firmly. For the day
 * on which the gateway itself is killed there is the warden: a small shell that holds the list of groups and a
 * pipe from the gateway, and ends what is on the list once the pipe closes. Where there is a `Lease`, nothing is begun
 * that it does not cover, and the warden ends what runs as soon as it is told of none any more: a gateway that stands
 * still, and goes on when its lease is another's, has nothing left to act by.
 */
import { Command, CommandExecutor, Error as PlatformErrors } from "@effect/platform"
import { Deferred, Effect, Fiber, Layer, Mailbox, Option, Ref, Stream } from "effect"
import { messageOf } from "../../schemas/errors/messageOf.ts"
import { Lease } from "../../services/Lease.ts"
import {
  type GroupLeader,
  type ProcessExit,
  ProcessGroup,
  type SpawnOptions
} from "../../services/ProcessGroup.ts"
import { waitAtMost } from "./waitAtMost.ts"
import { WARDEN, WARDEN_UNDER_LEASE } from "./warden.ts"

const signalGroup = (pid: number, signal: NodeJS.Signals) =>
  // ESRCH: the group is gone, which is what was wanted.
  Effect.ignore(Effect.try(() => process.kill(-pid, signal)))

const SIGNAL_OF_EXIT = /signal: (SIG[A-Z0-9]+)/u

const exitOf = (process: CommandExecutor.Process): Effect.Effect<ProcessExit> =>
  process.exitCode.pipe(
    Effect.map((code): ProcessExit => ({ code, signal: undefined })),
    // The platform reports death by a signal as an error that names the signal.
    Effect.catchAll((error) =>
      Effect.succeed<ProcessExit>({ code: undefined, signal: SIGNAL_OF_EXIT.exec(error.message)?.[1] })
    )
  )

/** Some of the system's refusals (a path through a file, too many arguments) are thrown by node, not emitted. */
const refusedBySystem = (defect: unknown) =>
  new PlatformErrors.SystemError({
    reason: "Unknown",
    module: "Command",
    method: "spawn",
    description: messageOf(defect),
    cause: defect
  })

const make = Effect.gen(function* () {
  const executor = yield* CommandExecutor.CommandExecutor
  const groups = yield* Ref.make<ReadonlySet<number>>(new Set())
  const lists = yield* Mailbox.make<string>({ capacity: 1, strategy: "sliding" })

  // Looked for once: who has no cluster has no lease, and its warden no clock.
  const lease = yield* Effect.serviceOption(Lease)
  const secondsLeft = Option.match(lease, {
    onNone: () => Effect.succeed(""),
    onSome: ({ left }) => Effect.map(left, (millis) => `${(millis / 1000).toFixed(3)} `)
  })
  const tellWarden = Effect.zipWith(secondsLeft, Ref.get(groups), (left, pids) =>
    lists.unsafeOffer(`${left}${[...pids].join(" ")}\n`)
  )
  const mayStart = Option.match(lease, { onNone: () => Effect.void, onSome: ({ held }) => held })

  const runWarden = Effect.gen(function* () {
    const warden = yield* executor.start(
      Command.make("/bin/sh", "-c", Option.isNone(lease) ? WARDEN : WARDEN_UNDER_LEASE)
    )
    yield* tellWarden
    yield* Effect.raceFirst(
      Mailbox.toStream(lists).pipe(
        Stream.encodeText,
        Stream.run(warden.stdin),
        Effect.zipRight(warden.exitCode)
      ),
      warden.exitCode
    )
  }).pipe(Effect.scoped)

  const isStopped = yield* Ref.make(false)
  const warden = yield* runWarden.pipe(
    Effect.catchAll((error) =>
      Effect.logWarning("the warden of child processes failed, starting another", error).pipe(
        Effect.zipRight(Effect.sleep("1 second"))
      )
    ),
    Effect.repeat({ until: () => Ref.get(isStopped) }),
    Effect.forkDaemon
  )
  // Ending the list closes the warden's stdin, and an empty list is all that it has by then.
  yield* Effect.addFinalizer(() =>
    Ref.set(isStopped, true).pipe(Effect.zipRight(lists.end), Effect.zipRight(Fiber.await(warden)))
  )

  if (Option.isSome(lease)) {
    yield* Effect.forkScoped(Effect.interruptible(Stream.runForEach(lease.value.renewals, () => tellWarden)))
  }

  const enlist = (pid: number) =>
    Ref.update(groups, (pids) => new Set([...pids, pid])).pipe(Effect.zipRight(tellWarden))
  const release = (pid: number) =>
    Ref.update(groups, (pids) => new Set([...pids].filter((other) => other !== pid))).pipe(
      Effect.zipRight(tellWarden)
    )

  const spawn = (command: Command.Command, options?: SpawnOptions) =>
    Effect.gen(function* () {
      const process = yield* executor
        .start(command)
        .pipe(Effect.catchAllDefect((defect) => Effect.fail(refusedBySystem(defect))))
      const exited = yield* Deferred.make<ProcessExit>()
      yield* Effect.forkDaemon(Deferred.complete(exited, exitOf(process)))
      yield* enlist(process.pid)
      const waitFor = (millis: number) =>
        Effect.map(waitAtMost(Deferred.await(exited), millis), Option.isSome)
      yield* Effect.addFinalizer(() =>
        Effect.gen(function* () {
          if (!(yield* waitFor(options?.graceMs ?? 0))) {
            yield* signalGroup(process.pid, "SIGTERM")
            yield* waitFor(options?.termMs ?? 1000)
          }
          // Also where the leader has ended: what it started may not have.
          yield* signalGroup(process.pid, "SIGKILL")
          yield* Deferred.await(exited)
          yield* release(process.pid)
        })
      )
      return {
        pid: process.pid,
        stdin: process.stdin,
        stdout: process.stdout,
        stderr: process.stderr,
        exit: Deferred.await(exited),
        kill: signalGroup(process.pid, "SIGKILL")
      } satisfies GroupLeader
    }).pipe(Effect.uninterruptible, (started) => Effect.zipRight(mayStart, started))

  return ProcessGroup.of({ spawn })
})

export const layer: Layer.Layer<ProcessGroup, never, CommandExecutor.CommandExecutor> = Layer.scoped(
  ProcessGroup,
  make
)
