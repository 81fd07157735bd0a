/** How commands print what they found: as JSON, or as people read it where it is printed. */
import { Console, Effect } from "effect"
import { type Look, lookOf } from "../../../layers/terminal/look.ts"
import { Steering } from "../../../layers/terminal/TerminalConsole.ts"

/** Where stdout goes. */
export const lookHere: Effect.Effect<Look> = Effect.sync(() => lookOf(process.stdout, process.env))

/** Prints a text for people. What it quotes is harmless: where there are colours it is printed as it is. */
const printShown = (show: (look: Look) => string): Effect.Effect<void> =>
  Effect.flatMap(lookHere, (look) => Console.log(look.colours ? new Steering(show(look)) : show(look)))

/** Prints JSON where that is asked for, else the text for people. */
export const printEither = (
  json: boolean,
  value: unknown,
  show: (look: Look) => string
): Effect.Effect<void> => (json ? Console.log(JSON.stringify(value, undefined, 2)) : printShown(show))
