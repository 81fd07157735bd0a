/** Options that several commands of the simulator take, and how they print. */
import { Options } from "@effect/cli"
import { Console } from "effect"
import { BuildFromVersion } from "./Build.ts"

export const db = Options.text("db").pipe(
  Options.withPseudoName("FILE"),
  Options.withDescription("The chat.db to work on; created where there is none. Its folder must exist.")
)

export const build = Options.text("build").pipe(
  Options.withDefault("0.15.0"),
  Options.withSchema(BuildFromVersion),
  Options.withDescription("The version of imsg to behave like, such as 0.9 or 0.15.0.")
)

export const bridge = Options.boolean("bridge").pipe(
  Options.withDescription("Behave as with the private bridge running, where `simulator bridge` set nothing.")
)

export const printJson = (value: unknown) => Console.log(JSON.stringify(value))
