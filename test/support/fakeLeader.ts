/** A process that is none: a test says what it prints and how it ends, and sees what it is told. */
import type { Command } from "@effect/platform"
import { Error as PlatformErrors } from "@effect/platform"
import { Deferred, Effect, Layer, Mailbox, Ref, Sink } from "effect"
import {
  type GroupLeader,
  type ProcessExit,
  ProcessGroup,
  type SpawnOptions
} from "../../src/services/ProcessGroup.ts"

const encoder = new TextEncoder()

/** What a pipe fails with when nobody reads it any more. */
const brokenPipe = new PlatformErrors.SystemError({
  reason: "Unknown",
  module: "Command",
  method: "toWritable",
  description: "write EPIPE"
})

export const makeFakeLeader = Effect.gen(function* () {
  const stdout = yield* Mailbox.make<Uint8Array, PlatformErrors.PlatformError>()
  const stderr = yield* Mailbox.make<Uint8Array, PlatformErrors.PlatformError>()
  const exited = yield* Deferred.make<ProcessExit>()
  const told = yield* Mailbox.make<string>()
  const isBroken = yield* Ref.make(false)
  const decoder = new TextDecoder()

  const hear = (bytes: Uint8Array) =>
    Effect.flatMap(Ref.get(isBroken), (broken) =>
      broken ? Effect.fail(brokenPipe) : told.offer(decoder.decode(bytes))
    )
  const stdin = Sink.mapEffect(Sink.forEach(hear), () => Effect.asVoid(told.end))

  const leader: GroupLeader = {
    pid: 4242,
    stdin,
    stdout: Mailbox.toStream(stdout),
    stderr: Mailbox.toStream(stderr),
    exit: Deferred.await(exited),
    kill: Effect.void
  }

  /** Prints bytes, or a text as UTF-8, as one chunk. */
  const print = (chunk: string | Uint8Array) =>
    stdout.offer(typeof chunk === "string" ? encoder.encode(chunk) : chunk)

  return {
    leader,
    print,
    complain: (text: string) => stderr.offer(encoder.encode(text)),
    say: (frame: unknown) => print(`${JSON.stringify(frame)}\n`),
    /** The next line that it was told, parsed. */
    heard: Effect.map(told.take, (line): unknown => JSON.parse(line)),
    /** The next line that it was told, as it was written. */
    heardLine: told.take,
    /** Completes when its stdin is closed. */
    stdinClosed: told.await,
    breakStdin: Ref.set(isBroken, true),
    closeStdout: stdout.end,
    /** Ends, while something else goes on holding its pipes. */
    exitOnly: (exit: ProcessExit) => Deferred.succeed(exited, exit),
    /** Ends, and its pipes with it. */
    exit: (code: number | undefined, signal?: string) =>
      Effect.all([stdout.end, stderr.end, Deferred.succeed(exited, { code, signal })], { discard: true })
  }
})

export type FakeLeader = Effect.Effect.Success<typeof makeFakeLeader>

/** What a `ProcessGroup` was asked to start. */
export interface Spawned {
  readonly command: Command.Command
  readonly options?: SpawnOptions
}

/** A `ProcessGroup` that has just the one process, and keeps what it was asked to start. */
export const fakeProcessGroup = (process: FakeLeader, spawned: Ref.Ref<ReadonlyArray<Spawned>>) =>
  Layer.succeed(ProcessGroup, {
    spawn: (command, options) =>
      Ref.update(spawned, (all) => [...all, { command, ...(options === undefined ? {} : { options }) }]).pipe(
        Effect.as(process.leader)
      )
  })
