/** What is logged for whoever looks at the terminal, and belongs in no file: it has handles and names of people. */
import { Effect, FiberRef, FiberRefs, type Logger } from "effect"

const isForTerminal = FiberRef.unsafeMake(false)

/** What is logged within is for the terminal alone. */
export const forTerminal: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R> =
  Effect.locally(isForTerminal, true)

/** A logger that leaves out what is for the terminal alone. */
export const notForTerminal = (logger: Logger.Logger<unknown, void>): Logger.Logger<unknown, void> => ({
  ...logger,
  log: (options) => {
    if (!FiberRefs.getOrDefault(options.context, isForTerminal)) logger.log(options)
  }
})
