/** The reaction that a row of Messages is, as far as its own fields say it. */

import type { ImsgPoll } from "./ImsgPoll.ts"
import type { ImsgMessage } from "./ImsgProtocol.ts"
import { quotable, type Reaction } from "./Reaction.ts"
import { TAPBACKS, tapbackName } from "./tapback.ts"

type Options = NonNullable<Reaction["options"]>

/** What was voted for, with the words that a poll has for it. */
export const withTexts = (voted: Options, options: ImsgPoll["options"] = []): Options =>
  voted.map((one) => ({ ...options.find(({ id }) => id === one.id), ...one }))

/** What is written of who takes a vote back. */
const TAKEN_BACK = /^(?:un|de|remov|retract|cancel)/iu

/** One of the six tapbacks by its name in a row; none of any other emoji. */
export const tapbackKind = (type = ""): Reaction["kind"] | undefined => {
  const name = tapbackName(type)
  return TAPBACKS.find(([kind]) => kind === name)?.[0]
}

const tapbackOf = ({
  is_reaction_add = true,
  reacted_to_guid: guid = "",
  reaction_emoji: emoji = "",
  reaction_type: type = ""
}: ImsgMessage): Reaction | undefined => {
  // Which part of a message it is on may stand before the guid: `p:0/…`.
  const to = guid.replace(/^.*\//u, "")
  const kind = tapbackKind(type) ?? (emoji === "" ? "unknown" : "emoji")
  return to === ""
    ? undefined
    : {
        kind,
        ...(kind === "emoji" ? { emoji } : {}),
        isRemoved: !is_reaction_add,
        to: { isOwn: false, guid: to }
      }
}

const voteOf = ({
  options = [],
  original_guid,
  poll_guid,
  question = "",
  vote,
  votes
}: ImsgPoll): Reaction | undefined => {
  const guid = poll_guid || original_guid
  const cast = votes ?? (vote === undefined ? [] : [vote])
  const chosen = cast.filter(({ event_type = "" }) => !TAKEN_BACK.test(event_type))
  // Who has several choices and takes one back still has the others.
  const isRemoved = cast.length > 0 && chosen.length === 0
  const named = (isRemoved ? cast : chosen).map(({ option_id: id, option_text: text }) => ({
    id,
    ...(text === undefined ? {} : { text })
  }))
  return guid === undefined || guid === "" || cast.length === 0
    ? undefined
    : {
        kind: "vote",
        options: withTexts(named, options),
        isRemoved,
        to: { isOwn: false, guid, ...quotable(question) }
      }
}

/** Whether a row is a reaction by its own fields, be it readable or not. */
export const isReactionRow = ({ is_reaction, poll }: ImsgMessage): boolean =>
  is_reaction === true || poll?.kind === "vote"

/** The reaction that a row is; none where it is none, or does not say to what. Whose words it is to is still to be found out. */
export const reactionOfRow = (row: ImsgMessage): Reaction | undefined => {
  if (row.is_reaction === true) return tapbackOf(row)
  return row.poll?.kind === "vote" ? voteOf(row.poll) : undefined
}
