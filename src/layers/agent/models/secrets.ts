/** What a server says may repeat the key that it was given, whole, in part or with stars in it. */
import { Redacted } from "effect"
import type { Complaint, Dialect } from "./Dialect.ts"
import { Failure } from "./Failure.ts"

const GONE = "<redacted>"

/** So many characters of a secret in a row are taken for a part of it. */
const PART = 6

/** A word some characters of which were replaced by whoever shows it: `sk-ab****yz`. */
const MASKED = /[^\s"'`]*(?:\*{3,}|•{3,})[^\s"'`]*/gu

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&")

/** A text without a secret that is too short to have parts, wherever it stands as a word. */
const withoutWord = (text: string, secret: string): string =>
  secret.trim() === ""
    ? text
    : text.replace(new RegExp(`(?<![\\p{L}\\p{N}])${escaped(secret)}(?![\\p{L}\\p{N}])`, "gu"), GONE)

const withoutParts = (text: string, secret: string): string => {
  const parts = new Set(
    Array.from({ length: secret.length - PART + 1 }, (_, at) => secret.slice(at, at + PART))
  )
  let shown = ""
  let hiddenUntil = 0
  for (let at = 0; at < text.length; at++) {
    if (parts.has(text.slice(at, at + PART))) {
      if (at >= hiddenUntil) shown += GONE
      hiddenUntil = at + PART
    }
    if (at >= hiddenUntil) shown += text[at]
  }
  return shown
}

/** The function that takes secrets out of a text. */
export const redactor =
  (secrets: ReadonlyArray<Redacted.Redacted<string>>) =>
  (text: string): string =>
    secrets
      .map((secret) => Redacted.value(secret))
      .reduce(
        (shown, secret) => (secret.length < PART ? withoutWord(shown, secret) : withoutParts(shown, secret)),
        text.replace(MASKED, GONE)
      )

const cleanComplaint = (redact: (text: string) => string, { code, said, type }: Complaint): Complaint => ({
  said: redact(said),
  ...(code === undefined ? {} : { code: redact(code) }),
  ...(type === undefined ? {} : { type: redact(type) })
})

/** A failure without what its request kept secret. */
export const withoutSecrets = (headers: Dialect["headers"], failure: Failure): Failure => {
  const redact = redactor(
    Object.values(headers).map((value) => Redacted.make(Redacted.value(value).replace(/^Bearer /u, "")))
  )
  switch (failure._tag) {
    case "Refused":
      return Failure.Refused({ ...failure, complaint: cleanComplaint(redact, failure.complaint) })
    case "Broken":
      return failure.said === undefined ? failure : Failure.Broken({ ...failure, said: redact(failure.said) })
    default:
      return failure
  }
}
