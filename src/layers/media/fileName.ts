/** The name under which a staged file is seen in the chat. */
import { Data } from "effect"
import { fits, isKnown, promisesMark } from "./extensions.ts"

/** What a file holds: a type known by its first bytes, with its usual extension, or text, or anything else. */
export type Content = Data.TaggedEnum<{
  readonly Known: { readonly extension: string }
  readonly Text: object
  readonly Binary: object
}>
export const Content = Data.taggedEnum<Content>()

/** The longest name, in bytes of UTF-8: file systems end at 255, and some store a longer form of the same text. */
const MAX_BYTES = 200

/** What no file has as a name: more of it is not looked at. */
const MAX_LENGTH = 1024

const NAMELESS = "file"
/** `:` separates folders in the older interfaces of macOS. */
const SEPARATORS = /[/\\:]/gu
/** Also what turns the direction of writing, and so lets a name look like another. */
const INVISIBLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_C}\ufeff]/gu
const EDGES = /^[.\s]+|[.\s]+$/gu
const EXTENSION = /^(?<stem>.+)\.(?<extension>[a-z0-9]{1,16})$/isu

/** The beginning of a text that fits into so many bytes, in whole characters. */
const within = (text: string, bytes: number): string => {
  let size = 0
  let end = 0
  for (const character of text) {
    size += Buffer.byteLength(character)
    if (size > bytes) break
    end += character.length
  }
  return text.slice(0, end)
}

const join = (stem: string, extension: string | undefined): string => {
  const ending = extension === undefined ? "" : `.${extension}`
  return `${within(stem, MAX_BYTES - Buffer.byteLength(ending)).trimEnd()}${ending}`
}

/**
 * A harmless name for a file: no separators, control characters or dots at its edges, at most 200 bytes, and an
 * extension that its content has. What has no mark (text, csv) keeps its extension, unless that promises one.
 * `marked` has the extensions, lower-case, of the types that are known by their first bytes.
 */
export const fileName = (suggested: string, content: Content, marked: ReadonlySet<string>): string => {
  const clean = suggested
    .slice(-MAX_LENGTH)
    .replace(SEPARATORS, "_")
    .replace(INVISIBLE, "")
    .replace(EDGES, "")
  const named = clean === "" ? NAMELESS : clean
  const parts = EXTENSION.exec(named)?.groups
  const stem = parts?.stem ?? named
  const extension = parts?.extension
  const claimed = extension?.toLowerCase()
  const renamed = (right: string) =>
    claimed !== undefined && isKnown(claimed, marked) ? join(stem, right) : join(named, right)

  if (content._tag === "Known") {
    return claimed !== undefined && fits(claimed, content.extension)
      ? join(stem, extension)
      : renamed(content.extension)
  }
  return claimed !== undefined && promisesMark(claimed, marked)
    ? renamed(content._tag === "Text" ? "txt" : "bin")
    : join(stem, extension)
}
