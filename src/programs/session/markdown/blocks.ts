/** The blocks of a text, each as a person would write it by hand. */
import type { MarkedToken, Token, Tokens } from "marked"
import { htmlText } from "./html.ts"
import { type Document, inlineText, isMarked } from "./inline.ts"
import { tableText } from "./table.ts"

/** Stands for a line across the page. */
const RULE = "———"

const indented = (text: string): string => text.replace(/\n(?!\n|$)/gu, "\n  ")

const quoted = (text: string): string =>
  text
    .split("\n")
    .map((line) => (line === "" ? ">" : `> ${line}`))
    .join("\n")

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

const listText = (list: Tokens.List, document: Document): string => {
  const markers = markersOf(list)
  return list.items
    .map(({ tokens }, at) => `${markers[at]} ${indented(blocksText(tokens, document))}`.trimEnd())
    .join(list.loose ? "\n\n" : "\n")
}

const wordsIn = (text: string): ReadonlyArray<string> => text.match(/[\p{L}\p{N}]+/gu) ?? []

/** A table that has more cells in a row than columns would lose them: it stays as it is. */
const tableOrRaw = ({ header, raw, rows }: Tokens.Table, document: Document): string => {
  const cells = (row: ReadonlyArray<Tokens.TableCell>) =>
    row.map(({ tokens }) => inlineText(tokens, document).trim())
  const text = tableText(cells(header), rows.map(cells))
  const said = new Set(wordsIn(text))
  return wordsIn(raw).every((word) => said.has(word)) ? text : raw.trimEnd()
}

const blockText = (token: MarkedToken, document: Document): string => {
  switch (token.type) {
    case "heading":
    case "paragraph":
      return inlineText(token.tokens, document)
    case "code":
      return codeText(token)
    case "blockquote":
      return quoted(blocksText(token.tokens, document))
    case "list":
      return listText(token, document)
    case "table":
      return tableOrRaw(token, document)
    case "hr":
      return RULE
    case "html":
      return htmlText(token.text)
    case "def":
      // Its address stands where it is used.
      return document.addresses.has(token.href) ? "" : token.raw.trimEnd()
    case "space":
      return ""
    default:
      return inlineText([token], document)
  }
}

const lineBreaks = (text: string): number => text.match(/\n/gu)?.length ?? 0

/** The text of blocks, with a blank line between two of them where they had one. */
export function blocksText(tokens: ReadonlyArray<Token>, document: Document): string {
  let text = ""
  let breaks = 0
  for (const token of tokens) {
    const said = isMarked(token) ? blockText(token, document) : token.raw
    if (said !== "") {
      text += text === "" ? said : `${breaks > 1 ? "\n\n" : "\n"}${said}`
      breaks = 0
    }
    breaks += lineBreaks(/\n*$/u.exec(token.raw)?.[0] ?? "")
  }
  return text
}
