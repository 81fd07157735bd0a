/** Files that are not sent. */
import { Schema, Struct } from "effect"
import { GatewayError } from "./GatewayError.ts"

/** Why a file is not sent, and what to do about it. */
const MEDIA_REASONS = {
  "too-large": {
    why: "it is larger than mediaMaxMb",
    hint: "Send a smaller file, or raise imessage.mediaMaxMb."
  },
  "too-large-to-share": {
    why: "it is larger than a file may be that several hosts share",
    hint: "Send a smaller file: whatever imessage.mediaMaxMb is, what goes from one host to another has this limit."
  },
  missing: { why: "it does not exist", hint: "Check the path: it is one of the gateway's own machine." },
  "not-a-file": { why: "it is not a file", hint: "Send a file; a folder can be packed into one." },
  "outside-roots": {
    why: "it is outside the agent's mediaRoots",
    hint: "Put the file into a folder of agents.list[].mediaRoots, or add its folder there."
  },
  "bad-address": {
    why: "it is neither an absolute path nor an http or https address",
    hint: "Name the file by its absolute path or its address."
  },
  "private-address": {
    why: "its host is on a private network",
    hint: "Name the host in agents.list[].mediaHosts, if the agent may fetch from it."
  },
  unreachable: {
    why: "it could not be fetched",
    hint: "Check that the gateway's user may read it, or that its host answers."
  }
} as const

/** A file is not sent. `source` is its path, or its address without query and credentials. */
export class MediaRejected extends GatewayError<MediaRejected>()("MediaRejected", {
  code: "media_rejected",
  fields: {
    source: Schema.String,
    reason: Schema.Literal(...Struct.keys(MEDIA_REASONS)),
    detail: Schema.optional(Schema.String)
  },
  message: ({ detail, reason, source }) => {
    const { why } = MEDIA_REASONS[reason]
    return `${source} is left out: ${why}${detail === undefined ? "" : ` (${detail})`}`
  },
  hint: ({ reason }) => MEDIA_REASONS[reason].hint
}) {}

/** Nobody has written down what is said in a voice note; its agent gets the file alone. `detail` has none of it. */
export class TranscriptionFailed extends GatewayError<TranscriptionFailed>()("TranscriptionFailed", {
  code: "transcription_failed",
  fields: { detail: Schema.String },
  message: ({ detail }) => `a voice note is given without what is said in it: ${detail}`,
  hint: "See that media.transcription names a server that has `/audio/transcriptions`, with its key and a model that it has, and that the note is within its maxMb and timeoutMs."
}) {}

/** A picture that models cannot read, and that cannot be made one that they can. */
export class PictureNotConverted extends GatewayError<PictureNotConverted>()("PictureNotConverted", {
  code: "picture_not_converted",
  fields: { detail: Schema.String },
  message: ({ detail }) => `a picture cannot be converted, and its agent is told so: ${detail}`,
  hint: "Install ImageMagick with HEIC (`apt-get install imagemagick libheif1`) or ffmpeg 7.1 or later where the gateway runs; macOS has sips. See agents.md."
}) {}
