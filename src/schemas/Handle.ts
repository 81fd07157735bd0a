/** Handles as Messages writes them: phone numbers in E.164, emails in lower case. */
import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min"

const SERVICE_PREFIX = /^(?:(?:imessage|sms|auto|tel):\s*)+/iu

const SHORT = /^\d{3,8}$/u

/** Handles that were read before: the same few people write again and again. Emptied when it is full. */
const known = new Map<string, string>()
const KNOWN_CAPACITY = 1000
/** What is longer is not remembered: what a thousand of them take is bounded too. */
const KNOWN_LENGTH = 300

/**
 * The one spelling of a handle: E.164 for a phone number (read by `region`, a two-letter country code, where it
 * has no country code of its own), lower case for an email, and the trimmed text in lower case for anything else.
 */
export const normaliseHandle = (raw: string, region: string): string => {
  const key = `${region} ${raw}`
  const before = known.get(key)
  if (before !== undefined) return before
  const handle = read(raw, region)
  if (key.length > KNOWN_LENGTH) return handle
  if (known.size >= KNOWN_CAPACITY) known.clear()
  known.set(key, handle)
  return handle
}

const read = (raw: string, region: string): string => {
  const bare = raw.trim().replace(SERVICE_PREFIX, "").trim()
  if (bare.includes("@")) return bare.toLowerCase()
  const country = region.toUpperCase()
  // The whole text must be the number: one that only has a number somewhere in it names somebody else.
  const number = parsePhoneNumberFromString(bare, {
    defaultCountry: isSupportedCountry(country) ? country : "US",
    extract: false
  })
  if (number === undefined || number.ext !== undefined) return bare.toLowerCase()
  // Some countries have numbers as short as the short codes of services, which belong to no country.
  const isNumber = SHORT.test(bare) ? number.isValid() : number.isPossible()
  return isNumber ? number.number : bare.toLowerCase()
}
