/** The log as people read it on a terminal. */
import { Array as Arr, Cause, HashMap, Inspectable, Logger } from "effect"
import { harmless } from "./harmless.ts"

/** What goes on in a second line is indented: it must not pass for an entry of its own. */
const shown = (value: unknown): unknown => {
  if (typeof value === "number" || typeof value === "boolean") return value
  return harmless(Inspectable.toStringUnknown(Inspectable.redact(value))).replaceAll("\n", "\n    ")
}

/** Causes, annotations and messages carry words of people, of agents and of programs. */
const harmlessOptions = ({
  cause,
  message,
  ...options
}: Logger.Logger.Options<unknown>): Logger.Logger.Options<unknown> => {
  const [first = "", ...more] = Arr.ensure(message)
  const causes = Cause.isEmpty(cause) ? [] : [Cause.pretty(cause, { renderErrorCause: true })]
  return {
    ...options,
    annotations: HashMap.map(options.annotations, shown),
    cause: Cause.empty,
    message: [first, ...causes, ...more].map(shown)
  }
}

/** Effect's own logger for terminals, of what is harmless. */
export const prettyLogger = (options: { readonly stderr: boolean }): Logger.Logger<unknown, void> =>
  Logger.mapInputOptions(
    Logger.prettyLogger({ stderr: options.stderr, colors: "auto", mode: "tty" }),
    harmlessOptions
  )
