/**
 * A reaction as agents hear of it: a tapback, or a vote in a poll, and what it is to. In words it is one line in round
 * brackets, so that an agent that reads only texts knows what happened.
 */
import { Schema } from "effect"
import { beginning } from "./cut.ts"
import { oneLine } from "./oneLine.ts"
import { TAPBACKS } from "./tapback.ts"

const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })

/** Of what is reacted to, in UTF-16 units. */
const MAX_REACTED_TO = 300

/** What a reaction is to. */
export const ReactedTo = Schema.Struct({
  /** Whether the gateway said it. */
  isOwn: Schema.Boolean,
  /** Absent where a phone without iMessage says only what it was. */
  guid: optional(Schema.String),
  /** Its beginning; absent where that is not known, is no text, or is withheld. */
  text: optional(Schema.String),
  /** The normalised handle of who wrote it, which may be the account's own; absent where nobody knows. */
  sender: optional(Schema.String)
})
export type ReactedTo = typeof ReactedTo.Type

export const Reaction = Schema.Struct({
  /**
   * One of the six tapbacks of Messages, by the name that it is sent by; any other `emoji`; a `vote` in a poll; or
   * `unknown`, of a phone without iMessage whose words are in a language of which only the form is known.
   */
  kind: Schema.Literal(
    "love",
    "like",
    "dislike",
    "laugh",
    "emphasize",
    "question",
    "emoji",
    "vote",
    "unknown"
  ),
  emoji: optional(Schema.String),
  /** Of an `unknown` one how the phone put it, such as `Hat … geliebt`. */
  words: optional(Schema.String),
  /** What was voted for; `text` is absent where nobody knows it, or it is withheld. */
  options: optional(Schema.Array(Schema.Struct({ id: Schema.String, text: optional(Schema.String) }))),
  /** Whether it came as a message that says it in words, as phones without iMessage send it; absent where it did not. */
  isText: optional(Schema.Boolean),
  /** Whether it was taken back. */
  isRemoved: Schema.Boolean,
  to: ReactedTo
})
export type Reaction = typeof Reaction.Type

/** What a text is cut in, so that no half of a word is left. */
const LAST_WORD = /\s\S*$/u

/** What a message was that is reacted to, as much of it as is told. No word is cut: half a code could not be veiled. */
export const quotable = (text: string): Pick<ReactedTo, "text"> => {
  const line = oneLine(text.replaceAll("\ufffc", ""))
  if (line === "") return {}
  return line.length <= MAX_REACTED_TO
    ? { text: line }
    : { text: `${beginning(line, MAX_REACTED_TO).replace(LAST_WORD, "")}…` }
}

const emojiOf = ({ emoji, kind }: Reaction): string | undefined =>
  emoji ?? TAPBACKS.find(([name]) => name === kind)?.[1]

const quoted = (text: string): string => `“${text}”`

const voteInWords = ({ isRemoved, options = [], to }: Reaction): string => {
  const poll = `${to.isOwn ? "your" : "the"} poll${to.text === undefined ? "" : ` ${quoted(to.text)}`}`
  const texts = options.flatMap(({ text }) => (text === undefined ? [] : [quoted(oneLine(text))]))
  const choice = texts.length === 0 ? "" : ` for ${texts.join(" and ")}`
  return isRemoved ? `took back a vote${choice} in ${poll}` : `voted${choice} in ${poll}`
}

const tapbackInWords = (reaction: Reaction): string => {
  const { isRemoved, to, words } = reaction
  const who = to.isOwn ? "you" : (to.sender ?? "somebody")
  const what = to.text === undefined ? `something that ${who} sent` : `what ${who} said: ${quoted(to.text)}`
  const sign = oneLine(emojiOf(reaction) ?? (words === undefined ? "" : quoted(words)))
  if (isRemoved) return `took back ${sign === "" ? "a reaction" : sign} from ${what}`
  return `reacted${sign === "" ? "" : ` with ${sign}`} to ${what}`
}

/** Whether an agent hears of a reaction by what `imessage.reactionNotifications` says. */
export const isHeard = (notifications: "off" | "own" | "all", { to }: Reaction): boolean =>
  to.isOwn ? notifications !== "off" : notifications === "all"

/** A reaction in words, without who it is of: `(reacted with 👍 to what you said: “see you at seven”)`. */
export const reactionInWords = (reaction: Reaction): string =>
  `(${reaction.kind === "vote" ? voteInWords(reaction) : tapbackInWords(reaction)})`

/** Whether a reaction has words of what it is to. */
export const isQuotingWords = ({ options = [], to }: Reaction): boolean =>
  to.text !== undefined || options.some(({ text }) => text !== undefined)

/** A reaction without what it quotes. What was voted for is words of the poll too. */
export const withoutReactedTo = ({ to: { text: _, ...to }, ...reaction }: Reaction): Reaction => ({
  ...reaction,
  ...(reaction.options === undefined ? {} : { options: reaction.options.map(({ id }) => ({ id })) }),
  to
})
