/** Polls of Messages as `imsg` shows them (0.10+): rows with a `poll`, also where no tapbacks are asked for. */
import { Schema } from "effect"
import { CutAt, FirstOf, MAX_NAME, UpTo } from "./bounds.ts"
import { whereReadable } from "./lenient.ts"

/** Options, and votes, that are read; and of each text, in UTF-16 units. */
const MOST = 50
const MAX_WORDS = 500

/** One may be taken back: its `event_type` says so. */
const Vote = Schema.Struct({
  option_id: UpTo(MAX_NAME),
  option_text: whereReadable(CutAt(MAX_WORDS)),
  event_type: whereReadable(UpTo(MAX_NAME))
})

/** A poll that was made, a vote in one, or what the build could not read (`unknown`). */
export const ImsgPoll = Schema.Struct({
  kind: UpTo(MAX_NAME),
  /** The guid of the row that the poll is; of a vote too. */
  poll_guid: whereReadable(UpTo(MAX_NAME)),
  original_guid: whereReadable(UpTo(MAX_NAME)),
  question: whereReadable(CutAt(MAX_WORDS)),
  options: whereReadable(FirstOf(Schema.Struct({ id: UpTo(MAX_NAME), text: CutAt(MAX_WORDS) }), MOST)),
  /** The vote that the row is, and all of them where there are several. */
  vote: whereReadable(Vote),
  votes: whereReadable(FirstOf(Vote, MOST))
})
export type ImsgPoll = typeof ImsgPoll.Type
