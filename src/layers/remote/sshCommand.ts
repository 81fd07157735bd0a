/** What a command line of `ssh` says about the way to a host. */
import { Option } from "effect"
import type { SshWay } from "../../services/RemoteFiles.ts"
import type { Word } from "./words.ts"

/** Options of ssh that have a value, and those that do not. */
const WITH_VALUE = "BbcDEeFIiJLlmOoPpQRSWw"
const WITHOUT_VALUE = "46AaCfGgKkMNnqsTtVvXxYy"
/** Those that say how a host is reached; the others are about what is done there, or about forwarding. */
const OF_THE_WAY = "46BbcCFIiJKklmopS"

/** Options of `-o` that say what is run; that is ours to say. */
const NOT_OF_THE_WAY = /^\s*(?:RemoteCommand|RequestTTY|SessionType|StdinNull|ForkAfterAuthentication)\b/iu

export const isSsh = (program: string): boolean => program === "ssh" || program.endsWith("/ssh")

/** A host, or a user and a host, or an `ssh://` address; never an option. */
const DESTINATION = /^[^-\s]\S*$/u

const concerns = (letter: string, value: string): boolean =>
  OF_THE_WAY.includes(letter) && !(letter === "o" && NOT_OF_THE_WAY.test(value))

/**
 * The way to the host of a command line that begins with `ssh`. None where it is no such command line, or where its
 * options or its host depend on what only a shell knows.
 */
export const hostOfSsh = (words: ReadonlyArray<Word>): Option.Option<SshWay> => {
  const [program, ...rest] = words
  if (program === undefined || !program.isFixed || !isSsh(program.text)) return Option.none()
  const options: Array<string> = []
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at]
    if (word === undefined || !word.isFixed) return Option.none()
    if (word.text === "--") continue
    if (!word.text.startsWith("-")) {
      return DESTINATION.test(word.text)
        ? Option.some({ program: program.text, options, destination: word.text })
        : Option.none()
    }
    for (let letterAt = 1; letterAt < word.text.length; letterAt++) {
      const letter = word.text.charAt(letterAt)
      if (WITHOUT_VALUE.includes(letter)) {
        if (OF_THE_WAY.includes(letter)) options.push(`-${letter}`)
        continue
      }
      if (!WITH_VALUE.includes(letter)) return Option.none()
      const inWord = word.text.slice(letterAt + 1)
      const value = inWord === "" ? rest[++at] : { text: inWord, isFixed: true }
      if (value === undefined || !value.isFixed) return Option.none()
      if (concerns(letter, value.text)) options.push(`-${letter}`, value.text)
      break
    }
  }
  return Option.none()
}

/** The host alone, without user, scheme and port. */
export const hostName = (destination: string): string =>
  destination
    .replace(/^ssh:\/\//iu, "")
    .replace(/^[^@]*@/u, "")
    .replace(/^\[(.*)\].*$/u, "$1")
    .toLowerCase()
