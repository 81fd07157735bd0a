/** What the parser says, without its styles. */
import { HelpDoc } from "@effect/cli"

// biome-ignore lint/suspicious/noControlCharactersInRegex: its styles
const STYLE = /\u001b\[[\d;]*m/gu

export const plainWords = (doc: HelpDoc.HelpDoc): string =>
  HelpDoc.toAnsiText(doc).replace(STYLE, "").replace(/\s+/gu, " ").trim()
