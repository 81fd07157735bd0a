/**
 * The head of a request, read before any HTTP parser sees it: enough to tell who asks and where the request ends. It
 * decides only what a connection is worth; who is let in is decided by the gate, from what Node's parser read.
 */

export interface Head {
  /** Where the head ends, in bytes: behind its empty line. */
  readonly end: number
  /** Values by lower-case names. Of a name that comes twice the first counts, as for Node. */
  readonly headers: ReadonlyMap<string, string>
}

/** No more of a head is read: it is what Node's parser takes. */
export const LONGEST_HEAD = 16 * 1024

/** How far the empty line has come that ends a head: not begun, behind a line feed, or behind a carriage return after it. */
export type Search = "nothing" | "line" | "return"

const LF = 0x0a
const CR = 0x0d

/**
 * Looks for the end of a head in bytes that came behind those that were looked through before: so each byte is looked at
 * once, in however small pieces a head comes. Answers where the end is among these bytes, or how far it has come.
 */
export const searchEnd = (bytes: Uint8Array, before: Search): Search | number => {
  let search = before
  for (const [at, byte] of bytes.entries()) {
    if (byte === LF) {
      if (search !== "nothing") return at + 1
      search = "line"
    } else search = byte === CR && search === "line" ? "return" : "nothing"
  }
  return search
}

/** The first empty line. Bare line feeds count: a parser that is lenient must not see an end before we do. */
const EMPTY_LINE = /\n\r?\n/u

/** The head at the beginning of some bytes; undefined where its end is not among them. */
export const headOf = (bytes: Buffer): Head | undefined => {
  const text = bytes.toString("latin1", 0, LONGEST_HEAD)
  const found = EMPTY_LINE.exec(text)
  if (found === null) return undefined
  const [, ...lines] = text.slice(0, found.index).split("\n")
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(":")
    const name = line.slice(0, colon).toLowerCase()
    if (colon > 0 && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim())
  }
  return { end: found.index + found[0].length, headers }
}

/** How many bytes of body a head announces; undefined where only the body itself tells. */
export const bodyLength = ({ headers }: Head): number | undefined => {
  if (headers.has("transfer-encoding")) return undefined
  const told = headers.get("content-length") ?? "0"
  return /^\d{1,15}$/u.test(told) ? Number(told) : undefined
}

/** The token of an `Authorization` header. */
export const bearerOf = (authorization: string | undefined): string | undefined =>
  authorization?.match(/^bearer +(.+)$/iu)?.[1]
