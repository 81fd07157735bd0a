/**
 * Who is who: a handle is compared in one strict form, of plain (ASCII) characters, and what is not in it is nobody's.
 * Messages itself tells handles apart by their bytes, so a spelling that only looks like somebody's is somebody else:
 * letters of other scripts, full-width digits, characters that nobody sees, and what an SMS gateway appends to a number
 * (`;isub=`, `;phone-context=`). An email with other than plain letters is nobody's either: no Apple Account has one.
 */
import { isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min"
import { kindOf, LONGEST } from "./HandleKind.ts"

const PLAIN = /^[ -~]*$/

const SERVICE_PREFIX = /^(?:(?:imessage|sms|auto|tel): *)+/

/** A number as people group its digits. */
const DIALLED = /^\+?[\d ()./-]*\d[\d ()./-]*$/

const SHORT = /^\d{3,8}$/

/** Handles that were read before: the same few people write again and again. Emptied when it is full. */
const known = new Map<string, string>()
const KNOWN_CAPACITY = 1000
/** What is longer is not remembered: what a thousand of them take is bounded too. */
const KNOWN_LENGTH = 300

/**
 * The one spelling of a handle, or the empty text for what is nobody's. `region`, a two-letter country code, reads
 * phone numbers without a country code of their own. A service before it (`imessage:`, `sms:`, `auto:`, `tel:`) and
 * the grouping of digits do not count.
 */
export const normaliseHandle = (raw: string, region: string): string => {
  // Before it is remembered: what strangers send has any length.
  if (raw.length > LONGEST || !PLAIN.test(raw)) return ""
  const key = `${region} ${raw}`
  const before = known.get(key)
  if (before !== undefined) return before
  const handle = read(raw, region)
  if (key.length > KNOWN_LENGTH) return handle
  if (known.size >= KNOWN_CAPACITY) known.clear()
  known.set(key, handle)
  return handle
}

const read = (plain: string, region: string): string => {
  const bare = plain.trim().toLowerCase().replace(SERVICE_PREFIX, "").trim()
  const handle = DIALLED.test(bare) ? numberOf(bare, region) : bare
  return kindOf(handle) === undefined ? "" : handle
}

/** A phone number in E.164; the digits as they are where no country has such a number. */
const numberOf = (dialled: string, region: string): string => {
  const country = region.toUpperCase()
  const number = parsePhoneNumberFromString(dialled, {
    defaultCountry: isSupportedCountry(country) ? country : "US",
    extract: false
  })
  if (number === undefined) return dialled
  // Some countries have numbers as short as the short codes of services, which belong to no country.
  return (SHORT.test(dialled) ? number.isValid() : number.isPossible()) ? number.number : dialled
}

/** Whether some country has phone numbers like this one, in E.164. */
export const isPossibleNumber = (handle: string): boolean =>
  kindOf(handle) === "phone" && parsePhoneNumberFromString(handle, { extract: false })?.isPossible() === true
