/** What is answered without any other command being loaded, and what every command takes beside its own. */
import type { CommandEntry, OptionEntry } from "./CommandEntry.ts"

const command = (name: string, description: string, more: Partial<CommandEntry> = {}): CommandEntry => ({
  name,
  description,
  options: [],
  args: [],
  commands: [],
  ...more
})

const SHELLS = ["bash", "zsh", "fish"] as const
export type Shell = (typeof SHELLS)[number]

export const isShell = (text: string | undefined): text is Shell => SHELLS.some((shell) => shell === text)

export const HELP = "help"
export const VERSION_COMMAND = "version"
export const COMPLETION = "completion"

export const ownCommands: ReadonlyArray<CommandEntry> = [
  command(COMPLETION, "Prints what has a shell complete commands, options and files.", {
    commands: SHELLS.map((shell) => command(shell, `For ${shell}.`))
  }),
  command(HELP, "Shows what a command does and takes.", {
    args: [
      {
        name: "COMMAND",
        description: "The command, with those that it stands in.",
        isWhole: false,
        least: 0,
        most: null
      }
    ]
  }),
  command(VERSION_COMMAND, "Prints the version.")
]

const LOG_LEVELS = ["all", "trace", "debug", "info", "warning", "error", "fatal", "none"]

const option = (name: string, aliases: ReadonlyArray<string>, description: string): OptionEntry => ({
  name,
  aliases,
  description,
  value: null,
  isRequired: false,
  isRepeated: false,
  default: null
})

/** Taken by every command, wherever they stand. */
export const everywhere: ReadonlyArray<OptionEntry> = [
  {
    ...option("--log-level", [], "The least that is logged."),
    value: { kind: "choice", placeholder: "LEVEL", choices: LOG_LEVELS }
  },
  option("--help", ["-h"], "Shows this.")
]

/** Taken where no command is given, and by itself. */
export const version = option("--version", ["-v"], "Prints the version.")
