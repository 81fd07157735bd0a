/** The blocks of a text, each as a person would write it by hand. */
import type { MarkedToken, Token, Tokens } from "marked"
import { htmlText } from "./html.ts"
import { type Document, inlineText, isMarked } from "./inline.ts"
import { joined, linesOf, type Styled, shown, trimmedAtEnd, unstyled } from "./styled.ts"
import { tableText } from "./table.ts"

/** Stands for a line across the page. */
const RULE = "———"

/** Every line but the first and those of nothing is set in. */
const indented = (said: Styled): Styled =>
  joined(
    linesOf(said).map((line, at) => (at === 0 || line.text === "" ? line : joined([unstyled("  "), line]))),
    "\n"
  )

const quoted = (said: Styled): Styled =>
  joined(
    linesOf(said).map((line) => (line.text === "" ? unstyled(">") : joined([unstyled("> "), line]))),
    "\n"
  )

/** The name of a language; what else stands behind a fence is somebody's words. */
const LANGUAGE = /^[\w+#.-]*$/u

const codeText = ({ codeBlockStyle, lang = "", raw, text }: Tokens.Code): string => {
  // What is set in may be code or not: it stays where it is.
  if (codeBlockStyle === "indented") return raw.replace(/\n+$/u, "")
  const isLanguage = LANGUAGE.test(lang) && text.trim() !== ""
  return [...(lang === "" || isLanguage ? [] : [lang]), ...(text === "" ? [] : [text])].join("\n")
}

const NUMBER = /^\s*(\d{1,9})([.)])/u

/** What stands before each item. Numbers are as they were written, unless all of them are the same. */
const markersOf = ({ items, ordered, start }: Tokens.List): ReadonlyArray<string> => {
  if (ordered) {
    const written = items.map(({ raw }) => NUMBER.exec(raw))
    const isLazy = items.length > 1 && new Set(written.map((one) => one?.[1])).size === 1
    return written.map((one, at) => {
      const number = isLazy || one === null ? Number(start) + at : one[1]
      return `${number}${one?.[2] ?? "."}`
    })
  }
  const [only] = items
  // A sum or a temperature: `+ 5 points`, `- 3 degrees`.
  if (items.length === 1 && only !== undefined && /^\s*[-+] +\d/u.test(only.raw)) {
    return [only.raw.trimStart().slice(0, 1)]
  }
  return items.map(({ checked, task }) => (task ? (checked === true ? "☑" : "☐") : "•"))
}

const listText = (list: Tokens.List, document: Document): Styled => {
  const markers = markersOf(list)
  return joined(
    list.items.map(({ tokens }, at) =>
      trimmedAtEnd(joined([unstyled(`${markers[at]} `), indented(blocksText(tokens, document))]))
    ),
    list.loose ? "\n\n" : "\n"
  )
}

const wordsIn = (text: string): ReadonlyArray<string> => text.match(/[\p{L}\p{N}]+/gu) ?? []

/** A table that has more cells in a row than columns would lose them: it stays as it is. What its cells look like is lost. */
const tableOrRaw = ({ header, raw, rows }: Tokens.Table, document: Document): string => {
  const cells = (row: ReadonlyArray<Tokens.TableCell>) =>
    row.map(({ tokens }) => inlineText(tokens, document).text.trim())
  const text = tableText(cells(header), rows.map(cells))
  const said = new Set(wordsIn(text))
  return wordsIn(raw).every((word) => said.has(word)) ? text : raw.trimEnd()
}

const blockText = (token: MarkedToken, document: Document): Styled => {
  switch (token.type) {
    case "heading":
      return shown(inlineText(token.tokens, document), "bold")
    case "paragraph":
      return inlineText(token.tokens, document)
    case "code":
      return unstyled(codeText(token))
    case "blockquote":
      return quoted(blocksText(token.tokens, document))
    case "list":
      return listText(token, document)
    case "table":
      return unstyled(tableOrRaw(token, document))
    case "hr":
      return unstyled(RULE)
    case "html":
      return unstyled(htmlText(token.text))
    case "def":
      // Its address stands where it is used.
      return unstyled(document.addresses.has(token.href) ? "" : token.raw.trimEnd())
    case "space":
      return unstyled("")
    default:
      return inlineText([token], document)
  }
}

const lineBreaks = (text: string): number => text.match(/\n/gu)?.length ?? 0

/** The text of blocks, with a blank line between two of them where they had one. */
export function blocksText(tokens: ReadonlyArray<Token>, document: Document): Styled {
  const all: Array<Styled> = []
  let breaks = 0
  for (const token of tokens) {
    const said = isMarked(token) ? blockText(token, document) : unstyled(token.raw)
    if (said.text !== "") {
      if (all.length > 0) all.push(unstyled(breaks > 1 ? "\n\n" : "\n"))
      all.push(said)
      breaks = 0
    }
    breaks += lineBreaks(/\n*$/u.exec(token.raw)?.[0] ?? "")
  }
  return joined(all)
}
