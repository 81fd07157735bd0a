/** Splits a reply into the texts that are sent. */
import { Context } from "effect"

export interface ChunkOptions {
  /** The longest chunk, in UTF-16 code units. */
  readonly limit: number
  /** `newline` splits at blank lines first, whatever the length. */
  readonly mode: "length" | "newline"
}

export class Chunker extends Context.Tag("imsg-gateway/Chunker")<
  Chunker,
  {
    /** Chunks in order, none empty; an empty or blank text has none. */
    readonly chunk: (text: string, options: ChunkOptions) => ReadonlyArray<string>
  }
>() {}
