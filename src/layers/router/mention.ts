/** Whether a text mentions an agent, in time that is linear in the text whatever the pattern. */
import { RE2JS } from "re2js"
import type { AgentConfig } from "../../schemas/Config.ts"
import { seen } from "../../schemas/seen.ts"

/** Scripts that set no spaces between words, and the sign that makes a vowel of one of them long. */
const UNSPACED_SCRIPTS = [
  "Han",
  "Hiragana",
  "Katakana",
  "Bopomofo",
  "Yi",
  "Thai",
  "Lao",
  "Khmer",
  "Myanmar",
  "Tibetan",
  "Tai_Le",
  "New_Tai_Lue",
  "Tai_Tham",
  "Tai_Viet",
  "Javanese",
  "Balinese"
]
const UNSPACED = new RegExp(
  `[${UNSPACED_SCRIPTS.map((script) => `\\p{Script=${script}}`).join("")}\\u30fc\\uff70]`,
  "u"
)

/** What a word is made of. */
const WORD = /[\p{L}\p{N}\p{M}_]/u

/** Whether a word ends between two characters that stand side by side; there is none at the end of a text. */
const isApart = (one: string, other: string): boolean =>
  UNSPACED.test(one) || UNSPACED.test(other) || !WORD.test(one) || !WORD.test(other)

const characterBefore = (text: string, at: number): string =>
  [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? ""
const characterAt = (text: string, at: number): string => [...text.slice(at, at + 2)][0] ?? ""

/** What is looked for in a text, and whether it may stand where it was found. */
interface Wanted {
  readonly source: string
  readonly mayStand: (text: string, start: number, end: number) => boolean
}

/** What people put around a name to make it pretty: emoji, their parts, and other signs that belong to no word. */
const DECORATION =
  /(?:[\p{So}\p{Sk}\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]|\u20e3)+/gu
/** Signs at the ends of a name, which may be a part of it (`C++`) or not (`~Robin~`). */
const OUTER_SIGNS = /^[^\p{L}\p{N}\p{M}]+|[^\p{L}\p{N}\p{M}]+$/gu
/** What stands between the words of a name; in a text it may be decorated as well. */
const BETWEEN = "(?:\\s|\\p{So}|\\p{Sk})+"

/** The words of a name without its decoration. One that is nothing else, or a single letter with signs, is left as it is. */
const wordsOf = (name: string): ReadonlyArray<string> => {
  const plain = name
    .replace(/[\d#*]\u20e3/gu, " ")
    .replace(DECORATION, " ")
    .trim()
  const bare = plain.replace(OUTER_SIGNS, "")
  const isTelling = [...bare].length > 1 || UNSPACED.test(bare) || bare === plain
  const kept = bare === "" ? plain || name.trim() : isTelling ? bare : plain
  return kept.split(/\s+/u)
}

/** The agent's name as a whole word, with or without `@`. */
const byName = (name: string): Wanted => ({
  source: wordsOf(name).map(RE2JS.quote).join(BETWEEN),
  mayStand: (text, start, end) =>
    isApart(characterBefore(text, start), characterAt(text, start)) &&
    isApart(characterBefore(text, end), characterAt(text, end))
})

/** Where there is no name only `@` makes a mention of the id, which is a word like any other. Ids hold `.` and `-`. */
const byId = (id: string): Wanted => ({
  source: `[@\\x{FF20}]${RE2JS.quote(id)}`,
  mayStand: (text, start, end) => {
    const last = characterBefore(text, start)
    const next = /[^.-]/u.exec(text.slice(end, end + LONGEST_ID))?.[0] ?? ""
    return (UNSPACED.test(last) || !/[\p{L}\p{N}\p{M}_.+-]/u.test(last)) && isApart("a", next)
  }
})

const byPattern = (source: string): Wanted => ({ source, mayStand: () => true })

/** No id is longer. */
const LONGEST_ID = 64

/** How much of a text is looked through: with a large pattern even linear time is long. */
const LOOKED_THROUGH = 10_000

/** Whether what was found between two places of a text will do. */
type IsEnough = (text: string, start: number, end: number) => boolean

const isAlone: IsEnough = (text, start, end) => !WORD.test(text.slice(0, start) + text.slice(end))

export interface MentionTest {
  readonly matches: (text: string) => boolean
  /** Whether a text is a mention and nothing else, but for signs around it. */
  readonly isAll: (text: string) => boolean
  /** The owner has said that nothing is a mention. */
  readonly isNever: boolean
}

/** The test for an agent: by its patterns, else by its name, else by `@` and its id. RE2 does not backtrack. */
export const mentionTest = ({ id, mentionPatterns, name }: AgentConfig): MentionTest => {
  const wanted = mentionPatterns?.map(byPattern) ?? [name === undefined ? byId(id) : byName(seen(name))]
  const tests = wanted.map(({ mayStand, source }) => {
    const pattern = RE2JS.compile(source, RE2JS.CASE_INSENSITIVE)
    return (text: string, isEnough: IsEnough): boolean => {
      const matcher = pattern.matcher(text)
      while (matcher.find()) {
        const [start, end] = [matcher.start(), matcher.end()]
        if (mayStand(text, start, end) && isEnough(text, start, end)) return true
      }
      return false
    }
  })
  const holds = (text: string, isEnough: IsEnough): boolean => {
    const visible = seen(text.slice(0, LOOKED_THROUGH))
    return tests.some((test) => test(visible, isEnough))
  }
  return {
    matches: (text) => holds(text, () => true),
    isAll: (text) => holds(text, isAlone),
    isNever: wanted.length === 0
  }
}
