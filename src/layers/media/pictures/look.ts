/** What a picture is, by its bytes. */
import { FileSystem } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect, Option } from "effect"
import { contentOf } from "../content.ts"
import type { Seen, Size } from "./kinds.ts"

/** As much of a file as is read for its size; a thumbnail may stand before it. */
const HEAD_BYTES = 512 * 1024

/** Loaded with the first picture. */
const imageSize = Effect.promise(() => import("image-size"))

/** The size of a picture, of several in one file that of the largest; none where it cannot be read. */
const sizeOf = (head: Uint8Array) =>
  Effect.map(imageSize, ({ imageSize: read }) =>
    Option.map(
      Option.liftThrowable(read)(head),
      ({ height, images = [], width }): Size =>
        [{ height, width }, ...images].reduce((largest, one) =>
          one.width * one.height > largest.width * largest.height ? one : largest
        )
    ).pipe(
      Option.filter((size) => size.width > 0 && size.height > 0),
      Option.getOrUndefined
    )
  )

export const look = (file: string): Effect.Effect<Seen, PlatformError, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const content = yield* contentOf(file)
    const { size: bytes } = yield* fs.stat(file)
    const head = yield* fs.open(file).pipe(
      Effect.flatMap((opened) => opened.readAlloc(HEAD_BYTES)),
      Effect.scoped
    )
    return {
      extension: content._tag === "Known" ? content.extension : undefined,
      size: Option.isSome(head) ? yield* sizeOf(head.value) : undefined,
      bytes: Number(bytes)
    }
  })
