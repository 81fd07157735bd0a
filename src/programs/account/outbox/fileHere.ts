/** The file of a part, where this host has it: it may have been staged on another. */
import { Effect, Either, Option } from "effect"
import type { Part, PartRecord } from "../../../schemas/Delivery.ts"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import { fileName } from "../../../schemas/fingerprint.ts"
import { OutboundFiles } from "../../../services/OutboundFiles.ts"
import type { Way } from "./way.ts"

type WithFile = Extract<Part, { readonly _tag: "File" | "SetIcon" }> & { readonly path: string }

/** Whether a part is sent with a file, or is one. */
export const hasFile = (part: Part): part is WithFile => "path" in part && part.path !== undefined

/**
 * The part with the path of its file as it is on this host, for the request alone: what is written down names it as it was
 * accepted, and so it is known by its name on every host. Left is the name of a file that is on none.
 */
export const fileHere = ({
  delivery,
  record
}: Way): Effect.Effect<Either.Either<PartRecord, string>, StoreUnavailable, OutboundFiles> => {
  const { part } = record
  if (!hasFile(part)) return Effect.succeed(Either.right(record))
  return Effect.map(
    Effect.flatMap(OutboundFiles, ({ here }) => here(delivery.id, part.path)),
    Option.match({
      onNone: () => Either.left(fileName(part.path)),
      onSome: (path) => Either.right({ ...record, part: { ...part, path } })
    })
  )
}
