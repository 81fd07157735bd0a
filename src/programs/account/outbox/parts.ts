/** A delivery as the parts that are sent. */
import { Effect } from "effect"
import type { AccountConfig } from "../../../schemas/Config.ts"
import type { Delivery, Part } from "../../../schemas/Delivery.ts"
import { Chunker } from "../../../services/Chunker.ts"

/** Of each reply first its text, chunk by chunk, then its files. */
export const partsOf = (
  account: AccountConfig,
  delivery: Delivery
): Effect.Effect<ReadonlyArray<Part>, never, Chunker> =>
  Effect.map(Chunker, ({ chunk }) =>
    delivery.replies.flatMap(
      (reply): ReadonlyArray<Part> => [
        ...chunk(reply.text ?? "", { limit: account.textChunkLimit, mode: account.chunkMode }).map(
          (text): Part => ({ _tag: "Text", text })
        ),
        ...(reply.media ?? []).map((path): Part => ({ _tag: "File", path }))
      ]
    )
  )

/** What a `send` says of a part. */
export const contentOf = (part: Part): { readonly text: string } | { readonly file: string } =>
  part._tag === "Text" ? { text: part.text } : { file: part.path }
