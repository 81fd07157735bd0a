/** Tapbacks by the names that imsg has for them, whatever an agent, a person or a row calls them. */
import { BridgeMethods } from "./BridgeMethods.ts"
import { type Capabilities, can } from "./Capabilities.ts"
import { graphemesOf } from "./graphemes.ts"
import { EMOJI } from "./textReactions.ts"

/** The six that every Messages knows: as `tapback` takes them, and their emoji. */
export const TAPBACKS = [
  ["love", "\u2764\ufe0f"],
  ["like", "\u{1f44d}"],
  ["dislike", "\u{1f44e}"],
  ["laugh", "\u{1f602}"],
  ["emphasize", "\u203c\ufe0f"],
  ["question", "\u2753"]
] as const

/** What else they are called; `emphasis` is how imsg shows the one that it sends as `emphasize`. */
const CALLED: { readonly [name: string]: ReadonlyArray<string> } = {
  love: ["loved", "heart", "\u2665"],
  like: ["liked"],
  dislike: ["disliked"],
  laugh: ["laughed", "haha", "\u{1f923}"],
  emphasize: ["emphasized", "emphasise", "emphasised", "emphasis", "\u2757", "\u2049"],
  question: ["questioned"]
}

const COLOUR = /\ufe0f/gu
const bare = (text: string): string => text.trim().toLowerCase().replace(COLOUR, "")

const BY_SPELLING: ReadonlyMap<string, string> = new Map(
  TAPBACKS.flatMap(([name, emoji]) =>
    [name, bare(emoji), ...(CALLED[name] ?? [])].map((called): readonly [string, string] => [called, name])
  )
)

/** The name of one of the six; nothing where it is another emoji, or none. */
export const tapbackName = (reaction: string): string | undefined => BY_SPELLING.get(bare(reaction))

/** Whether two ways to write a tapback mean the same. */
export const isSameTapback = (one: string, other: string): boolean =>
  (tapbackName(one) ?? bare(one)) === (tapbackName(other) ?? bare(other))

const isOneEmoji = (text: string): boolean =>
  text.match(EMOJI)?.[0] === text && [...graphemesOf(text)].length === 1

/** A tapback by its name where it has one, else as its emoji; nothing for what is neither. */
export const tapbackOf = (reaction: string): string | undefined => {
  const written = reaction.trim()
  return tapbackName(written) ?? (isOneEmoji(written) ? written : undefined)
}

/** From this version of the feature on a bridge takes any emoji. */
const ANY_EMOJI = { name: "tapback.emoji", version: 2 }

/** Whether a bridge knows a tapback, as `tapbackOf` gives it. */
export const knowsTapback = ({ features }: Capabilities, tapback: string): boolean =>
  tapbackName(tapback) !== undefined || (features.get(ANY_EMOJI.name) ?? 0) >= ANY_EMOJI.version

/** Whether a child can be asked now for a tapback. */
export const canReact = (capabilities: Capabilities, tapback: string): boolean =>
  can(capabilities, BridgeMethods.tapback) && knowsTapback(capabilities, tapback)
