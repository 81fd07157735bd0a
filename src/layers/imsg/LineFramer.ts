/** Bytes to lines: chunks may end anywhere, also inside a character; no line may be longer than a limit. */
import { Data } from "effect"

/** A line grew past the limit, in bytes. What had been read of it is gone. */
export class LineTooLong extends Data.TaggedError("LineTooLong")<{ readonly limit: number }> {}

const NEWLINE = 10

/** Not an Effect: it runs for every chunk of every child, and it is a fold over its own two fields. */
export class LineFramer {
  #parts: Array<Uint8Array> = []
  #length = 0
  readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  /** The lines that a chunk completes, without their ends, or what went wrong. */
  push(chunk: Uint8Array): ReadonlyArray<string> | LineTooLong {
    const lines: Array<string> = []
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      if (this.#length + end - start > this.limit) return new LineTooLong({ limit: this.limit })
      this.#append(chunk.subarray(start, end))
      lines.push(this.#take())
      start = end + 1
    }
    if (start < chunk.length) this.#append(chunk.subarray(start))
    return this.#length > this.limit ? new LineTooLong({ limit: this.limit }) : lines
  }

  /** What came after the last line end. */
  rest(): string {
    return this.#take()
  }

  #append(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#parts.push(bytes)
    this.#length += bytes.length
  }

  #take(): string {
    const [only] = this.#parts
    const whole = this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts)
    const text = Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength).toString("utf8")
    this.#parts = []
    this.#length = 0
    return text.endsWith("\r") ? text.slice(0, -1) : text
  }
}
