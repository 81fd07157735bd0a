/** Tapbacks by the names that imsg has for them, whatever an agent, a person or a row calls them. */
import { BridgeMethods } from "./BridgeMethods.ts"
import { type Capabilities, can } from "./Capabilities.ts"
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

/** Other spellings, in lower case and without the mark that asks for colour. */
const ALIASES: Readonly<Record<string, string>> = {
  emphasis: "emphasize",
  emphasise: "emphasize",
  emphasised: "emphasize",
  emphasized: "emphasize",
  heart: "love",
  loved: "love",
  liked: "like",
  disliked: "dislike",
  haha: "laugh",
  laughed: "laugh",
  questioned: "question",
  "\u2665": "love",
  "\u{1f923}": "laugh",
  "\u2757": "emphasize",
  "\u2049": "emphasize"
}

const COLOUR = /\ufe0f/gu
const bare = (text: string): string => text.trim().toLowerCase().replace(COLOUR, "")

const BY_SPELLING = new Map<string, string>([
  ...TAPBACKS.flatMap(
    ([name, emoji]): ReadonlyArray<readonly [string, string]> => [
      [name, name],
      [bare(emoji), name]
    ]
  ),
  ...Object.entries(ALIASES)
])

/** The name of one of the six; nothing where it is another emoji, or none. */
export const tapbackName = (reaction: string): string | undefined => BY_SPELLING.get(bare(reaction))

/** Whether two ways to write a tapback mean the same. */
export const isSameTapback = (one: string, other: string): boolean =>
  (tapbackName(one) ?? bare(one)) === (tapbackName(other) ?? bare(other))

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" })

const isOneEmoji = (text: string): boolean =>
  text.match(EMOJI)?.[0] === text && [...graphemes.segment(text)].length === 1

/** A tapback by its name where it has one, else as its emoji; nothing for what is neither. */
export const tapbackOf = (reaction: string): string | undefined => {
  const written = reaction.trim()
  return tapbackName(written) ?? (isOneEmoji(written) ? written : undefined)
}

/** Of this version of the feature a bridge takes any emoji. */
const ANY_EMOJI = { name: "tapback.emoji", version: 2 }

/** Whether a child can be asked now for a tapback, as `tapbackOf` gives it. */
export const canReact = (capabilities: Capabilities, tapback: string): boolean =>
  can(capabilities, BridgeMethods.tapback) &&
  (tapbackName(tapback) !== undefined ||
    (capabilities.features.get(ANY_EMOJI.name) ?? 0) >= ANY_EMOJI.version)
