/** What Messages knows of a row and has no plain column for. The simulator keeps it beside chat.db. */
import { Schema } from "effect"
import { StyledRange } from "../fields.ts"

/** One of the choices of a poll. */
export const PollOption = Schema.Struct({ id: Schema.String, text: Schema.String })
export type PollOption = typeof PollOption.Type

/** What a row does to a poll. `poll` is the guid of the message that made it. */
export const PollEvent = Schema.Union(
  Schema.TaggedStruct("created", { question: Schema.String, options: Schema.Array(PollOption) }),
  Schema.TaggedStruct("vote", {
    poll: Schema.String,
    optionId: Schema.String,
    participant: Schema.String,
    isRemoved: Schema.Boolean
  })
)
export type PollEvent = typeof PollEvent.Type

/** How a message looks, beside its text. */
export const Look = Schema.Struct({
  /** The name of an effect, such as `confetti`. */
  effect: Schema.optional(Schema.String),
  subject: Schema.optional(Schema.String),
  styles: Schema.optional(Schema.Array(StyledRange)),
  /** A voice note. */
  isAudio: Schema.optional(Schema.Boolean)
})
export type Look = typeof Look.Type

export const Extras = Schema.Struct({ ...Look.fields, poll: Schema.optional(PollEvent) })
export type Extras = typeof Extras.Type

/** The extension of Messages that makes polls, as rows name it. */
export const POLLS_BUNDLE =
  "com.apple.messages.MSMessageExtensionBalloonPlugin:0000000000:com.apple.messages.Polls"

/** `associated_message_type` of a vote. */
export const VOTE_TYPE = 4000
