/** Markdown as text and what it looks like, by the lexer of `marked` and a renderer of ours. Loads the lexer: to be imported lazily. */
import { Option } from "effect"
import { Lexer, type Token, Tokenizer, type Tokens, walkTokens } from "marked"
import { blocksText } from "./blocks.ts"
import { isMarked } from "./inline.ts"
import { type Styled, unstyled } from "./styled.ts"

const FOOTNOTE = /^ {0,3}\[\^([^\]\s]+)\]:/gmu

/** To the lexer a footnote of one word is a link that leads there. */
class WithFootnotes extends Tokenizer<string, string> {
  override def(src: string): Tokens.Def | undefined {
    const found = super.def(src)
    return found?.tag.startsWith("^") === true ? undefined : found
  }
}

/** Where the links and pictures of a text lead to. */
const addressesIn = (tokens: Array<Token>): ReadonlySet<string> => {
  const addresses = new Set<string>()
  walkTokens(tokens, (token) => {
    if (isMarked(token) && (token.type === "link" || token.type === "image")) addresses.add(token.href)
  })
  return addresses
}

const render = (markdown: string): Styled => {
  const tokens = new Lexer({ gfm: true, tokenizer: new WithFootnotes() }).lex(markdown)
  return blocksText(tokens, {
    footnotes: new Set(Array.from(markdown.matchAll(FOOTNOTE), ([, name = ""]) => name)),
    addresses: addressesIn(tokens)
  })
}

/** The text without markdown's marks. What is nested too deeply for the lexer stays as it is. */
export const styledText = (markdown: string): Styled =>
  Option.getOrElse(Option.liftThrowable(render)(markdown), () => unstyled(markdown))
