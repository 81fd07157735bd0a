/** Tokens that open the web interface. */
import { randomBytes } from "node:crypto"
import { Redacted } from "effect"

/** Says whose a token is to whoever, or whatever, finds one. */
const PREFIX = "imsgw_"
const RANDOM_BYTES = 32

/** A new token of 256 bits, from the system's secure source. */
export const makeToken = (): Redacted.Redacted<string> =>
  Redacted.make(`${PREFIX}${randomBytes(RANDOM_BYTES).toString("base64url")}`)
