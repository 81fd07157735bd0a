/** What an agent writes, as it may be sent: without what steers a terminal, and without what it tells a gateway. */

import { replaced, type Styled, trimmed, unstyled } from "./markdown/styled.ts"

/** A sequence without its end has none of these in it, so that each is looked for no further than the next one begins. */
const SEQUENCES =
  // An operating system's command (titles, links) and the strings of a device, then what a terminal does with letters.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they are made of
  /(?:\u001b\]|\u009d)[^\u0007\u001b\u009c\u009d]*(?:\u0007|\u001b\\|\u009c)|(?:\u001b[PX^_]|[\u0090\u0098\u009e\u009f])[^\u001b\u0090\u0098\u009c\u009e\u009f]*(?:\u001b\\|\u009c)|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[ -/]*[0-~]/gu

const LINE_BREAKS = /\r\n?|[\v\f\u0085]/gu

/** Control characters but for line feeds and tabs, halves of characters, and what no text is made of. */
const UNSENDABLE = /(?![\n\t])\p{Cc}|\p{Cs}|[\ufffc\ufffe\uffff]|^\ufeff/gu

/**
 * What agents of OpenClaw tell their gateway within a text: what it replies to, and that it is to be spoken. No white
 * space can be matched by two of its pieces: what has no end would be looked through again from each of it.
 */
const TAG = String.raw`\[\[\s*(?:(?:reply_to_current|audio_as_voice)\s*|reply_to\s*:[^[\]\n]*(?:\n\s*)?)\]\]`
/** Where a tag stands apart, the space behind it goes with it. */
const TAGS = new RegExp(String.raw`(?<=^|\s)${TAG}[ \t]*|${TAG}`, "giu")

/** A text that is only this says that there is nothing to say; in any case, as OpenClaw reads it. */
const NO_REPLY = /^\s*NO_REPLY\s*$/iu

/** The text as it is sent; empty where there is nothing to send. Line breaks are line feeds, and tabs stay. */
export const cleanStyled = (styled: Styled): Styled => {
  const plain = replaced(replaced(replaced(styled, SEQUENCES, ""), LINE_BREAKS, "\n"), UNSENDABLE, "")
  const said = replaced(plain, TAGS, "")
  if (NO_REPLY.test(said.text)) return unstyled("")
  // What a tag leaves at the edges is no part of the text; all else is the agent's.
  return said.text === plain.text ? plain : trimmed(said)
}

/** The same of a text that is shown as it is. */
export const cleanText = (text: string): string => cleanStyled(unstyled(text)).text
