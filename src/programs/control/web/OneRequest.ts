/** A connection as HTTP sees it, of which nothing but one request can be read. */
import type { Socket } from "node:net"
import { Duplex } from "node:stream"

/**
 * Node's parser makes a request of everything that it is given, thousands of one read, whoever sent them. This gives it
 * the bytes of one, and writes the answer to the socket.
 */
export class OneRequest extends Duplex {
  readonly #socket: Socket
  readonly #request: Buffer
  readonly #isWhole: boolean
  readonly remoteAddress: string | undefined
  #isGiven = false

  /** `isWhole` says that the client has nothing more to send, so that it can be hung up on after the answer. */
  constructor(socket: Socket, request: Buffer, isWhole: boolean) {
    // Half-closed stays open: who asks may say that this was all.
    super({ allowHalfOpen: true })
    this.#socket = socket
    this.#request = request
    this.#isWhole = isWhole
    this.remoteAddress = socket.remoteAddress
    socket.once("end", () => this.push(null))
    socket.once("close", () => this.destroy())
  }

  override _read(): void {
    if (this.#isGiven) return
    this.#isGiven = true
    this.push(this.#request)
  }

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(() => done())
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }

  /** What Node calls after the last answer, as it does with a socket. */
  destroySoon(): void {
    if (!this.writableEnded) this.end()
    // Hanging up on somebody who still sends would take the answer from them.
    if (!this.#isWhole) return
    if (this.writableFinished) this.destroy()
    else this.once("finish", () => this.destroy())
  }
}
