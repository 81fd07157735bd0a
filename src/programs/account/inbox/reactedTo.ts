/** What a reaction is to: the message in its chat, by its guid, or by what a phone without iMessage quotes of it. */
import { Effect, Option } from "effect"
import { normaliseHandle } from "../../../schemas/Handle.ts"
import type { ImsgMessage } from "../../../schemas/ImsgProtocol.ts"
import { quotable, type Reaction } from "../../../schemas/Reaction.ts"
import { tapbackKind, withTexts } from "../../../schemas/rowReactions.ts"
import { kindInWords } from "../../../schemas/textReactionKind.ts"
import {
  isQuoting,
  isReactionTo,
  type TextReaction,
  textReaction,
  wholeWords
} from "../../../schemas/textReactions.ts"
import type { LookInto } from "../chatdb/said.ts"

/** A reaction, and the message that it is to, where that is found. Whose words those are is still to be said. */
export interface Found {
  readonly reaction: Reaction
  readonly target: ImsgMessage | undefined
}

const isSame = (one = "", other = ""): boolean => one.toLowerCase() === other.toLowerCase()

const isBy = (row: ImsgMessage, sender: string | undefined): boolean =>
  !row.is_from_me && isSame(row.sender, sender)

const wordsIn = ({ text = "" }: ImsgMessage): string => text.replaceAll("\ufffc", "").trim()

/** Adds to a reaction what is known of the message that it is to. In a direct chat only whose account it was is certain. */
const withTarget = (reaction: Reaction, target: ImsgMessage | undefined, region: string): Reaction => {
  if (target === undefined) return reaction
  const author = normaliseHandle(
    (target.is_from_me ? target.destination_caller_id : target.sender) ?? "",
    region
  )
  return {
    ...reaction,
    ...(reaction.options === undefined ? {} : { options: withTexts(reaction.options, target.poll?.options) }),
    to: {
      ...reaction.to,
      guid: target.guid,
      // A poll says what it asks.
      ...(reaction.to.text === undefined ? quotable(target.poll?.question || (target.text ?? "")) : {}),
      ...(author === "" ? {} : { sender: author })
    }
  }
}

/** Which of the messages of a chat, newest first, a tapback in words is to: nobody reacts to their own words, mostly. */
const targetOf = (
  reaction: TextReaction,
  row: ImsgMessage,
  rows: ReadonlyArray<ImsgMessage>
): ImsgMessage | undefined => {
  const others = rows.filter((one) => !isBy(one, row.sender))
  if (reaction._tag === "Thing") return others.find((one) => wordsIn(one) === "")
  const isIt = ({ text = "" }: ImsgMessage) => isQuoting(reaction, text)
  return others.find(isIt) ?? rows.find(isIt)
}

/** Whether a tapback in words is there as a row of its own too, and is told by that. */
const isThere = ({ isRemoved, kind }: Reaction, row: ImsgMessage, target: ImsgMessage | undefined): boolean =>
  !isRemoved &&
  (target?.reactions ?? []).some(
    ({ is_from_me, sender, type }) =>
      is_from_me === false &&
      isSame(sender, row.sender) &&
      (kind === "unknown" || kind === (tapbackKind(type) ?? "emoji"))
  )

/** The functions that find out what reactions are to. */
export interface ReactedTo {
  /** Of a row that is one. */
  readonly ofRow: (row: ImsgMessage, reaction: Reaction) => Effect.Effect<Found>
  /** Of a message that is one in words: `told` where a row of its own tells it; none where it is a person's sentence. */
  readonly ofText: (row: ImsgMessage) => Effect.Effect<Option.Option<Found | "told">>
}

/** `region` reads phone numbers without a country code. */
export const makeReactedTo = (lookInto: LookInto, region: string): ReactedTo => ({
  ofRow: (row, reaction) =>
    Effect.gen(function* () {
      const { chat_id = 0 } = row
      const said = chat_id > 0 ? yield* lookInto(chat_id) : Option.none()
      const target = Option.flatMapNullable(said, ({ rows }) =>
        rows.find(({ guid }) => guid === reaction.to.guid)
      ).pipe(Option.getOrUndefined)
      return { reaction: withTarget(reaction, target, region), target }
    }),
  ofText: (row) =>
    Effect.gen(function* () {
      const form = textReaction(row.text ?? "")
      if (form === undefined) return Option.none()
      const { chat_id } = row
      const said = chat_id === undefined ? Option.none() : yield* lookInto(chat_id)
      const others = Option.map(said, ({ isWhole, rows }) => ({
        isWhole,
        rows: rows.filter(({ guid }) => guid !== row.guid)
      }))
      const texts = Option.map(others, ({ isWhole, rows }) => ({
        isWhole,
        texts: rows.flatMap(({ text }) => text ?? [])
      }))
      if (!isReactionTo(form, Option.getOrUndefined(texts))) return Option.none()
      const target = Option.getOrUndefined(Option.map(others, ({ rows }) => targetOf(form, row, rows)))
      const isQuoted = target === undefined && form._tag === "Quotation"
      const quoted = isQuoted ? quotable(wholeWords(form.quoted)) : {}
      const reaction: Reaction = { ...kindInWords(form.words), isText: true, to: { isOwn: false, ...quoted } }
      if (isThere(reaction, row, target)) return Option.some("told" as const)
      return Option.some({ reaction: withTarget(reaction, target, region), target })
    })
})
