/** The tapbacks that there are: six with a name, by which every bridge knows them, and emoji. */
import { BridgeMethods } from "./BridgeMethods.ts"
import { type Capabilities, can } from "./Capabilities.ts"
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

/** Of this version of the feature a bridge takes any emoji. */
const ANY_EMOJI = { name: "tapback.emoji", version: 2 }

/** Whether a child can be asked now for a tapback, as `tapbackOf` gives it. */
export const canReact = (capabilities: Capabilities, tapback: string): boolean =>
  can(capabilities, BridgeMethods.tapback) &&
  (Object.hasOwn(CALLED, tapback) || (capabilities.features.get(ANY_EMOJI.name) ?? 0) >= ANY_EMOJI.version)
