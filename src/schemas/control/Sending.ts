/** A message that an owner sends through the gateway. */
import { Schema } from "effect"
import { Extra } from "../Extra.ts"

const optional = <A, I>(schema: Schema.Schema<A, I>) => Schema.optionalWith(schema, { exact: true })

/** Characters of a text, and files, of one message: each of a thousand parts would be a send of its own. */
const MAX_TEXT = 100_000
const MAX_FILES = 20

export const SendRequest = Schema.Struct({
  /** A target as people write it: a handle, `imessage:` or `sms:` and a handle, `chat_id:`, `chat_guid:` or `chat_identifier:`. */
  to: Schema.String,
  text: optional(
    Schema.String.pipe(
      Schema.maxLength(MAX_TEXT, { message: () => `must have at most ${MAX_TEXT} characters` })
    )
  ),
  /**
   * Files: `upload:…` as `POST /uploads` answered it, or absolute paths on the gateway's machine. On the socket every
   * file that the gateway can read; over TCP what lies in the mediaRoots of an agent. They are copied before they are sent.
   * Addresses are refused: nothing is fetched.
   */
  files: optional(
    Schema.Array(Schema.String).pipe(
      Schema.maxItems(MAX_FILES, { message: () => `must be at most ${MAX_FILES} files` })
    )
  ),
  /** What the delivery is to be called; one with a name that was there before is not sent again. */
  id: optional(Schema.String.pipe(Schema.pattern(/^[\w-]{1,64}$/u))),
  /** The account to send through; may be left out where only one is enabled, or is the default. */
  account: optional(Schema.String),
  /** How long to wait for the end of the delivery, in ms; it goes on after that. Default 30000. */
  waitMs: optional(Schema.Int.pipe(Schema.between(0, 300_000)))
}).annotations({ identifier: "SendRequest" })
export type SendRequest = typeof SendRequest.Type

/** `sending` where it had no end yet when the answer was given. */
const SendState = Schema.Literal("sending", "sent", "uncertain", "failed")

export const SentPart = Schema.Struct({
  index: Schema.Int,
  state: Schema.Literal("queued", "sending", "sent", "uncertain", "failed", "left-out"),
  /** The guid of the message in Messages. */
  guid: Schema.NullOr(Schema.String),
  /** Why it is uncertain, failed or left out. */
  detail: Schema.NullOr(Schema.String),
  /** What it was sent without, since the Mac could not do it; left out where that is nothing. */
  lacks: optional(Schema.Array(Extra))
})
export type SentPart = typeof SentPart.Type

export const SendResult = Schema.Struct({
  /** What the delivery is called in logs, events and dead letters. */
  id: Schema.String,
  account: Schema.String,
  target: Schema.String,
  state: SendState,
  parts: Schema.Array(SentPart),
  /** Why it is not sent now, and what to do, where no host of a cluster runs the account; left out everywhere else. */
  waits: optional(Schema.Struct({ reason: Schema.String, hint: Schema.String }))
}).annotations({ identifier: "SendResult" })
export type SendResult = typeof SendResult.Type

/** A file that was uploaded, to be sent with a message. */
export const Upload = Schema.Struct({
  /** What it is called in `files` of a message. */
  file: Schema.String,
  /** Until when it is kept if it is not sent, in Unix ms. */
  expiresAt: Schema.Number
}).annotations({ identifier: "Upload" })
export type Upload = typeof Upload.Type
