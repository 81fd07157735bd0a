/** Failures as the control server tells them: every one with a code for machines, and words for people. */
import { HttpApiSchema } from "@effect/platform"
import { Schema } from "effect"
import { KnownStatus } from "./Status.ts"

const fields = {
  /** The code of the failure itself, such as `pairing_not_found`. */
  code: Schema.String,
  message: Schema.String,
  hint: Schema.String
}

/** What was asked cannot be done as it is. */
export class Refused extends Schema.TaggedError<Refused>()(
  "Refused",
  fields,
  HttpApiSchema.annotations({ status: 409 })
) {}

/** What it was asked about is not there. */
export class NotFound extends Schema.TaggedError<NotFound>()(
  "NotFound",
  fields,
  HttpApiSchema.annotations({ status: 404 })
) {}

/** It may work later: the store cannot be read or written now. */
export class Unavailable extends Schema.TaggedError<Unavailable>()(
  "Unavailable",
  fields,
  HttpApiSchema.annotations({ status: 503 })
) {}

/** The same of the status, with what is known without the store. */
export class StatusUnavailable extends Schema.TaggedError<StatusUnavailable>("StatusUnavailable")(
  "Unavailable",
  { ...fields, known: Schema.optionalWith(KnownStatus, { exact: true }) },
  HttpApiSchema.annotations({ status: 503 })
) {}

/** Who asks showed a token that is none. */
export class Unauthorized extends Schema.TaggedError<Unauthorized>()(
  "Unauthorized",
  fields,
  HttpApiSchema.annotations({ status: 401 })
) {}

/** The token of who asks is not worth this. */
export class Forbidden extends Schema.TaggedError<Forbidden>()(
  "Forbidden",
  fields,
  HttpApiSchema.annotations({ status: 403 })
) {}
