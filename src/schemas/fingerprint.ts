/** What is left of a text or a file by which it is known again, however Messages has kept it. */

import { createHash } from "node:crypto"
import type { Act, CreateChat } from "./Act.ts"
import type { Part } from "./Delivery.ts"
import type { EnvelopeAttachment } from "./Envelope.ts"
import { spokenText } from "./partWords.ts"

/** Where Messages keeps a text in binary, its length stands before it: at most a mark, three bytes and a sign. */
const LONGEST_PREFIX = 4

/** What no one writes: control characters, and what bytes become that are no text. */
const NO_TEXT = /[\ufffd\u0080-\u009f]|(?!\s)\p{Cc}/u

/**
 * A text without what Messages changes in it: white space, characters between the letters that nobody sees, quotation
 * marks, and letters that can be composed in two ways.
 */
const bare = (text: string): string =>
  text
    .replace(/[\p{Cf}\p{Variation_Selector}\ufffc\ufffd]|(?!\s)\p{Cc}/gu, "")
    .replace(/\s+/gu, " ")
    .replace(/[\u2018\u2019]/gu, "'")
    .replace(/[\u201c\u201d]/gu, '"')
    .trim()
    .normalize()

/** What follows a length that is also a letter: one that fits is no accident. */
const withoutFittingLength = (text: string): ReadonlyArray<string> => {
  const at = text.startsWith("+") ? [0, 1] : [0]
  return at.flatMap((index) => {
    const rest = text.slice(index + 1)
    return rest !== "" && text.charCodeAt(index) === Buffer.byteLength(rest) ? [rest] : []
  })
}

/**
 * The bare texts that the text of a row may stand for: itself, and what follows where it begins with a length, as a
 * text does that was recovered from what Messages keeps in binary. None for a text with nothing to read.
 */
export const readings = (text: string): ReadonlyArray<string> => {
  const candidates = [text, ...withoutFittingLength(text)]
  if (NO_TEXT.test(text.slice(0, LONGEST_PREFIX))) {
    for (let length = 1; length <= LONGEST_PREFIX; length++) {
      if (NO_TEXT.test(text.slice(0, length))) candidates.push(text.slice(length))
    }
  }
  return [...new Set(candidates.map(bare))].filter((reading) => reading !== "")
}

/** Whether the text of a row is a text that was sent. */
export const isSameText = (row: string, sent: string): boolean => readings(row).includes(bare(sent))

/** The name that a file keeps on its way through Messages. */
export const fileName = (path: string): string => path.slice(path.lastIndexOf("/") + 1).normalize()

const DIGEST_LENGTH = 24

/** A digest in place of the words: what is kept tells nobody what was said. */
const digest = (kind: "text" | "file", content: string): string =>
  createHash("sha256").update(`${kind}:${content}`).digest("base64url").slice(0, DIGEST_LENGTH)

/** The fingerprint of a part. */
export const ofPart = (part: Exclude<Part, Act> | CreateChat): string =>
  part._tag === "File" ? digest("file", fileName(part.path)) : digest("text", bare(spokenText(part) ?? ""))

/** The fingerprints that a row can have: of its text, else of its files. */
export const ofRow = (row: {
  readonly text: string
  readonly attachments: ReadonlyArray<Pick<EnvelopeAttachment, "name">>
}): ReadonlyArray<string> => {
  const texts = readings(row.text)
  return texts.length > 0
    ? texts.map((text) => digest("text", text))
    : row.attachments.map(({ name }) => digest("file", fileName(name)))
}
