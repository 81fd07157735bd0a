/** The programs that make a JPEG of a picture, and how each is asked. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Option } from "effect"
import { MAX_SIDE, type Source } from "./kinds.ts"

/** What a converter writes, in the folder that it runs in. */
export const RESULT = "result.jpg"

/** What it reads: a name of ours, since that of the file could be an option, a pattern or a program to it. */
export const sourceName = ({ extension }: Source): string => `source.${extension}`

const SECONDS = "20"

const imageMagick = (source: Source): ReadonlyArray<string> => [
  "-limit",
  "time",
  SECONDS,
  `${source.format}:${sourceName(source)}[0]`,
  "-auto-orient",
  "-background",
  "white",
  "-alpha",
  "remove",
  "-resize",
  `${MAX_SIDE}x${MAX_SIDE}>`,
  "-quality",
  "85",
  `jpeg:${RESULT}`
]

/** In the order of their use: macOS has `sips`, and no other reads all that it does. */
const ARGUMENTS: { readonly [program: string]: (source: Source) => ReadonlyArray<string> } = {
  sips: (source) => [
    "-s",
    "format",
    "jpeg",
    // It would enlarge a small picture.
    ...(source.shrinks ? ["-Z", String(MAX_SIDE)] : []),
    sourceName(source),
    "--out",
    RESULT
  ],
  magick: imageMagick,
  convert: imageMagick,
  ffmpeg: (source) => [
    "-nostdin",
    "-v",
    "error",
    "-protocol_whitelist",
    "file",
    "-i",
    sourceName(source),
    "-frames:v",
    "1",
    "-vf",
    `scale=w='min(${MAX_SIDE},iw)':h='min(${MAX_SIDE},ih)':force_original_aspect_ratio=decrease`,
    "-q:v",
    "3",
    "-update",
    "1",
    "-y",
    RESULT
  ]
}

export interface Converter {
  /** Its path. */
  readonly program: string
  readonly args: (source: Source) => ReadonlyArray<string>
}

/** The converters that are in these folders, the first of each, in the order of their use. */
export const convertersIn = (
  folders: ReadonlyArray<string>
): Effect.Effect<ReadonlyArray<Converter>, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const isProgram = (file: string) =>
      fs.stat(file).pipe(
        Effect.map(({ mode, type }) => type === "File" && (mode & 0o111) !== 0),
        Effect.orElseSucceed(() => false)
      )
    const found = yield* Effect.forEach(Object.entries(ARGUMENTS), ([name, args]) =>
      Effect.findFirst(
        folders.map((folder) => path.join(folder, name)),
        isProgram
      ).pipe(Effect.map(Option.map((program): Converter => ({ program, args }))))
    )
    return found.flatMap(Option.toArray)
  })
