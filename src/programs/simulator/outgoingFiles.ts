/** Files that are sent. */
import { FileSystem, Path } from "@effect/platform"
import { Effect } from "effect"
import { refusedBefore } from "./Access.ts"
import { refusedByHelper } from "./bridge/call.ts"
import { ChatDatabase } from "./ChatDatabase.ts"
import { newGuid } from "./chatWrites.ts"
import type { Method } from "./Params.ts"

/**
 * imsg copies a file beside the attachments of Messages and hands over the copy: the original may go at once. `method`: by
 * which method of the bridge it is sent; absent for a plain `send`.
 */
export const attachment = (file: string, method?: Method) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { basename, dirname, join } = yield* Path.Path
    const db = yield* ChatDatabase
    const folder = join(dirname(db.file), "Attachments", "imsg", yield* newGuid)
    const path = join(folder, basename(file))
    const info = yield* fs.stat(file).pipe(
      Effect.tap(() => fs.makeDirectory(folder, { recursive: true })),
      Effect.tap(() => fs.copyFile(file, path)),
      Effect.catchAll(() =>
        method === undefined
          ? refusedBefore(`Attachment not found at ${file}`)
          : refusedByHelper(method, `File not found: ${file}`)
      )
    )
    return {
      filename: path,
      transferName: basename(path),
      uti: "public.data",
      mimeType: "application/octet-stream",
      totalBytes: Number(info.size),
      isSticker: false
    }
  })
