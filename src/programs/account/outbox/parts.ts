/** A delivery as the parts that are sent and done. */
import { Effect } from "effect"
import type { AccountConfig } from "../../../schemas/Config.ts"
import type { Delivery, Format, Part } from "../../../schemas/Delivery.ts"
import { Chunker } from "../../../services/Chunker.ts"

interface Formatted {
  readonly text: string
  readonly format?: ReadonlyArray<Format>
}

/** The ranges that lie in a chunk, which begins at a place of the text; what reaches beyond it ends with it. */
const formatIn = (format: ReadonlyArray<Format>, from: number, length: number): ReadonlyArray<Format> =>
  format.flatMap(({ start, length: size, styles }) => {
    const begin = Math.max(start, from)
    const end = Math.min(start + size, from + length)
    return begin < end ? [{ start: begin - from, length: end - begin, styles }] : []
  })

/** The chunks of a text with how they are shown: one that does not stand in the text as it is has none of it. */
export const formatted = (
  text: string,
  chunks: ReadonlyArray<string>,
  format: ReadonlyArray<Format>
): ReadonlyArray<Formatted> => {
  let from = 0
  return chunks.map((chunk) => {
    const at = format.length === 0 ? -1 : text.indexOf(chunk, from)
    if (at < 0) return { text: chunk }
    from = at + chunk.length
    const ranges = formatIn(format, at, chunk.length)
    return ranges.length === 0 ? { text: chunk } : { text: chunk, format: ranges }
  })
}

/** Of each reply its text, chunk by chunk, its files and its poll; what is done beside comes last. */
export const partsOf = (
  account: AccountConfig,
  delivery: Delivery
): Effect.Effect<ReadonlyArray<Part>, never, Chunker> =>
  Effect.map(Chunker, ({ chunk }) => [
    ...delivery.replies.flatMap((reply): ReadonlyArray<Part> => {
      const text = reply.text ?? ""
      const chunks = chunk(text, { limit: account.textChunkLimit, mode: account.chunkMode })
      const inThread = reply.replyTo === undefined ? {} : { replyTo: reply.replyTo }
      const voice = reply.voice === true ? { voice: true } : {}
      return [
        ...formatted(text, chunks, reply.format ?? []).map((said, index): Part => {
          const effect = index > 0 || reply.effect === undefined ? {} : { effect: reply.effect }
          return { _tag: "Text", ...said, ...inThread, ...effect }
        }),
        ...(reply.media ?? []).map((path): Part => ({ _tag: "File", path, ...inThread, ...voice })),
        ...(reply.poll === undefined ? [] : [{ _tag: "Poll", ...reply.poll, ...inThread } as const])
      ]
    }),
    ...(delivery.acts ?? [])
  ])
