/** Failures to deliver, and of what was not delivered. None of them carries the text of a message. */
import { Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

/** It cannot be known whether a part was sent; it is held, shown, and not sent again. */
export class DeliveryUncertain extends GatewayError<DeliveryUncertain>()("DeliveryUncertain", {
  code: "delivery_uncertain",
  fields: { deliveryId: Schema.String, part: Schema.Int, detail: Schema.String },
  message: ({ deliveryId, detail, part }) =>
    `part ${part} of ${deliveryId} may or may not have been sent: ${detail}`,
  hint: "Look into the chat; the gateway will not send it again by itself."
}) {}

/** Messages or imsg refused a part for good. */
export class DeliveryRefused extends GatewayError<DeliveryRefused>()("DeliveryRefused", {
  code: "delivery_refused",
  fields: { deliveryId: Schema.String, part: Schema.Int, detail: Schema.String },
  message: ({ deliveryId, detail, part }) => `part ${part} of ${deliveryId} was refused: ${detail}`,
  hint: "Check that the chat still exists and that its service (iMessage, SMS) can reach the other side."
}) {}

/** A text is no delivery target. `expected` says what would be one. */
export class TargetInvalid extends GatewayError<TargetInvalid>()("TargetInvalid", {
  code: "target_invalid",
  fields: { input: Schema.String, expected: Schema.String },
  message: ({ expected, input }) => `${JSON.stringify(input)} is no target: expected ${expected}`,
  hint: "Use chat_id:123 (preferred), chat_guid:…, chat_identifier:…, imessage:+15555550123, sms:+15555550123, a phone number or an email."
}) {}

/** There is no dead letter of this number. */
export class DeadLetterNotFound extends GatewayError<DeadLetterNotFound>()("DeadLetterNotFound", {
  code: "dead_letter_not_found",
  fields: { number: Schema.Int },
  message: ({ number }) => `there is no dead letter ${number}`,
  hint: "`imsg-gateway deadletters list` shows those that there are; what was answered in the end is none any more."
}) {}

const REFUSALS = {
  uncertain: {
    message: "is not sent again: nobody knows whether it was sent",
    hint: "Look into the chat. If it is not there, `imsg-gateway deadletters retry --anyway` sends it; if it is, drop the letter."
  },
  unreadable: {
    message: "cannot be read: it is damaged, or a later version of imsg-gateway wrote it",
    hint: "Retry it with the version that wrote it, or drop it."
  },
  retrying: {
    message: "is being tried again and cannot be dropped now",
    hint: "Drop it once that has failed; if it succeeds there is nothing left to drop."
  }
} as const

/** A dead letter is left as it is: of what may have been sent, cannot be read, or is being tried again. */
export class DeadLetterRefused extends GatewayError<DeadLetterRefused>()("DeadLetterRefused", {
  code: "dead_letter_refused",
  fields: { number: Schema.Int, reason: Schema.Literal("uncertain", "unreadable", "retrying") },
  message: ({ number, reason }) => `dead letter ${number} ${REFUSALS[reason].message}`,
  hint: ({ reason }) => REFUSALS[reason].hint
}) {}
