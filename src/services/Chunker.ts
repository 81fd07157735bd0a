/** Splits a reply into the texts that are sent one after the other. */
import { Context } from "effect"

export interface ChunkOptions {
  /** The longest chunk, in UTF-16 code units, at least 1. A character of two is not cut even then. */
  readonly limit: number
  /** `newline` splits at blank lines first, whatever the length, but not at those in fenced code. */
  readonly mode: "length" | "newline"
}

export class Chunker extends Context.Tag("imsg-gateway/Chunker")<
  Chunker,
  {
    /**
     * Chunks in order, none blank; an empty or blank text has none. A chunk ends at the last blank line in reach, else
     * at a line's, a sentence's, a word's end, else between graphemes, and loses only white space there. Fenced code
     * that fits into a chunk is not split; longer code is, at its lines, closed and opened again at each break where
     * the limit has room for that.
     */
    readonly chunk: (text: string, options: ChunkOptions) => ReadonlyArray<string>
  }
>() {}
