/** Who can stand behind a handle: a person, or a machine. */
import { kindOf } from "./HandleKind.ts"

/**
 * Whether a normalised handle is that of a machine: the name of a company (`mybank`), a short code (`26266`), a
 * business (`urn:biz:…`), or whatever else is neither a phone number nor an email.
 */
export const isMachine = (handle: string): boolean => {
  const kind = kindOf(handle)
  return kind !== "phone" && kind !== "email"
}
