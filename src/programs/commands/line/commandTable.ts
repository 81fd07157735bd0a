/**
 * The whole command line as data. Where the program is built this module is evaluated, and what it exports takes its place
 * (scripts/evaluatedAtBuild.mjs): the built program reads it without loading a command.
 */
import { alone, commands } from "../cli/all.ts"
import type { CommandEntry } from "./CommandEntry.ts"
import { describe } from "./describe.ts"
import { ownCommands, version } from "./ownCommands.ts"

const root = describe(alone.command)

const below = await Promise.all(Object.values(commands).map(async (load) => describe((await load()).command)))

export const commandTable: CommandEntry = {
  ...root,
  options: [...root.options, version],
  commands: [...below, ...ownCommands]
}
