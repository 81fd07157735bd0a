/** Failures of pairing. */
import { Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

/** There is no such pairing request, or no such approval. `subject` is the code or the handle that was asked for. */
export class PairingNotFound extends GatewayError<PairingNotFound>()("PairingNotFound", {
  code: "pairing_not_found",
  fields: { kind: Schema.Literal("request", "approval"), subject: Schema.String },
  message: ({ kind, subject }) =>
    kind === "request"
      ? `no pending pairing request has the code ${subject}`
      : `${subject} was not admitted by pairing`,
  hint: ({ kind }) =>
    kind === "request"
      ? "`imsg-gateway pairing list imessage` shows the pending ones; a code expires after an hour unless pairing.ttlMs says otherwise."
      : "`imsg-gateway pairing list imessage --approved` shows who was. Those in allowFrom are taken out of the config."
}) {}
