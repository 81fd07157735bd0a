/** How a command ends: 0 done, 1 refused, 2 wrong usage or config, 128 and a signal's number where one ended it before. */
import { Cause, Console, Effect, Exit, Option, Predicate } from "effect"
import { Interrupted, type StoppedBy } from "../../../schemas/errors/interrupted.ts"

interface Refusal {
  readonly _tag: string
  readonly message: string
  readonly hint: string
}

const isRefusal = (failure: unknown): failure is Refusal =>
  Predicate.hasProperty(failure, "_tag") &&
  Predicate.hasProperty(failure, "message") &&
  Predicate.hasProperty(failure, "hint")

const usageErrors: ReadonlyArray<string> = ["ConfigInvalid", "UsageWrong"]
/** What the gateway that runs says of a config that it was to read, with the code of the failure in it. */
const CONFIG_INVALID = "config_invalid"

const isUsageError = (failure: unknown): boolean =>
  isRefusal(failure) &&
  (usageErrors.includes(failure._tag) ||
    (failure._tag === "Refused" && Predicate.hasProperty(failure, "code") && failure.code === CONFIG_INVALID))

/** As a shell has it for what a signal has ended. */
const signalCodes: { readonly [signal in StoppedBy]: number } = { SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 }

/** What is only interrupted was meant to go on until it was stopped; all other commands fail with `Interrupted`. */
export const exitCode = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit) || Cause.isInterruptedOnly(exit.cause)) return 0
  const failure = Cause.failureOption(exit.cause)
  if (Option.isSome(failure) && failure.value instanceof Interrupted) return signalCodes[failure.value.by]
  return Option.exists(failure, isUsageError) ? 2 : 1
}

/** Says on stderr what went wrong and what to do; a stack only where the gateway itself is at fault. */
export const report = (cause: Cause.Cause<unknown>): Effect.Effect<void> => {
  if (Cause.isInterruptedOnly(cause)) return Effect.void
  const failure = Cause.failureOption(cause)
  if (Option.isNone(failure)) return Console.error(Cause.pretty(cause))
  // Nobody reads, or wants to.
  if (failure.value instanceof Interrupted && failure.value.by === "SIGPIPE") return Effect.void
  return isRefusal(failure.value)
    ? Console.error(`${failure.value.message}\n${failure.value.hint}`)
    : Console.error(Cause.pretty(cause))
}
