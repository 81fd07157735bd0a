/** What a part can have beside its words or its file, where the Mac can. */
import { Schema } from "effect"

/** A poll is sent as a text where there are none. */
export const Extra = Schema.Literal("reply_to", "effect", "voice", "poll")
export type Extra = typeof Extra.Type
