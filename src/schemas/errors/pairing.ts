/** Failures of pairing. */
import { Schema } from "effect"

/** There is no such pairing request, or no such approval. `subject` is the code or the handle that was asked for. */
export class PairingNotFound extends Schema.TaggedError<PairingNotFound>()("PairingNotFound", {
  kind: Schema.Literal("request", "approval"),
  subject: Schema.String
}) {
  readonly code = "pairing_not_found"
  override get message(): string {
    return this.kind === "request"
      ? `no pending pairing request has the code ${this.subject}`
      : `${this.subject} was not admitted by pairing`
  }
  get hint(): string {
    return this.kind === "request"
      ? "`imsg-gateway pairing list imessage` shows the pending ones; a code expires after an hour unless pairing.ttlMs says otherwise."
      : "`imsg-gateway pairing list imessage --approved` shows who was. Those in allowFrom are taken out of the config."
  }
}
