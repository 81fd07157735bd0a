/** What all commands print through: nothing of what others wrote steers the terminal, whichever command shows it. */
import { Console, Context, DefaultServices, Effect, Predicate } from "effect"
import { harmless, oneLine } from "./harmless.ts"

/** A text of our own making that steers the terminal. Who makes it has made harmless what it quotes. */
export class Steering {
  readonly _tag = "Steering"
  constructor(readonly text: string) {}
}

const isSteering = (value: unknown): value is Steering => Predicate.isTagged(value, "Steering")

const plain = (value: unknown): unknown => {
  if (isSteering(value)) return value.text
  return typeof value === "string" ? harmless(value) : value
}

const over = (base: Console.Console, shown: (value: unknown) => unknown): Console.Console => ({
  ...base,
  log: (...values: ReadonlyArray<unknown>) => base.log(...values.map(shown)),
  error: (...values: ReadonlyArray<unknown>) => base.error(...values.map(shown))
})

/** Prints what is harmless, and what is `Steering` as it is. */
export const terminal = (base: Console.Console): Console.Console => over(base, plain)

const standard = Context.get(DefaultServices.liveServices, Console.Console)

/** What a command prints goes through `terminal`. */
export const onTerminal = Effect.withConsole(terminal(standard))

/** What is printed meanwhile is not shown. */
export const silently = Effect.withConsole({
  ...standard,
  log: () => Effect.void,
  error: () => Effect.void
})

/** Prints a sentence, which is one line whatever it quotes. */
export const printSentence = (sentence: string): Effect.Effect<void> => Console.log(oneLine(sentence))
