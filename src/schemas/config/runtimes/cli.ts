/** The runtime `cli`: an agent of the command line, a process for each turn. */
import { Schema } from "effect"
import { type Settled, settle } from "../section.ts"
import { option, required, Text, timerMs } from "../values.ts"
import { programKeys } from "./command.ts"
import { ownFolder } from "./ownFolder.ts"
import { PRESETS, type Preset } from "./presets.ts"

const Match = Schema.Record({
  key: Schema.String,
  value: Schema.Union(Schema.String, Schema.Boolean, Schema.Number)
})

const Place = Schema.Struct({
  when: required(Match, 'What an event must have, by paths: `{type: "text"}`.'),
  at: required(Text, "The path to the value in it, such as `part.text`.")
}).annotations({ identifier: "CliPlace" })

const Output = Schema.Struct({
  format: required(Schema.Literal("json", "jsonl"), "One JSON value, or one on each line."),
  text: required(Place, "Where the answer stands."),
  pieces: option(
    Schema.Boolean,
    "Whether each text is a piece of the answer; else the last is all of it.",
    false
  ),
  session: option(Place, "Where the agent's own name of the conversation stands."),
  work: option(Schema.Array(Match), "Events after which what was said before is no answer.", []),
  end: option(
    Schema.Array(Match),
    "Events that say that the answer is whole. Without any it is so once there is one.",
    []
  ),
  failures: option(
    Schema.Array(
      Schema.Struct({
        when: required(Match, "What an event must have."),
        at: option(Schema.Array(Text), "The paths where its words may stand.", [])
      }).annotations({ identifier: "CliFailure" })
    ),
    "Events that say that the agent has failed.",
    []
  )
}).annotations({ identifier: "CliOutput" })

const Arguments = Schema.Array(Schema.String)

/** What may be said instead of what a preset has. */
const presetKeys = {
  command: option(
    Schema.NonEmptyArray(Text),
    'The program, where it is not found by its own name, and what stands before all other arguments: `["/opt/homebrew/bin/claude", "--model", "opus"]`. Else as the preset has it, like each of the next.'
  ),
  args: option(
    Arguments,
    "The arguments of the first turn of a conversation. `{sessionId}` is a new UUID there; where `{prompt}` stands in none, the prompt is read from stdin."
  ),
  resumeArgs: option(Arguments, "The arguments of later turns, with `{sessionId}`."),
  systemPromptArgs: option(
    Arguments,
    "Arguments that are added where there is a system prompt, with `{systemPrompt}`; where they are empty it stands before the prompt."
  ),
  fileArgs: option(
    Arguments,
    "Arguments that are added for each file that people sent, with `{path}` or `{folder}`."
  ),
  output: option(
    Schema.Union(Schema.Literal("text"), Output),
    "What is read of what the program prints: all of it as `text`, or values of its JSON."
  ),
  sessionGone: option(
    Schema.Array(Text),
    "What the program complains of where it does not know the session any more; then a new one is begun."
  )
}

const cliKeys = {
  timeoutMs: option(timerMs(1), "How long a turn may take, in ms; then the program is ended.", 600_000),
  ...programKeys,
  cwd: ownFolder
}

/** An agent of the command line. */
export const CliRuntime = Schema.Struct({
  type: required(Schema.Literal("cli"), "Runs an agent of the command line for each turn."),
  preset: required(Schema.Literal("claude", "codex", "gemini", "opencode"), "Which one; see agents.md."),
  ...presetKeys,
  ...cliKeys
}).annotations({ identifier: "CliRuntime" })
type CliRuntime = typeof CliRuntime.Type

/** An agent of the command line, with all that its preset says and the config does not. */
export type CliConfig = { readonly type: "cli" } & Preset & Omit<Settled<typeof cliKeys>, "env">

export const resolveCli = (runtime: CliRuntime, expandHome: (path: string) => string): CliConfig => {
  const preset: Preset = PRESETS[runtime.preset]
  const { cwd, ...settled } = settle(cliKeys, [runtime])
  const output = runtime.output
  return {
    type: "cli",
    command: runtime.command ?? preset.command,
    args: runtime.args ?? preset.args,
    resumeArgs: runtime.resumeArgs ?? preset.resumeArgs,
    systemPromptArgs: runtime.systemPromptArgs ?? preset.systemPromptArgs,
    fileArgs: runtime.fileArgs ?? preset.fileArgs,
    output:
      output === undefined || output === "text"
        ? (output ?? preset.output)
        : {
            pieces: false,
            work: [],
            end: [],
            ...output,
            failures: (output.failures ?? []).map((failure) => ({ at: [], ...failure }))
          },
    sessionGone: runtime.sessionGone ?? preset.sessionGone,
    ...settled,
    env: { ...preset.env, ...settled.env },
    ...(cwd === undefined ? {} : { cwd: expandHome(cwd) })
  }
}
