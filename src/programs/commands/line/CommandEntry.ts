/**
 * The command line as data: what help, completion, the answers to mistakes and docs/commands.md are made of. It is read off
 * the commands themselves (`describe.ts`) when the program is built, so that none of these loads a command, or a parser.
 */

/** What may stand for a value. */
export interface Value {
  readonly kind: "text" | "number" | "whole" | "path" | "choice"
  /** What stands for it in a usage, such as `FILE`. */
  readonly placeholder: string
  /** Of a choice, all that there are. */
  readonly choices: ReadonlyArray<string>
}

export interface OptionEntry {
  /** With its dashes. */
  readonly name: string
  /** Other names of it, with their dashes. */
  readonly aliases: ReadonlyArray<string>
  readonly description: string
  /** Null for one that is only there or not. */
  readonly value: Value | null
  readonly isRequired: boolean
  readonly isRepeated: boolean
  /** What holds where it is not given, if that is a number or a word. */
  readonly default: string | null
}

export interface ArgumentEntry {
  /** As it stands in a usage: `ID`, or `imessage CODE` where a word comes before it. */
  readonly name: string
  readonly description: string
  /** Whether it is a whole number. */
  readonly isWhole: boolean
  readonly least: number
  /** Null where there may be any number of them. */
  readonly most: number | null
}

export interface CommandEntry {
  readonly name: string
  readonly description: string
  readonly options: ReadonlyArray<OptionEntry>
  readonly args: ReadonlyArray<ArgumentEntry>
  readonly commands: ReadonlyArray<CommandEntry>
}

/** Whether a command is only a name for others: it does nothing by itself. */
export const isGroup = ({ args, commands, options }: CommandEntry): boolean =>
  commands.length > 0 && options.length === 0 && args.length === 0
