/** Whether a message gives back what was said, beyond what chance or a person's short answer explains. */

import type { Part } from "../../schemas/Delivery.ts"
import type { Envelope } from "../../schemas/Envelope.ts"
import { fileName, readings } from "../../schemas/fingerprint.ts"
import { spokenText } from "../../schemas/partWords.ts"

/** Characters of a text that are read, and of what was said that are kept. */
const READ = 32_000
const KEPT = 500
/** Words that are shorter, in characters, stand in many messages; they are given back where nothing else is said. */
const SHORTEST_WITHIN = 16
/** What may stand around the words, in characters, or as a share of them: a signature, a prefix, who is quoted. */
const MOST_AROUND = 60
const MOST_AROUND_SHARE = 0.5

/** The marks of a quotation, at the begin of each line or around the whole. */
const QUOTED = /^[\s>|]+/gmu
const QUOTES = /["'\u00ab\u00bb\u201e\u201f\u2039\u203a]/gu

const plain = (reading: string): string => reading.replace(QUOTES, "").toLowerCase().trim()

const unquoted = (text: string): string => text.slice(0, READ).replace(QUOTED, "")

const fileWords = (name: string): string => `file ${fileName(name)}`

/** What is kept of a part: the begin of what was said, and how long all of it is; of a file its name. */
export interface Words {
  readonly begin: string
  readonly length: number
}

export const wordsOf = (part: Part): Words => {
  const words =
    part._tag === "File" ? fileWords(part.path) : plain(readings(unquoted(spokenText(part) ?? ""))[0] ?? "")
  return { begin: words.slice(0, KEPT), length: words.length }
}

const isThat = (row: string, { begin, length }: Words): boolean => {
  if (length === 0) return false
  if (row.length === length && row.startsWith(begin)) return true
  // Of two long texts as much is read: one with something before the words is no longer than they are.
  return (
    length >= SHORTEST_WITHIN &&
    Math.abs(row.length - length) <= Math.max(MOST_AROUND, length * MOST_AROUND_SHARE) &&
    row.includes(begin)
  )
}

/** Whether a message is one of these words: alone, or with little around them. */
export const isGivenBack = (
  { attachments, text }: Pick<Envelope, "attachments" | "text">,
  said: ReadonlyArray<Words>
): boolean => {
  const rows = readings(unquoted(text)).map(plain)
  const texts = rows.length === 0 ? attachments.map(({ name }) => fileWords(name)) : rows
  return texts.some((row) => said.some((words) => isThat(row, words)))
}
