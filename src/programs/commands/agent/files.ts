/** A file of this machine as one that a person has sent. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Option } from "effect"
import type { EnvelopeAttachment } from "../../../schemas/Envelope.ts"

const UNKNOWN = "application/octet-stream"

/** Loaded with the first file: most of it is tables. */
const typeOf = (file: string): Effect.Effect<string> =>
  Effect.gen(function* () {
    const { fileTypeFromFile } = yield* Effect.promise(() => import("file-type"))
    const found = yield* Effect.option(Effect.tryPromise(() => fileTypeFromFile(file)))
    return Option.getOrUndefined(found)?.mime ?? UNKNOWN
  })

/** The file by where it really lies, with the type that its first bytes say. */
export const attachmentOf = (
  file: string
): Effect.Effect<EnvelopeAttachment, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const real = yield* Effect.orElseSucceed(fs.realPath(file), () => path.resolve(file))
    return { path: real, name: path.basename(file), mimeType: yield* typeOf(real) }
  })
