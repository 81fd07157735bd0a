/** As much of an agent's answer as one turn may send. */
import { CUT_MARK } from "../../schemas/cut.ts"
import type { DeliveredReply } from "../../schemas/Delivery.ts"
import { formatted } from "../account/outbox/parts.ts"

/**
 * The text of one turn, in bytes of UTF-8. Agents can print a megabyte, which fills screens and not conversations. The
 * longest chunk there can be (`MAX_PART`) has room in it, whatever its letters.
 */
export const MAX_TURN_BYTES = 256 * 1024

export interface Bounds {
  readonly maxParts: number
  /** The chunks that a text is sent in. */
  readonly chunk: (text: string) => ReadonlyArray<string>
}

export interface BoundedReplies {
  readonly replies: ReadonlyArray<DeliveredReply>
  /** How many messages they are sent in. */
  readonly parts: number
  /** Whether anything was left out; then the last reply says so, beside the parts that are allowed. */
  readonly isCut: boolean
}

/**
 * The chunks of a reply that may be sent as replies of their own. A chunk is a text as any other then, and one with the
 * remains of a code block may come to more than one message.
 */
const asReplies = (
  { effect, format = [], replyTo, text: whole = "" }: DeliveredReply,
  chunks: ReadonlyArray<string>,
  { chunk, maxParts: room }: Bounds
) => {
  const kept: Array<DeliveredReply> = []
  let parts = 0
  for (const said of formatted(whole, chunks, format)) {
    const more = chunk(said.text).length
    if (parts + more > room) break
    parts += more
    kept.push({
      ...said,
      ...(replyTo === undefined ? {} : { replyTo }),
      // As of a reply that is whole, the first has it.
      ...(effect === undefined || kept.length > 0 ? {} : { effect })
    })
  }
  return { kept, parts }
}

/** The replies up to the first part that is too much: parts are sent whole or not at all. */
export const boundedReplies = (
  replies: ReadonlyArray<DeliveredReply>,
  { chunk, maxParts }: Bounds
): BoundedReplies => {
  const kept: Array<DeliveredReply> = []
  let parts = 0
  let bytes = 0
  for (const reply of replies) {
    const before = parts
    const chunks = chunk(reply.text ?? "")
    const media = reply.media ?? []
    const fitting: Array<string> = []
    for (const text of chunks) {
      const size = Buffer.byteLength(text)
      if (parts === maxParts || bytes + size > MAX_TURN_BYTES) break
      parts++
      bytes += size
      fitting.push(text)
    }
    const isWhole = fitting.length === chunks.length
    const files = isWhole ? media.slice(0, maxParts - parts) : []
    parts += files.length
    const { poll, ...rest } = reply
    const hasFiles = isWhole && files.length === media.length
    // A poll is one message, whatever it has of options.
    if (hasFiles && (poll === undefined || parts < maxParts)) {
      if (poll !== undefined) parts++
      kept.push(reply)
      continue
    }
    // A text that is cut is what was cut of it: nothing else says where its chunks ended.
    const last = isWhole
      ? { kept: [{ ...rest, media: files }], parts: parts - before }
      : asReplies(reply, fitting, { chunk, maxParts: maxParts - before })
    return {
      replies: [...kept, ...last.kept, { text: CUT_MARK }],
      parts: before + last.parts + 1,
      isCut: true
    }
  }
  return { replies: kept, parts, isCut: false }
}
