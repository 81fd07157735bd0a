/** What a file holds, by its bytes. */
import { FileSystem } from "@effect/platform"
import { Effect, Option } from "effect"
import { Content } from "./fileName.ts"

/** As much of a file as is looked at to tell text. */
const SAMPLE_BYTES = 64 * 1024

/** Control characters, but for those that lay text out. */
const UNTEXTUAL = /[^\P{Cc}\t\n\f\r]/u

const decodeUtf8 = Option.liftThrowable((sample: Uint8Array, isWhole: boolean) =>
  new TextDecoder("utf-8", { fatal: true }).decode(sample, { stream: !isWhole })
)

/** Whether the beginning of a file, or all of it where `isWhole`, is text in UTF-8. */
export const isText = (sample: Uint8Array, isWhole: boolean): boolean =>
  Option.exists(decodeUtf8(sample, isWhole), (text) => !UNTEXTUAL.test(text))

/** Loaded with the first file: most of it is tables that a gateway without media never needs. */
const fileType = Effect.promise(() => import("file-type"))

/** The extensions, lower-case, of the types that are known by their first bytes. */
export const markedExtensions: Effect.Effect<ReadonlySet<string>> = Effect.map(
  fileType,
  ({ supportedExtensions }) => new Set([...supportedExtensions].map((extension) => extension.toLowerCase()))
)

/** Looks at a file's bytes; what breaks the detection is not of a known type. */
export const contentOf = (file: string) =>
  Effect.gen(function* () {
    const { fileTypeFromFile } = yield* fileType
    const known = yield* Effect.option(Effect.tryPromise(() => fileTypeFromFile(file)))
    if (Option.isSome(known) && known.value !== undefined) {
      return Content.Known({ extension: known.value.ext })
    }
    const fs = yield* FileSystem.FileSystem
    const sample = yield* fs.open(file).pipe(
      Effect.flatMap((opened) => opened.readAlloc(SAMPLE_BYTES)),
      Effect.scoped
    )
    const bytes = Option.getOrElse(sample, () => new Uint8Array())
    return isText(bytes, bytes.length < SAMPLE_BYTES) ? Content.Text() : Content.Binary()
  })
