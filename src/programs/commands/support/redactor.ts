/**
 * Texts that leave the machine: whoever is named in one by a handle or a name is `person-1`, `person-2` … there, the
 * same wherever they are named. Rather a number too many is taken for somebody's than one too few.
 */
import { findPhoneNumbersInText, isSupportedCountry } from "libphonenumber-js/min"
import { normaliseHandle } from "../../../schemas/Handle.ts"
import { type People, personOf } from "../../../schemas/People.ts"

/** What must not be in a text. */
export interface Private {
  readonly people: People
  /** Other names of people and chats. */
  readonly names: ReadonlyArray<string>
  /** What is taken out without a sign of whose it is: tokens, and what variables hold. */
  readonly secrets: ReadonlyArray<string>
  /** The home folder, which has the user's name in it. */
  readonly home: string
  /** Of the owner's account, as a two-letter code. */
  readonly region: string
}

/** A text without any of it. */
export type Redact = (text: string) => string

/** Longer texts are cut before they are looked at, in UTF-16 units. */
const LONGEST = 4000

/** What is full of digits and nobody's number: a guid, and a time. */
const HARMLESS =
  /([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z?)?)/iu

const EMAIL = /[^\s"'<>()[\]{},;:\\/|]{1,254}(?:@|%40)[^\s"'<>()[\]{},;:\\/|]{1,254}/giu
const DIGITS = /(?:\+|%2B)?\(?\d[\d ()./\u2010-\u2015\u00a0-]*\d/giu
/** A number has so many digits at least; one with its country code fewer. */
const NUMBER_DIGITS = 7
const E164_DIGITS = 4

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/gu, "\\$&")

const isDigit = (code: number): boolean => /^\p{Nd}$/u.test(String.fromCodePoint(code))

/** The digits of a script lie in a row from its zero on. */
const asciiDigit = (digit: string): string => {
  const code = digit.codePointAt(0) ?? 0
  let value = 0
  while (value < 9 && isDigit(code - value - 1)) value += 1
  return String(value)
}

/** A text in one spelling: nothing in it is unseen, and its digits are those of ASCII. */
const plain = (text: string): string =>
  text
    .slice(0, LONGEST)
    .normalize("NFKC")
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, "")
    .replaceAll(/(?![0-9])\p{Nd}/gu, asciiDigit)

const longestFirst = (texts: ReadonlyArray<string>): ReadonlyArray<string> =>
  texts.filter((text) => text !== "").sort((one, other) => other.length - one.length)

/** Says who is who for as long as one file is written. */
export const makeRedactor = ({ home, names, people, region, secrets }: Private): Redact => {
  const numbers = new Map<string, number>()
  const placeholder = (key: string): string => {
    const number = numbers.get(key) ?? numbers.size + 1
    numbers.set(key, number)
    return `person-${number}`
  }
  const ofHandle = (written: string): string => {
    const text = written.replace(/%40/iu, "@").replace(/%2B/iu, "+")
    const handle = normaliseHandle(text, region) || text.toLowerCase()
    return placeholder(personOf(people, handle)?.name.toLowerCase() ?? handle)
  }
  const named = longestFirst([...people.map(({ name }) => name), ...names].map(plain)).map((name) => ({
    name: name.toLowerCase(),
    pattern: new RegExp(`(?<![\\p{L}\\p{N}])${escaped(name)}(?![\\p{L}\\p{N}])`, "giu")
  }))
  const withoutSecrets = (text: string): string =>
    longestFirst(secrets.map(plain)).reduce((left, secret) => left.replaceAll(secret, "(secret)"), text)
  const withoutNames = (text: string): string =>
    named.reduce((left, { name, pattern }) => left.replaceAll(pattern, () => placeholder(name)), text)

  const defaultCountry = isSupportedCountry(region.toUpperCase()) ? region.toUpperCase() : "US"
  const withoutNumbers = (text: string): string => {
    const found = findPhoneNumbersInText(text, {
      ...(isSupportedCountry(defaultCountry) ? { defaultCountry } : {}),
      extended: false
    })
    const known = found.reduceRight(
      (left, { endsAt, startsAt }) =>
        `${left.slice(0, startsAt)}${ofHandle(text.slice(startsAt, endsAt))}${left.slice(endsAt)}`,
      text
    )
    return known.replaceAll(DIGITS, (match) => {
      const digits = match.replaceAll(/%2B|\D/giu, "").length
      const isE164 = /^(?:\+|%2B)/iu.test(match)
      return digits >= (isE164 ? E164_DIGITS : NUMBER_DIGITS) ? ofHandle(match) : match
    })
  }
  const withoutHandles = (text: string): string =>
    text
      .split(HARMLESS)
      .map((piece, at) => (at % 2 === 1 ? piece : withoutNumbers(piece)))
      .join("")

  return (text) =>
    withoutHandles(
      withoutNames(
        withoutSecrets(plain(text))
          .replaceAll(home === "" ? "\0" : home, "~")
          .replaceAll(EMAIL, ofHandle)
      )
    )
}
