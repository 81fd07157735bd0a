/** Bytes to lines: chunks may end anywhere, also inside a character; no line that is longer than a limit is kept. */

const NEWLINE = 10
/** Bytes that are kept of either end of a line that is too long: enough for its envelope, not for anybody's words. */
const END_BYTES = 128

/** A line that was too long, by its ends. */
export interface LongLine {
  readonly head: string
  readonly tail: string
}

interface Skipped {
  readonly head: Uint8Array
  tail: Uint8Array
  length: number
}

const text = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")

/** Not an Effect: it runs for every chunk of every child, and it is a fold over its own fields. */
export class LineFramer {
  #parts: Array<Uint8Array> = []
  #length = 0
  #skipped: Skipped | undefined
  readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  /** How many bytes have been read of a line that is too long already; 0 where there is none. */
  get skipped(): number {
    return this.#skipped?.length ?? 0
  }

  /** The lines that a chunk completes, without their ends. */
  push(chunk: Uint8Array): ReadonlyArray<string | LongLine> {
    const lines: Array<string | LongLine> = []
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#append(chunk.subarray(start, end))
      lines.push(this.#take())
      start = end + 1
    }
    if (start < chunk.length) this.#append(chunk.subarray(start))
    return lines
  }

  /** What came after the last line end; nothing where that was too long. */
  rest(): string {
    const rest = this.#take()
    return typeof rest === "string" ? rest : ""
  }

  #append(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    if (this.#skipped === undefined && this.#length + bytes.length <= this.limit) {
      this.#parts.push(bytes)
      this.#length += bytes.length
      return
    }
    const read = [...this.#parts, bytes]
    this.#skipped ??= { head: Buffer.concat(read).subarray(0, END_BYTES), tail: new Uint8Array(0), length: 0 }
    const ends = [this.#skipped.tail, ...read.map((part) => part.subarray(-END_BYTES))]
    this.#skipped.tail = Buffer.concat(ends).subarray(-END_BYTES)
    this.#skipped.length += this.#length + bytes.length
    this.#parts = []
    this.#length = 0
  }

  #take(): string | LongLine {
    const parts = this.#parts
    const skipped = this.#skipped
    this.#parts = []
    this.#length = 0
    this.#skipped = undefined
    if (skipped !== undefined) return { head: text(skipped.head), tail: text(skipped.tail) }
    const [only] = parts
    const line = text(parts.length === 1 && only !== undefined ? only : Buffer.concat(parts))
    return line.endsWith("\r") ? line.slice(0, -1) : line
  }
}
