/** Markdown as plain text, without keeping others waiting. */
import { Effect } from "effect"
import { type Piece, piecesOf } from "./pieces.ts"

/** Loaded with the first reply: a gateway whose agents write no markdown never needs it. */
const renderer = Effect.promise(() => import("./plainText.ts"))

/** The end of a piece as the text of the next one needs it. */
const endOf = ({ text }: Piece): string => (/\n\s*\n$/u.test(text) ? "\n\n" : "\n")

/**
 * The text without markdown's marks. Of a text that is longer than `most` (UTF-16 code units) the rest stays as it is.
 * Between pieces of a long one others have their turn.
 */
export const asPlainText = (markdown: string, most: number): Effect.Effect<string> =>
  Effect.gen(function* () {
    if (markdown === "") return ""
    const { plainText } = yield* renderer
    let text = ""
    let read = 0
    for (const [at, piece] of piecesOf(markdown).entries()) {
      if (at > 0) yield* Effect.sleep(0)
      const said = piece.isMarkdown && read < most ? plainText(piece.text) : piece.text.trimEnd()
      text += said === "" ? "" : `${said}${endOf(piece)}`
      read += piece.text.length
    }
    return text.trimEnd()
  })
