/** What all commands print through: nothing of what others wrote steers the terminal, whichever command shows it. */
import { Console, Context, DefaultServices, Effect, Predicate } from "effect"
import { harmless, oneLine } from "./harmless.ts"

/** A text of our own making that steers the terminal. Who makes it has made harmless what it quotes. */
export class Steering {
  readonly _tag = "Steering"
  constructor(readonly text: string) {}
}

const isSteering = (value: unknown): value is Steering => Predicate.isTagged(value, "Steering")

/** The sequences of the help: bold, underlined, colours. None of them hides a text or moves one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they are
const HELP_STYLE = /(\u001b\[(?:0|1|4|3[0-7]|9[0-7])(?:;(?:0|1|4|3[0-7]|9[0-7]))*m)/u

const plain = (value: unknown): unknown => {
  if (isSteering(value)) return value.text
  return typeof value === "string" ? harmless(value) : value
}

/** Every second piece is a sequence. */
const styled = (value: unknown): unknown =>
  typeof value === "string"
    ? value
        .split(HELP_STYLE)
        .map((piece, index) => (index % 2 === 0 ? harmless(piece) : piece))
        .join("")
    : plain(value)

const over = (base: Console.Console, shown: (value: unknown) => unknown): Console.Console => ({
  ...base,
  log: (...values: ReadonlyArray<unknown>) => base.log(...values.map(shown)),
  error: (...values: ReadonlyArray<unknown>) => base.error(...values.map(shown))
})

/** Prints what is harmless, and what is `Steering` as it is. */
export const terminal = (base: Console.Console): Console.Console => over(base, plain)

/** The same for the parser of the command line, whose help has styles. */
export const terminalWithHelp = (base: Console.Console): Console.Console => over(base, styled)

const standard = Context.get(DefaultServices.liveServices, Console.Console)

/** What a command prints goes through `terminal`. */
export const onTerminal = Effect.withConsole(terminal(standard))

/** What the parser of the command line prints goes through `terminalWithHelp`. */
export const helpOnTerminal = Effect.withConsole(terminalWithHelp(standard))

/** Prints a sentence, which is one line whatever it quotes. */
export const printSentence = (sentence: string): Effect.Effect<void> => Console.log(oneLine(sentence))
