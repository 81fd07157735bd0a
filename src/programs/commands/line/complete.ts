/** What may come next on a command line that is being typed. */
import type { CommandEntry, OptionEntry } from "./CommandEntry.ts"
import { HELP } from "./ownCommands.ts"
import { lastOf, offeredAt, optionsAt, type Walked, walk } from "./walk.ts"

interface Candidate {
  readonly word: string
  readonly says: string
}

export interface Candidates {
  readonly words: ReadonlyArray<Candidate>
  /** Whether files may stand there too. */
  readonly isPath: boolean
}

const NONE: Candidates = { words: [], isPath: false }

const wordsOnly = (words: ReadonlyArray<Candidate>, begun: string): Candidates => ({
  words: words.filter(({ word }) => word.startsWith(begun)),
  isPath: false
})

const commandsOf = ({ commands }: CommandEntry): ReadonlyArray<Candidate> =>
  commands.map(({ description, name }) => ({ word: name, says: description }))

const valuesOf = ({ value }: OptionEntry, begun: string, before = ""): Candidates =>
  value?.kind === "path"
    ? { words: [], isPath: true }
    : wordsOnly(
        (value?.choices ?? []).map((choice) => ({ word: `${before}${choice}`, says: "" })),
        begun
      )

/** What is not given yet, or may be given again. */
const optionsOf = ({ given, path }: Walked, begun: string): Candidates =>
  wordsOnly(
    offeredAt(path)
      .filter((option) => option.isRepeated || !given.includes(option))
      .map(({ description, name }) => ({ word: name, says: description })),
    begun
  )

/** The word that stands before an argument: `imessage` of `imessage CODE`. */
const literalsOf = ({ args }: CommandEntry): ReadonlyArray<Candidate> =>
  args.flatMap(({ description, name }) => {
    const [first = ""] = name.split(" ")
    return /^[a-z]+$/u.test(first) ? [{ word: first, says: description }] : []
  })

/** Shells that take `=` for a word of its own give `--config`, `=`, `FILE`. */
const joined = (words: ReadonlyArray<string>): ReadonlyArray<string> =>
  words.filter((word, index) => !(word === "=" && words[index - 1]?.startsWith("--")))

const helpFor = (root: CommandEntry, words: ReadonlyArray<string>, begun: string): Candidates => {
  const { mistake, path } = walk(root, words)
  return mistake === undefined ? wordsOnly(commandsOf(lastOf(path)), begun) : NONE
}

/**
 * What may stand in the place of the last of the words, which is what is typed of it so far: an empty one where the
 * cursor stands after a blank. Nothing where what stands before it is a mistake.
 */
export const complete = (root: CommandEntry, typed: ReadonlyArray<string>): Candidates => {
  const words = joined(typed.slice(0, -1))
  const last = typed.at(-1) ?? ""
  // A lone `=` begins the value of the option before it.
  const begun = last === "=" ? "" : last
  if (words[0] === HELP) return helpFor(root, words.slice(1), begun)
  const walked = walk(root, words)
  if (walked.mistake !== undefined) return NONE
  if (walked.awaits !== undefined) return valuesOf(walked.awaits, begun)
  const [name = "", ...value] = begun.split("=")
  if (value.length > 0) {
    const option = optionsAt(walked.path).find((one) => one.name === name)
    return option === undefined ? NONE : valuesOf(option, begun, `${name}=`)
  }
  if (begun.startsWith("-")) return walked.isForced ? NONE : optionsOf(walked, begun)
  const here = lastOf(walked.path)
  const plain = walked.args.length > 0 ? [] : [...commandsOf(here), ...literalsOf(here)]
  // Where nothing else can come, options are what is looked for.
  return plain.length === 0 && begun === "" && here.args.length === walked.args.length
    ? optionsOf(walked, begun)
    : wordsOnly(plain, begun)
}

/** As the scripts of the shells read it: a line for each word, with what it is after a tab; a tab alone is for files. */
export const asLines = ({ isPath, words }: Candidates): string =>
  [...words.map(({ says, word }) => `${word}\t${says}`), ...(isPath ? ["\t"] : [])]
    .map((line) => `${line}\n`)
    .join("")
