/** The words of a line without the marks around them. */
import type { MarkedToken, Token } from "marked"
import { makeTags, withAddress, withoutEntities } from "./html.ts"
import { joined, type Styled, shown, trimmed, unstyled } from "./styled.ts"

/** What the tokens of one text have in common. */
export interface Document {
  /** The names of its footnotes. */
  readonly footnotes: ReadonlySet<string>
  /** Where its links and pictures lead to. */
  readonly addresses: ReadonlySet<string>
}

const TYPES: ReadonlyArray<string> = [
  "blockquote",
  "br",
  "checkbox",
  "code",
  "codespan",
  "def",
  "del",
  "em",
  "escape",
  "heading",
  "hr",
  "html",
  "image",
  "link",
  "list",
  "list_item",
  "paragraph",
  "space",
  "strong",
  "table",
  "text"
] satisfies ReadonlyArray<MarkedToken["type"]>

/** Whether a token is one of the lexer's own; without extensions there are no others. */
export const isMarked = (token: Token): token is MarkedToken => TYPES.includes(token.type)

/** A name as programs have it: `__init__`, `__FILE__`. */
const DUNDER = /^__(?:[a-z][a-z0-9_]*|[A-Z][A-Z0-9_]*)__$/u

/** What is multiplied, and names: letters of scripts that have spaces between words. */
const OPERAND = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}]/u

/** What faces have before their `_` or `*`: `^_^`, `-_-`, `:*)`. */
const FACE: { readonly [mark: string]: RegExp } = { _: /[-^¯<>;:=]/u, "*": /[;:=]/u }

/** Whether a lexer's emphasis is none: `__init__`, `2*3*4`, `*_*`, `~5~`. */
const isNoEmphasis = ({ raw, type }: MarkedToken, before: string, after: string): boolean =>
  DUNDER.test(raw) ||
  !/[\p{L}\p{N}\p{Extended_Pictographic}]/u.test(raw) ||
  (type === "del" && !raw.startsWith("~~")) ||
  (type === "em" && FACE[raw.charAt(0)]?.test(before) === true) ||
  (OPERAND.test(before) && OPERAND.test(after))

/** What nobody escapes but in formulas: `\,` is a space there, and `\\;` as well. */
const KEPT_ESCAPES = /^\\[,;:/"'=^@?]$/u

/** The arm of ¯\_(ツ)_/¯. */
const isArm = (raw: string, before: string): boolean => raw === "\\_" && before === "¯"

const withTitle = (address: string, title: string | null | undefined, shown: string): string =>
  title === undefined || title === null || title.trim() === "" || title === shown
    ? address
    : `${address} "${title}"`

/** How what is emphasised is shown, where Messages can. */
const STYLES = { strong: "bold", em: "italic", del: "strikethrough" } as const

/** What a link says, and where it leads to unless that is the same: then only the address is left. */
const addressed = (said: Styled, address: string): Styled => {
  const text = withAddress(said.text, address)
  return { text, format: text.startsWith(said.text) ? said.format : [] }
}

/** The text of inline tokens. */
export const inlineText = (tokens: ReadonlyArray<Token>, document: Document): Styled => {
  const tagged = makeTags()

  const footnoted = (text: string): string =>
    document.footnotes.size === 0
      ? text
      : text.replace(/\[\^([^\]\s]+)\]/gu, (mark, name: string) =>
          document.footnotes.has(name) ? `[${name}]` : mark
        )

  const one = (token: MarkedToken, before: string, after: string): Styled => {
    switch (token.type) {
      case "strong":
      case "em":
      case "del":
        return isNoEmphasis(token, before, after)
          ? unstyled(token.raw)
          : shown(inlineText(token.tokens, document), STYLES[token.type])
      case "codespan":
        return unstyled(token.text)
      case "br":
        return unstyled("\n")
      case "escape":
        return unstyled(KEPT_ESCAPES.test(token.raw) || isArm(token.raw, before) ? token.raw : token.text)
      case "link": {
        if (token.autolink === true) return unstyled(token.text)
        const said = trimmed(inlineText(token.tokens, document))
        return addressed(said, withTitle(withoutEntities(token.href), token.title, said.text))
      }
      case "image": {
        const said = withoutEntities(token.text).trim()
        return unstyled(withAddress(said, withTitle(withoutEntities(token.href), token.title, said)))
      }
      case "html":
        return unstyled(tagged(token.raw))
      case "checkbox":
        return unstyled("")
      case "text":
        return token.tokens === undefined
          ? unstyled(footnoted(withoutEntities(token.text)))
          : inlineText(token.tokens, document)
      default:
        return unstyled(token.raw)
    }
  }

  return joined(
    tokens.map((token, at) => {
      const before = tokens[at - 1]?.raw.at(-1) ?? ""
      const after = tokens[at + 1]?.raw.at(0) ?? ""
      return isMarked(token) ? one(token, before, after) : unstyled(token.raw)
    })
  )
}
