/** The tapbacks that there are: six with a name, by which every bridge knows them, and emoji. */
import { EMOJI } from "./textReactions.ts"

/** What people and programs call them beside their names; `emphasis` is how imsg shows the one that it sends as `emphasize`. */
const CALLED: { readonly [name: string]: ReadonlyArray<string> } = {
  love: ["loved", "heart", "❤", "♥"],
  like: ["liked", "👍"],
  dislike: ["disliked", "👎"],
  laugh: ["laughed", "haha", "😂"],
  emphasize: ["emphasized", "emphasise", "emphasised", "emphasis", "‼"],
  question: ["questioned", "❓"]
}

const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(CALLED).flatMap(([name, others]) => [name, ...others].map((called) => [called, name]))
)

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" })

const isOneEmoji = (text: string): boolean =>
  text.match(EMOJI)?.[0] === text && [...graphemes.segment(text)].length === 1

/** A tapback by its name where it has one, else as its emoji; nothing for what is neither. */
export const tapbackOf = (reaction: string): string | undefined => {
  const written = reaction.trim()
  const name = NAMES.get(written.toLowerCase().replaceAll("\ufe0f", ""))
  return name ?? (isOneEmoji(written) ? written : undefined)
}
