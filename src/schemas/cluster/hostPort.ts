/** What a host answers the others on its port, beside what the engine asks there. Only who shows the secret is answered. */
import { Redacted, Schema } from "effect"

/** Who a host is: a `HostReply`. */
export const HOST_PATH = "/host"
/** What happens on it from now on: a JSON object a line, and empty lines while nothing does. `?bodies=true` with words. */
export const HOST_EVENTS_PATH = "/host/events"

/** How often an empty line is sent, in ms. */
export const HOST_BEAT_MS = 4000

export const HostReply = Schema.Struct({
  name: Schema.String,
  version: Schema.String,
  pid: Schema.Int,
  /** Its clock, in Unix ms. */
  now: Schema.Number
})
export type HostReply = typeof HostReply.Type

/** The header that shows the secret. */
export const showing = (secret: Redacted.Redacted<string>): { readonly authorization: string } => ({
  authorization: `Bearer ${Redacted.value(secret)}`
})
