/** A command line taken apart as a POSIX shell would, without running one. */
import { Option } from "effect"

/** A word of a command line, without its quotes. */
export interface Word {
  readonly text: string
  /** Whether it is the same whatever the shell's variables, files and operators are. */
  readonly isFixed: boolean
}

export interface WordsOptions {
  /** As in a script: `#` begins a comment, and `~` and `$HOME` are this folder. */
  readonly home?: string
}

const HOME = /^\$(?:HOME(?!\w)|\{HOME\})/u
const SPACE = /\s/u
/** What makes a shell do more than take a word as it stands. */
const SPECIAL = /[$`*?[{;&|<>()]/u

/**
 * Splits at white space outside of quotes. Single quotes keep everything, double quotes keep everything but `$`, a
 * backtick and the backslash before one of `"\$` and a backtick. None where a quote does not end.
 */
export const wordsOf = (line: string, { home }: WordsOptions = {}): Option.Option<ReadonlyArray<Word>> => {
  const words: Array<Word> = []
  let text = ""
  let isFixed = true
  let isWord = false
  let quote: string | undefined

  const add = (characters: string) => {
    text += characters
    isWord = true
  }
  const end = () => {
    if (isWord) words.push({ text, isFixed })
    text = ""
    isFixed = true
    isWord = false
  }

  let at = 0
  while (at < line.length) {
    const character = line.charAt(at)
    const next = line.charAt(at + 1)
    const variable = home === undefined || quote === "'" ? null : HOME.exec(line.slice(at, at + 8))
    if (quote === undefined && SPACE.test(character)) end()
    else if (home !== undefined && quote === undefined && !isWord && character === "#") break
    else if (character === quote) quote = undefined
    else if (quote === undefined && (character === "'" || character === '"')) {
      quote = character
      isWord = true
    } else if (
      character === "\\" &&
      next !== "" &&
      (quote === undefined || (quote === '"' && /["\\$`]/u.test(next)))
    ) {
      add(next)
      at++
    } else if (home !== undefined && variable !== null) {
      add(home)
      at += variable[0].length - 1
    } else if (
      home !== undefined &&
      quote === undefined &&
      !isWord &&
      character === "~" &&
      /^$|[\s/]/u.test(next)
    ) {
      add(home)
    } else {
      if (quote === undefined ? SPECIAL.test(character) : quote === '"' && /[$`]/u.test(character))
        isFixed = false
      add(character)
    }
    at++
  }
  if (quote !== undefined) return Option.none()
  end()
  return Option.some(words)
}

/** A word as a POSIX shell reads it back. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
