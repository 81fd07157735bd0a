/** Files that a simulated person sends: they lie where they are, as Messages' own do. */
import { FileSystem, Path } from "@effect/platform"
import { Effect } from "effect"
import type { Attachment } from "./ChatModel.ts"
import { SimulatorRefused } from "./SimulatorRefused.ts"

/** What Messages calls the files that people send, by their extension: a uniform type, and a media type. */
const TYPES: { readonly [extension: string]: readonly [uti: string, mimeType: string] } = {
  ".caf": ["com.apple.coreaudio-format", "audio/x-caf"],
  ".gif": ["com.compuserve.gif", "image/gif"],
  ".heic": ["public.heic", "image/heic"],
  ".jpeg": ["public.jpeg", "image/jpeg"],
  ".jpg": ["public.jpeg", "image/jpeg"],
  ".m4a": ["com.apple.m4a-audio", "audio/x-m4a"],
  ".mov": ["com.apple.quicktime-movie", "video/quicktime"],
  ".mp4": ["public.mpeg-4", "video/mp4"],
  ".pdf": ["com.adobe.pdf", "application/pdf"],
  ".png": ["public.png", "image/png"],
  ".txt": ["public.plain-text", "text/plain"]
}

const UNKNOWN = ["public.data", "application/octet-stream"] as const

/** The attachment that a file is. Fails where there is none. */
export const received = (file: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const filename = path.resolve(file)
    const info = yield* Effect.option(fs.stat(filename))
    if (info._tag === "None" || info.value.type !== "File") {
      return yield* new SimulatorRefused({
        detail: `there is no file ${filename}`,
        hint: "Name a file that this user can read; a message has the path of its file, and no copy."
      })
    }
    const [uti, mimeType] = TYPES[path.extname(filename).toLowerCase()] ?? UNKNOWN
    const attachment: Attachment = {
      filename,
      transferName: path.basename(filename),
      uti,
      mimeType,
      totalBytes: Number(info.value.size),
      isSticker: false
    }
    return attachment
  })
