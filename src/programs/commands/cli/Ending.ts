/** How a command ends that is stopped: by a signal, or because nobody reads what it prints any more. */
import { Cause, Context, Data, Deferred, Effect, Fiber, Ref } from "effect"
import { Interrupted, type StoppedBy } from "../../../schemas/errors/interrupted.ts"
import { report } from "./exit.ts"

/** What it means to a command that it is stopped. */
export type Manner = Data.TaggedEnum<{
  /** It has an end of its own, and has failed where it is stopped before. `hint` says what becomes of what it began. */
  Task: { readonly hint: string }
  /** It goes on until it is stopped: a signal is its good end. */
  Watch: Record<never, never>
  /** It goes on until a signal comes, whether anybody reads what it prints or not. */
  Daemon: Record<never, never>
}>
export const Manner = Data.taggedEnum<Manner>()

/** What a command is that says nothing of itself. */
export const TASK = Manner.Task({ hint: "What it had not come to yet was not done: run the command again." })

/** The command that runs, as far as its end is concerned. */
export class Ending extends Context.Tag("imsg-gateway/Ending")<
  Ending,
  { readonly become: (manner: Manner) => Effect.Effect<void> }
>() {}

export const become = (manner: Manner) => Effect.flatMap(Ending, (ending) => ending.become(manner))

const SIGNALS = ["SIGINT", "SIGTERM"] as const

/** Calls back at the first of the signals; one that comes after it ends the process, as without a listener. */
const onSignal = (stopped: (by: StoppedBy) => void) =>
  Effect.sync(() => {
    const listeners = SIGNALS.map((signal) => {
      const listener = () => {
        for (const one of listeners) process.off(one.signal, one.listener)
        stopped(signal)
      }
      return { signal, listener }
    })
    for (const { listener, signal } of listeners) process.on(signal, listener)
  })

/**
 * Calls back when nobody reads stdout any more. Node turns a write to a closed pipe into an error event, and one
 * without a listener ends the process: of stderr nobody need hear, since there is nowhere left to say it.
 */
const onReaderGone = (gone: () => void) =>
  Effect.sync(() => {
    process.stdout.on("error", gone)
    process.stderr.on("error", () => {})
  })

const endOf = (manner: Manner, by: StoppedBy): Effect.Effect<never, Interrupted> =>
  Manner.$match(manner, {
    Task: ({ hint }) => Effect.fail(new Interrupted({ by, hint })),
    Watch: () =>
      by === "SIGPIPE" ? Effect.fail(new Interrupted({ by, hint: TASK.hint })) : Effect.interrupt,
    Daemon: () => Effect.interrupt
  })

/**
 * Runs a command to its end, and reports its failure. To be run as the main program, which signals interrupt: what is
 * interrupted fails with `Interrupted`, unless a signal is the end that it is meant to have. It is what `first` says
 * until it says otherwise.
 */
export const untilItsEnd = <A, E, R>(
  command: Effect.Effect<A, E, R>,
  first: Manner
): Effect.Effect<A, E | Interrupted, Exclude<R, Ending>> =>
  // What follows an interruption is only carried out where nothing can be interrupted.
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const manner = yield* Ref.make(first)
      const stopped = yield* Deferred.make<StoppedBy>()
      const readerGone = yield* Deferred.make<void>()
      yield* onSignal((by) => Deferred.unsafeDone(stopped, Effect.succeed(by)))
      yield* onReaderGone(() => Deferred.unsafeDone(readerGone, Effect.void))
      const main = yield* Effect.withFiberRuntime<Fiber.RuntimeFiber<unknown, unknown>>(Effect.succeed)
      yield* Deferred.await(readerGone).pipe(
        Effect.zipRight(Ref.get(manner)),
        Effect.flatMap(({ _tag }) =>
          _tag === "Daemon"
            ? Effect.void
            : Effect.zipRight(Deferred.succeed(stopped, "SIGPIPE"), Fiber.interruptFork(main))
        ),
        Effect.forkDaemon
      )
      return yield* restore(command).pipe(
        Effect.provideService(Ending, { become: (next) => Ref.set(manner, next) }),
        Effect.catchAllCause((cause) =>
          Effect.gen(function* () {
            if (!Cause.isInterruptedOnly(cause)) return yield* Effect.failCause(cause)
            const by = yield* Deferred.poll(stopped)
            if (by._tag === "None") return yield* Effect.dieMessage("the command was interrupted by itself")
            return yield* endOf(yield* Ref.get(manner), yield* by.value)
          })
        ),
        Effect.tapErrorCause(report)
      )
    })
  )
