/** The runtimes `echo`, and `command`: a program for each turn. */
import { Schema } from "effect"
import { Folder, option, required, Text, timerMs, VariableName, Variables } from "../values.ts"

/** Answers `echo: <text>`. */
export const EchoRuntime = Schema.Struct({
  type: required(Schema.Literal("echo"), "Answers `echo: <text>`, to try the gateway out.")
}).annotations({ identifier: "EchoRuntime" })

/** Where a program runs, and in which environment. */
export const programKeys = {
  cwd: option(Folder, "The folder that the program runs in. Else that of the gateway."),
  env: option(
    Variables,
    "Variables of the program's environment, beside the few that every program gets.",
    {}
  ),
  passEnv: option(
    Schema.Array(VariableName),
    "The names of variables that the program gets from the gateway's own environment; `AWS_*` is all that begin so. Those of `env` win.",
    []
  )
}

/** What may be said of a program that is run for each turn. */
export const commandKeys = {
  format: option(
    Schema.Literal("text", "json"),
    "What the program reads and writes: the prompt and the reply as `text`, or the turn and the replies as `json`.",
    "text"
  ),
  timeoutMs: option(timerMs(1), "How long a turn may take, in ms; then the program is ended.", 600_000),
  ...programKeys
}

/** Runs a program for each turn. */
export const CommandRuntime = Schema.Struct({
  type: required(Schema.Literal("command"), "Runs a program for each turn."),
  command: required(Schema.NonEmptyArray(Text), "The program and its arguments."),
  ...commandKeys
}).annotations({ identifier: "CommandRuntime" })
