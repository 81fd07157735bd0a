/**
 * The log of a host of a cluster says which host it is; and what the engine logs of a database that it cannot use is said in
 * the gateway's words: what that means, once while it lasts, and without the stack of a query. All else that the engine logs,
 * and what a fault of a program ended, stays as it is.
 */
import {
  Array as Arr,
  Cause,
  Effect,
  FiberRef,
  HashMap,
  HashSet,
  Layer,
  type Logger,
  LogLevel,
  Option
} from "effect"

/** Whoever has not complained for so long, in ms, has gone on meanwhile. */
const OVER_AFTER_MS = 60_000

/** What the engine adds to its lines, for whoever reads its program. */
const OF_ENGINE = ["package", "module", "fiber", "runner"]

interface Words {
  readonly message: string
  readonly level: LogLevel.LogLevel
  readonly hint?: string
}

const COMES_BACK =
  "Check that PostgreSQL runs, that it can be written, and that this host reaches it. The gateway goes on by itself once it can."

const IN_WORDS: Readonly<Record<string, Words>> = {
  "Shard lock storage is unhealthy": {
    message:
      "this host cannot renew in the database what it has taken: its accounts and sessions stop here, and another host may take them",
    level: LogLevel.Error,
    hint: COMES_BACK
  },
  "Shard lock storage has recovered": {
    message: "the database lets this host take accounts and sessions again",
    level: LogLevel.Info
  },
  "Could not read messages from storage": {
    message: "what waits for the sessions of this host cannot be read from the database",
    level: LogLevel.Warning,
    hint: COMES_BACK
  },
  "Could not acquire/release shards": {
    message: "this host can take over nothing, nor give anything back, in the database",
    level: LogLevel.Warning,
    hint: COMES_BACK
  }
}

/** Of an error that others wrap, what says most. */
const innermost = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error ? innermost(error.cause) : error

const detailOf = (error: unknown): string => {
  const inner = innermost(error)
  return Cause.isTimeoutException(inner)
    ? "it does not answer in time"
    : inner instanceof Error
      ? inner.message
      : String(inner)
}

/** The logger, for the engine's words. */
const inOurWords = (logger: Logger.Logger<unknown, void>): Logger.Logger<unknown, void> => {
  const saidAt = new Map<string, number>()
  return {
    ...logger,
    log: (options) => {
      const { annotations, cause, date } = options
      const text = Arr.ensure(options.message)[0]
      const words = typeof text === "string" ? IN_WORDS[text] : undefined
      const failure = Cause.failureOption(cause)
      if (words === undefined || (Option.isNone(failure) && !Cause.isEmpty(cause))) return logger.log(options)
      const own = HashMap.removeMany(annotations, OF_ENGINE)
      const before = saidAt.get(words.message)
      if (words.hint !== undefined) {
        saidAt.set(words.message, date.getTime())
        if (before !== undefined && date.getTime() - before < OVER_AFTER_MS) return
      } else saidAt.clear()
      logger.log({
        ...options,
        message: Option.match(failure, {
          onNone: () => words.message,
          onSome: (error) => `${words.message}: ${detailOf(error)}`
        }),
        cause: Cause.empty,
        logLevel: words.level,
        annotations: words.hint === undefined ? own : HashMap.set(own, "hint", words.hint)
      })
    }
  }
}

/** The logger, with the name of the host on each line. Not by an annotation: the engine takes those from its actors. */
const onHost =
  (host: string) =>
  (logger: Logger.Logger<unknown, void>): Logger.Logger<unknown, void> => ({
    ...logger,
    log: (options) => logger.log({ ...options, annotations: HashMap.set(options.annotations, "host", host) })
  })

/** For all that is logged from now on, on the host of this name. */
export const layer = (host: string): Layer.Layer<never> =>
  Layer.scopedDiscard(
    Effect.locallyScopedWith(
      FiberRef.currentLoggers,
      HashSet.map((logger) => onHost(host)(inOurWords(logger)))
    )
  )
