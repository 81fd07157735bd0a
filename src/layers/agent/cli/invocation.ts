/** The command line of a turn, and what stands on stdin. */
import { dirname } from "node:path"
import { Array as Arr } from "effect"
import type { AgentConfig } from "../../../schemas/Config.ts"
import type { CliConfig } from "../../../schemas/config/runtimes/cli.ts"
import type { Turn } from "../../../schemas/Turn.ts"
import { inOne, promptParts } from "../promptParts.ts"

/** The conversation of a turn: a new one, or one that the agent knows already. */
export interface Session {
  readonly id: string
  readonly isNew: boolean
}

export interface Invocation {
  readonly command: readonly [string, ...Array<string>]
  readonly input: string
}

/** A value as an argument can hold it; never an option, whatever people begin their messages with. */
const asArgument = (value: string): string => {
  const held = value.replaceAll("\0", " ")
  return held.startsWith("-") ? ` ${held}` : held
}

const filled =
  (values: { readonly [name: string]: string }) =>
  (argument: string): string =>
    argument.replace(/\{(\w+)\}/gu, (written, name: string) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined
      if (value === undefined) return written
      return argument === written ? asArgument(value) : value.replaceAll("\0", " ")
    })

/** The arguments of the files, each once: several may lie in one folder. */
const fileArguments = (
  fileArgs: ReadonlyArray<string>,
  { envelopes, history }: Turn
): ReadonlyArray<string> =>
  Arr.dedupeWith(
    [...history, ...envelopes].flatMap(({ attachments }) =>
      attachments.map(({ path }) => fileArgs.map(filled({ path, folder: dirname(path) })))
    ),
    (one, other) => one.join("\n") === other.join("\n")
  ).flat()

const isAskedFor = (name: string, args: ReadonlyArray<string>): boolean =>
  args.some((argument) => argument.includes(`{${name}}`))

/** Whether the gateway chooses what a new conversation is called. */
export const choosesName = ({ args }: Pick<CliConfig, "args">): boolean => isAskedFor("sessionId", args)

/** What is run for a turn. */
export const invocationOf = (
  agent: AgentConfig,
  runtime: CliConfig,
  turn: Turn,
  session: Session
): Invocation => {
  const parts = promptParts(agent, turn)
  const ofTurn = session.isNew ? runtime.args : runtime.resumeArgs
  const ofSystem = parts.system === "" ? [] : runtime.systemPromptArgs
  const whole = ofSystem.length > 0 ? parts.said : inOne(parts)
  const fill = filled({ sessionId: session.id, systemPrompt: parts.system, prompt: whole })
  return {
    command: [
      ...runtime.command,
      ...ofTurn.map(fill),
      ...ofSystem.map(fill),
      ...fileArguments(runtime.fileArgs, turn)
    ],
    input: isAskedFor("prompt", ofTurn) ? "" : whole
  }
}
