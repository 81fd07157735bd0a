/** Tapbacks as `imsg` shows them: as rows of their own, where they are asked for, and on the message that has them. */
import { Schema } from "effect"
import { BeginningOf, FirstOf, MAX_HANDLE, MAX_NAME, MAX_REACTIONS, UpTo } from "./bounds.ts"
import { whereReadable } from "./lenient.ts"

/** A tapback that stands on a message; `id` is the rowid of its own row. */
const ImsgStandingReaction = Schema.Struct({
  id: whereReadable(Schema.Int),
  type: whereReadable(UpTo(MAX_NAME)),
  emoji: whereReadable(UpTo(MAX_NAME)),
  sender: whereReadable(BeginningOf(MAX_HANDLE + 1)),
  is_from_me: whereReadable(Schema.Boolean),
  created_at: whereReadable(UpTo(MAX_NAME))
})

/** What a row says that is a tapback, and which ones stand on a row that has some. */
export const reactionFields = {
  is_reaction: whereReadable(Schema.Boolean),
  /** `love`, `like`, `dislike`, `laugh`, `emphasis`, `question`, or another word for any other emoji. */
  reaction_type: whereReadable(UpTo(MAX_NAME)),
  reaction_emoji: whereReadable(UpTo(MAX_NAME)),
  /** Whether it was put there, and not taken back. */
  is_reaction_add: whereReadable(Schema.Boolean),
  /** The guid of the message that it is on. */
  reacted_to_guid: whereReadable(UpTo(MAX_NAME)),
  /** The tapbacks that it has now. */
  reactions: whereReadable(FirstOf(ImsgStandingReaction, MAX_REACTIONS))
}
