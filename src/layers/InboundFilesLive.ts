/** Files of messages, judged by what is on the disk. */
import { FileSystem, Path } from "@effect/platform"
import { Array as Arr, Effect, Layer } from "effect"
import { bytesOfMb } from "../schemas/bytes.ts"
import type { AccountConfig } from "../schemas/Config.ts"
import type { EnvelopeAttachment } from "../schemas/Envelope.ts"
import type { GivenFile, WithheldFile } from "../schemas/Turn.ts"
import { InboundFiles } from "../services/InboundFiles.ts"
import { isInside } from "./media/roots.ts"

type Reason = WithheldFile["reason"]

const kindOf = (mimeType: string): WithheldFile["kind"] => {
  const [kind] = mimeType.toLowerCase().split("/", 1)
  return kind === "image" || kind === "video" || kind === "audio" ? kind : "file"
}

const make = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path

  const examineOne = (
    roots: ReadonlyArray<string>,
    maxBytes: number,
    file: EnvelopeAttachment
  ): Effect.Effect<GivenFile, Reason> =>
    Effect.gen(function* () {
      if (!path.isAbsolute(file.path)) return yield* Effect.fail<Reason>("missing")
      // Links are followed to the end first: where a file really lies is what counts.
      const real = yield* Effect.mapError(fs.realPath(file.path), (): Reason => "missing")
      if (!roots.some((root) => isInside(path, root, real))) {
        return yield* Effect.fail<Reason>("outside the allowed folders")
      }
      const { size, type } = yield* Effect.mapError(fs.stat(real), (): Reason => "missing")
      if (type !== "File") return yield* Effect.fail<Reason>("not a file")
      if (size > maxBytes) return yield* Effect.fail<Reason>("too large")
      return { path: real, mimeType: file.mimeType, name: file.name, bytes: Number(size) }
    })

  return InboundFiles.of({
    examine: (
      { attachmentRoots, mediaMaxMb }: Pick<AccountConfig, "attachmentRoots" | "mediaMaxMb">,
      files
    ) =>
      Effect.gen(function* () {
        if (files.length === 0) return { attachments: [], withheld: [] }
        // A root that is not there holds nothing.
        const roots = Arr.getSomes(
          yield* Effect.forEach(attachmentRoots, (root) => Effect.option(fs.realPath(root)))
        )
        const [withheld, attachments] = yield* Effect.partition(files, (file) =>
          Effect.mapError(
            examineOne(roots, bytesOfMb(mediaMaxMb), file),
            (reason): WithheldFile => ({ kind: kindOf(file.mimeType), reason })
          )
        )
        return { attachments, withheld }
      })
  })
})

export const layer: Layer.Layer<InboundFiles, never, FileSystem.FileSystem | Path.Path> = Layer.effect(
  InboundFiles,
  make
)
