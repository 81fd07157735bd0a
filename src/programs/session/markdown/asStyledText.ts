/** Markdown as text and what it looks like, without keeping others waiting. */
import { Effect } from "effect"
import { type Piece, piecesOf } from "./pieces.ts"
import { joined, type Styled, trimmedAtEnd, unstyled } from "./styled.ts"

/** Loaded with the first reply: a gateway whose agents write no markdown never needs it. */
const renderer = Effect.promise(() => import("./styledText.ts"))

/** The end of a piece as the text of the next one needs it. */
const endOf = ({ text }: Piece): string => (/\n\s*\n$/u.test(text) ? "\n\n" : "\n")

/**
 * The text without markdown's marks, and how ranges of it are shown where Messages can: what is bold, italic or struck
 * through, and headings as bold; code, links, lists and tables have no look of their own. Of a text that is longer than `most` (UTF-16 code units) the rest stays as it is.
 * Between pieces of a long one others have their turn.
 */
export const asStyledText = (markdown: string, most: number): Effect.Effect<Styled> =>
  Effect.gen(function* () {
    if (markdown === "") return unstyled("")
    const { styledText } = yield* renderer
    const all: Array<Styled> = []
    let read = 0
    for (const [at, piece] of piecesOf(markdown).entries()) {
      if (at > 0) yield* Effect.sleep(0)
      const said = piece.isMarkdown && read < most ? styledText(piece.text) : unstyled(piece.text.trimEnd())
      if (said.text !== "") all.push(said, unstyled(endOf(piece)))
      read += piece.text.length
    }
    return trimmedAtEnd(joined(all))
  })
