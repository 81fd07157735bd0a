/** Text to chunks: breaks where a reader would, never inside a grapheme, and keeps fenced code fenced. */
import { Layer } from "effect"
import { Chunker, type ChunkOptions } from "../../services/Chunker.ts"
import { findFences } from "./fences.ts"
import { paragraphs, type Section } from "./paragraphs.ts"
import { split } from "./split.ts"

/** As the service says; pure, in time linear in the text whatever the limit. */
export const chunk = (text: string, { limit, mode }: ChunkOptions): ReadonlyArray<string> => {
  const fences = findFences(text)
  const sections: Iterable<Section> =
    mode === "newline" ? paragraphs(text, fences) : [{ from: 0, to: text.length, fences }]
  const chunks: Array<string> = []
  for (const section of sections) {
    for (const piece of split(text, section, limit)) {
      // A space with a mark is cut from it where not even the two fit.
      if (piece.trim() !== "") chunks.push(piece)
    }
  }
  return chunks
}

export const layer: Layer.Layer<Chunker> = Layer.succeed(Chunker, { chunk })
