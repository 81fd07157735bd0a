/** The words of a command line, read by what the commands take: which command is meant, and what is wrong. */
import type { CommandEntry, OptionEntry } from "./CommandEntry.ts"
import { everywhere } from "./ownCommands.ts"

export type Mistake =
  | { readonly _tag: "UnknownCommand"; readonly word: string }
  | { readonly _tag: "UnknownOption"; readonly word: string }
  | { readonly _tag: "UnexpectedArgument"; readonly word: string }
  | { readonly _tag: "MissingValue"; readonly option: OptionEntry }
  | { readonly _tag: "BadValue"; readonly option: OptionEntry; readonly given: string }
  | { readonly _tag: "ValueForFlag"; readonly option: OptionEntry; readonly given: string }
  | { readonly _tag: "MissingOption"; readonly option: OptionEntry }
  | { readonly _tag: "NotWhole"; readonly name: string; readonly word: string }
  | { readonly _tag: "MissingArgument"; readonly name: string }

/** The program itself, and the commands down to one. */
export type Path = readonly [CommandEntry, ...ReadonlyArray<CommandEntry>]

export const lastOf = (path: Path): CommandEntry => path.at(-1) ?? path[0]

/** What the words say so far. */
export interface Walked {
  /** Down to the command that is meant. */
  readonly path: Path
  readonly given: ReadonlyArray<OptionEntry>
  readonly args: ReadonlyArray<string>
  /** The option whose value the next word is. */
  readonly awaits: OptionEntry | undefined
  /** Whether `--` was there, after which nothing is an option. */
  readonly isForced: boolean
  /** The first thing that is wrong, with where it was met; the walk goes on, since it may be asked for help. */
  readonly mistake: { readonly at: Path; readonly what: Mistake } | undefined
}

/** All that may stand at a place: what the command takes, those that it stands in, and what all take. */
export const optionsAt = (path: Path): ReadonlyArray<OptionEntry> => [
  ...path.toReversed().flatMap(({ options }) => options),
  ...everywhere
]

/** What is shown of them: those of the program itself mean something to the gateway only. */
export const offeredAt = (path: Path): ReadonlyArray<OptionEntry> => [...lastOf(path).options, ...everywhere]

const isCalled = (word: string) => (option: OptionEntry) =>
  option.name === word.toLowerCase() ||
  option.aliases.some((alias) => alias === word || (alias.length > 2 && alias === word.toLowerCase()))

const isOption = (word: string): boolean => /^-(?!\d)./u.test(word)

const wrong = (walked: Walked, what: Mistake): Walked =>
  walked.mistake === undefined ? { ...walked, mistake: { at: walked.path, what } } : walked

const WHOLE = /^-?\d+$/u

const valueFits = ({ value }: OptionEntry, given: string): boolean => {
  if (value?.kind === "choice")
    return value.choices.includes(given.toLowerCase()) || value.choices.includes(given)
  if (value?.kind === "whole") return WHOLE.test(given)
  return value?.kind === "number" ? /^-?\d+(?:\.\d+)?$/u.test(given) : true
}

const withValue = (walked: Walked, option: OptionEntry, given: string): Walked => {
  const taken = { ...walked, awaits: undefined }
  return valueFits(option, given) ? taken : wrong(taken, { _tag: "BadValue", option, given })
}

/** Letters that stand together, each an option without a value. */
const cluster = (path: Path, word: string): ReadonlyArray<OptionEntry> => {
  if (!/^-[a-z]{2,}$/iu.test(word)) return []
  const found = [...word.slice(1)].map((letter) => optionsAt(path).find(isCalled(`-${letter}`)))
  return found.every((option) => option?.value === null) ? found.filter((option) => option !== undefined) : []
}

const optionWord = (walked: Walked, word: string): Walked => {
  // The parser takes a value after `=` of whole names only.
  const [name = "", ...rest] = word.startsWith("--") ? word.split("=") : [word]
  const option = optionsAt(walked.path).find(isCalled(name))
  if (option === undefined) {
    const several = cluster(walked.path, word)
    return several.length === 0
      ? wrong(walked, { _tag: "UnknownOption", word: name })
      : { ...walked, given: [...walked.given, ...several] }
  }
  const taken = { ...walked, given: [...walked.given, option] }
  if (rest.length === 0) return option.value === null ? taken : { ...taken, awaits: option }
  const given = rest.join("=")
  if (option.value !== null) return withValue(taken, option, given)
  return /^(?:true|false|yes|no|y|n|on|off|0|1)$/iu.test(given)
    ? taken
    : wrong(taken, { _tag: "ValueForFlag", option, given })
}

const plainWord = (walked: Walked, word: string): Walked => {
  const here = lastOf(walked.path)
  const next = here.commands.find(({ name }) => name === word)
  if (next !== undefined && walked.args.length === 0) return { ...walked, path: [...walked.path, next] }
  const most = here.args.reduce((sum, { most }) => sum + (most ?? Number.POSITIVE_INFINITY), 0)
  if (walked.args.length < most) {
    const taken = { ...walked, args: [...walked.args, word] }
    const name = here.args.find(({ isWhole }) => isWhole)?.name
    return name === undefined || WHOLE.test(word) ? taken : wrong(taken, { _tag: "NotWhole", name, word })
  }
  return wrong(walked, { _tag: here.commands.length > 0 ? "UnknownCommand" : "UnexpectedArgument", word })
}

const step = (walked: Walked, word: string): Walked => {
  const { awaits, isForced, path } = walked
  if (awaits !== undefined) {
    // A value may begin with dashes, but one that is an option here was hardly meant as one.
    const isNext = word.startsWith("--") && optionsAt(path).some(isCalled(word.split("=")[0] ?? ""))
    if (!isNext) return withValue(walked, awaits, word)
    return optionWord(wrong({ ...walked, awaits: undefined }, { _tag: "MissingValue", option: awaits }), word)
  }
  if (!isForced && word === "--") return { ...walked, isForced: true }
  return !isForced && isOption(word) ? optionWord(walked, word) : plainWord(walked, word)
}

const begin = (root: CommandEntry): Walked => ({
  path: [root],
  given: [],
  args: [],
  awaits: undefined,
  isForced: false,
  mistake: undefined
})

/** Reads words, without those of the program itself. */
export const walk = (root: CommandEntry, words: ReadonlyArray<string>): Walked =>
  words.reduce(step, begin(root))

/** The same for words of which no more come: what is missing is a mistake too. */
export const walkWhole = (root: CommandEntry, words: ReadonlyArray<string>): Walked => {
  const walked = walk(root, words)
  const here = lastOf(walked.path)
  if (walked.awaits !== undefined) return wrong(walked, { _tag: "MissingValue", option: walked.awaits })
  const option = here.options.find((one) => one.isRequired && !walked.given.includes(one))
  if (option !== undefined) return wrong(walked, { _tag: "MissingOption", option })
  const arg = here.args.find(({ least }) => least > walked.args.length)
  return arg === undefined ? walked : wrong(walked, { _tag: "MissingArgument", name: arg.name })
}
