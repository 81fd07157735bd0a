/** Failures to deliver, and of what was not delivered. None of them carries the text of a message. */
import { Schema } from "effect"

/** It cannot be known whether a part was sent; it is held, shown, and not sent again. */
export class DeliveryUncertain extends Schema.TaggedError<DeliveryUncertain>()("DeliveryUncertain", {
  deliveryId: Schema.String,
  part: Schema.Int,
  detail: Schema.String
}) {
  readonly code = "delivery_uncertain"
  override get message(): string {
    return `part ${this.part} of ${this.deliveryId} may or may not have been sent: ${this.detail}`
  }
  get hint(): string {
    return "Look into the chat; the gateway will not send it again by itself."
  }
}

/** Messages or imsg refused a part for good. */
export class DeliveryRefused extends Schema.TaggedError<DeliveryRefused>()("DeliveryRefused", {
  deliveryId: Schema.String,
  part: Schema.Int,
  detail: Schema.String
}) {
  readonly code = "delivery_refused"
  override get message(): string {
    return `part ${this.part} of ${this.deliveryId} was refused: ${this.detail}`
  }
  get hint(): string {
    return "Check that the chat still exists and that its service (iMessage, SMS) can reach the other side."
  }
}

/** A text is no delivery target. `expected` says what would be one. */
export class TargetInvalid extends Schema.TaggedError<TargetInvalid>()("TargetInvalid", {
  input: Schema.String,
  expected: Schema.String
}) {
  readonly code = "target_invalid"
  override get message(): string {
    return `${JSON.stringify(this.input)} is no target: expected ${this.expected}`
  }
  get hint(): string {
    return "Use chat_id:123 (preferred), chat_guid:…, chat_identifier:…, imessage:+15555550123, sms:+15555550123, a phone number or an email."
  }
}

/** There is no dead letter of this number. */
export class DeadLetterNotFound extends Schema.TaggedError<DeadLetterNotFound>()("DeadLetterNotFound", {
  number: Schema.Int
}) {
  readonly code = "dead_letter_not_found"
  override get message(): string {
    return `there is no dead letter ${this.number}`
  }
  get hint(): string {
    return "`imsg-gateway deadletters list` shows those that there are; what was answered in the end is none any more."
  }
}

/** A dead letter is left as it is: of a delivery that may have been sent, or one that is being tried again. */
export class DeadLetterRefused extends Schema.TaggedError<DeadLetterRefused>()("DeadLetterRefused", {
  number: Schema.Int,
  reason: Schema.Literal("uncertain", "retrying")
}) {
  readonly code = "dead_letter_refused"
  override get message(): string {
    return this.reason === "uncertain"
      ? `dead letter ${this.number} is not sent again: nobody knows whether it was sent`
      : `dead letter ${this.number} is being tried again and cannot be dropped now`
  }
  get hint(): string {
    return this.reason === "uncertain"
      ? "Look into the chat. If it is not there, `imsg-gateway deadletters retry --anyway` sends it; if it is, drop the letter."
      : "Drop it once that has failed; if it succeeds there is nothing left to drop."
  }
}
