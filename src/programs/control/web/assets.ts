/** The files of the web page, read once. Only what was read can be asked for: no path leads out of their folder. */
import { createHash } from "node:crypto"
import { FileSystem, HttpServerResponse, Path } from "@effect/platform"
import { Effect } from "effect"

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".md": "text/plain; charset=utf-8"
}

export interface Asset {
  readonly bytes: Uint8Array
  readonly contentType: string
  /** A digest of the bytes, in quotes. */
  readonly etag: string
}

/** The page's files by their names, such as `page.js`. */
export type Assets = ReadonlyMap<string, Asset>

const readAsset = (folder: string, name: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const contentType = TYPES[path.extname(name)]
    if (contentType === undefined) return []
    const bytes = yield* fs.readFile(path.join(folder, name))
    const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`
    return [[name, { bytes, contentType, etag }] as const]
  })

/** Reads the files of a folder. */
export const readAssets = (folder: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const names = yield* fs.readDirectory(folder)
    const read = yield* Effect.forEach(names, (name) => readAsset(folder, name))
    return new Map(read.flat()) satisfies Assets
  })

/** A file of the page; nothing but its headers where the browser has it already. */
export const assetResponse = ({ bytes, contentType, etag }: Asset, ifNoneMatch: string | undefined) => {
  const headers = { etag, "cache-control": "no-cache" }
  return ifNoneMatch === etag
    ? HttpServerResponse.empty({ status: 304, headers })
    : HttpServerResponse.uint8Array(bytes, { contentType, headers })
}
