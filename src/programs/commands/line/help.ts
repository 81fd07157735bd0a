/** Help of the program and of each command, made of what they take. */
import { PROGRAM } from "../../../version.ts"
import { type ArgumentEntry, type CommandEntry, isGroup, type OptionEntry } from "./CommandEntry.ts"
import { examples } from "./examples.ts"
import { everywhere } from "./ownCommands.ts"
import { lastOf, type Path } from "./walk.ts"
import { listed, wrapped } from "./wrap.ts"

export interface HelpLook {
  /** The most characters of a line. */
  readonly width: number
  readonly heading: (text: string) => string
}

/** The words of a command, without the program's name. */
export const wordsOf = (path: Path): string =>
  path
    .slice(1)
    .map(({ name }) => name)
    .join(" ")

/** An option with what stands for its value: `--config FILE`. */
export const optionWithValue = ({ name, value }: OptionEntry): string =>
  value === null ? name : `${name} ${value.placeholder}`

const termOf = (option: OptionEntry): string => [...option.aliases, optionWithValue(option)].join(", ")

/** What is said of an option, with what the parser knows of its values. */
const saysOf = ({ default: otherwise, description, isRepeated, isRequired, value }: OptionEntry): string => {
  const choices = value?.kind === "choice" ? [`One of: ${value.choices.join(", ")}.`] : []
  const fallback = otherwise === null ? [] : [`Default: ${otherwise}.`]
  return [
    description,
    ...choices,
    ...fallback,
    ...(isRequired ? ["Required."] : []),
    ...(isRepeated && !/several/u.test(description) ? ["Several may be given."] : [])
  ]
    .filter((part) => part !== "")
    .join(" ")
}

const argumentInUsage = ({ least, most, name }: ArgumentEntry): string => {
  const [literal, ...rest] = name.split(" ")
  const word = rest.length === 0 ? name : `[${literal}] ${rest.join(" ")}`
  return `${least === 0 ? `[${name}]` : word}${most === null ? "…" : ""}`
}

/** How a command is written: `imsg-gateway pairing approve [imessage] CODE [options]`. */
export const usageOf = (path: Path): string => {
  const command = lastOf(path)
  if (isGroup(command)) return `${[PROGRAM, wordsOf(path)].join(" ")} COMMAND`
  const required = command.options.filter(({ isRequired }) => isRequired).map(optionWithValue)
  return [
    PROGRAM,
    wordsOf(path),
    ...command.args.map(argumentInUsage),
    ...required,
    ...(command.options.length > required.length ? ["[options]"] : [])
  ]
    .filter((part) => part !== "")
    .join(" ")
}

/** The first sentence. */
const brief = (description: string): string => description.split(/(?<=\.) /u)[0] ?? description

const section = (title: string, lines: ReadonlyArray<string>, look: HelpLook): ReadonlyArray<string> =>
  lines.length === 0 ? [] : ["", look.heading(title), ...lines]

const optionLines = (options: ReadonlyArray<OptionEntry>, width: number) =>
  options.length === 0
    ? []
    : listed(
        options.map((option) => ({ term: termOf(option), says: saysOf(option) })),
        width
      )

const commandLines = (commands: ReadonlyArray<CommandEntry>, width: number) =>
  commands.length === 0
    ? []
    : listed(
        commands.map(({ description, name }) => ({ term: name, says: brief(description) })),
        width
      )

/** Lines are longer than options. */
const WIDEST_EXAMPLE = 60

const exampleLines = (path: Path, width: number) => {
  const found = examples[wordsOf(path)] ?? []
  return found.length === 0
    ? []
    : listed(
        found.map(({ line, says }) => ({ term: `${PROGRAM} ${line}`.trimEnd(), says })),
        width,
        WIDEST_EXAMPLE
      )
}

const argumentLines = (args: ReadonlyArray<ArgumentEntry>, width: number) => {
  const described = args.filter(({ description }) => description !== "")
  return described.length === 0
    ? []
    : listed(
        described.map(({ description, name }) => ({ term: name, says: description })),
        width
      )
}

/** The help of a command, or of the program where the path has nothing more. */
export const helpOf = (path: Path, look: HelpLook): string => {
  const command = lastOf(path)
  const { width } = look
  const isRoot = path.length === 1
  const usage = isRoot ? [usageOf(path), `${PROGRAM} COMMAND [options]`] : [usageOf(path)]
  const alsoUsage =
    !isRoot && command.commands.length > 0 && !isGroup(command) ? [`${PROGRAM} ${wordsOf(path)} COMMAND`] : []
  return [
    ...wrapped(command.description, width),
    ...section(
      "Usage",
      [...usage, ...alsoUsage].map((line) => `  ${line}`),
      look
    ),
    ...section("Commands", commandLines(command.commands, width), look),
    ...section("Arguments", argumentLines(command.args, width), look),
    ...section("Options", optionLines([...command.options, ...everywhere], width), look),
    ...section("Examples", exampleLines(path, width), look),
    ...(command.commands.length > 0
      ? [
          "",
          ...wrapped(
            `\`${[PROGRAM, "help", wordsOf(path)].filter(Boolean).join(" ")} COMMAND\` says more about one.`,
            width
          )
        ]
      : []),
    ""
  ].join("\n")
}
