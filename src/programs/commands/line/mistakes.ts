/** What is said to words that mean nothing here: what is wrong, what was probably meant, and what there is. */
import { nearest } from "../../../schemas/config/spelling.ts"
import { PROGRAM } from "../../../version.ts"
import type { CommandEntry, OptionEntry } from "./CommandEntry.ts"
import { optionWithValue, usageOf, wordsOf } from "./help.ts"
import { lastOf, type Mistake, offeredAt, optionsAt, type Path, type Walked } from "./walk.ts"

/** How much of a word of others is shown. */
const LONGEST = 60

const quoted = (word: string): string =>
  JSON.stringify(word.length > LONGEST ? `${word.slice(0, LONGEST)}…` : word)

/** The one that was meant: a misspelling of it, or its beginning where only one begins so. */
const meant = (word: string, known: ReadonlyArray<string>): string | undefined => {
  const begun = known.filter((one) => word.length > 2 && one.startsWith(word.toLowerCase()))
  return nearest(word, known) ?? (begun.length === 1 ? begun[0] : undefined)
}

/** Every command below one, by its words. */
const below = (command: CommandEntry, before: ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> =>
  command.commands.flatMap((one) => {
    const words = [...before, one.name]
    return [words, ...below(one, words)]
  })

/** Commands that stand elsewhere: `reload` is `config reload`. */
const elsewhere = (root: CommandEntry, word: string): ReadonlyArray<string> => {
  const all = below(root, [])
  const exact = all.filter((words) => words.at(-1) === word.toLowerCase())
  const last = all.map((words) => words.at(-1) ?? "")
  const near = nearest(word, [...new Set(last)])
  return (exact.length > 0 ? exact : all.filter((words) => words.at(-1) === near)).map((words) =>
    words.join(" ")
  )
}

const orOf = (words: ReadonlyArray<string>): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`

const didYouMean = (words: ReadonlyArray<string>): string =>
  words.length === 0 || words.length > 4 ? "" : ` Did you mean ${orOf(words.map((word) => `\`${word}\``))}?`

const unknownCommand = (path: Path, word: string): ReadonlyArray<string> => {
  const names = lastOf(path).commands.map(({ name }) => name)
  const near = meant(word, names)
  const place = wordsOf(path)
  const found = near === undefined ? elsewhere(path[0], word) : [[place, near].filter(Boolean).join(" ")]
  return [
    `there is no command ${quoted(word)}${place === "" ? "" : ` in \`${place}\``}.${didYouMean(found)}`,
    `Commands${place === "" ? "" : ` of \`${place}\``}: ${names.join(", ")}`
  ]
}

const unknownOption = (path: Path, word: string): ReadonlyArray<string> => {
  const place = wordsOf(path)
  const known = optionsAt(path)
  const near = meant(
    word,
    known.flatMap(({ aliases, name }) => [name, ...aliases]).filter((name) => name.length > 2)
  )
  const own = offeredAt(path).map(({ name }) => name)
  return [
    `${place === "" ? "there is no option" : `\`${place}\` has no option`} ${quoted(word)}.${didYouMean(near === undefined ? [] : [near])}`,
    `Options: ${own.join(", ")}`
  ]
}

const badValue = (option: OptionEntry, given: string): string => {
  const choices = option.value?.choices ?? []
  const near = meant(given, choices)
  return choices.length === 0
    ? `${option.name}: ${quoted(given)} is not a ${option.value?.kind === "whole" ? "whole number" : "number"}.`
    : `${option.name}: ${quoted(given)} is none of ${choices.join(", ")}.${didYouMean(near === undefined ? [] : [near])}`
}

const linesOf = (path: Path, mistake: Mistake): ReadonlyArray<string> => {
  switch (mistake._tag) {
    case "UnknownCommand":
      return unknownCommand(path, mistake.word)
    case "UnknownOption":
      return unknownOption(path, mistake.word)
    case "UnexpectedArgument":
      return [`${quoted(mistake.word)} is too much.`, `Usage: ${usageOf(path)}`]
    case "NotWhole":
      return [`${mistake.name}: ${quoted(mistake.word)} is not a whole number.`, `Usage: ${usageOf(path)}`]
    case "MissingValue":
      return [`${mistake.option.name}: a value is missing.`, `Usage: ${optionWithValue(mistake.option)}`]
    case "BadValue":
      return [badValue(mistake.option, mistake.given)]
    case "ValueForFlag":
      return [`${mistake.option.name}: takes no value; got ${quoted(mistake.given)}.`]
    case "MissingOption":
      return [`${mistake.option.name} is missing.`, `Usage: ${usageOf(path)}`]
    case "MissingArgument":
      return [`${mistake.name} is missing.`, `Usage: ${usageOf(path)}`]
  }
}

/** What to read next. */
const seeHelp = (path: Path): string =>
  `See \`${[PROGRAM, wordsOf(path), "--help"].filter(Boolean).join(" ")}\`.`

/** A mistake in words, for stderr. */
export const mistakeInWords = ({ at, what }: NonNullable<Walked["mistake"]>): string =>
  [...linesOf(at, what), seeHelp(at)].join("\n")
