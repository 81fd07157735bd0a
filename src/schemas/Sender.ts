/** Who can stand behind a handle: a person, or a machine. */

const PHONE_NUMBER = /^\+\d{7,15}$/u
const EMAIL = /^[^\s@]+@[^\s@]+$/u

/**
 * Whether a normalised handle is that of a machine: the name of a company (`mybank`), a short code (`26266`), a
 * business (`urn:biz:…`), or whatever else is neither a phone number nor an email.
 */
export const isMachine = (handle: string): boolean => !PHONE_NUMBER.test(handle) && !EMAIL.test(handle)
