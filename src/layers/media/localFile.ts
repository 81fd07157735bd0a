/** Files of this machine, within the folders that an agent may send from. */
import { constants } from "node:fs"
import { open } from "node:fs/promises"
import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect, Option, Predicate, Stream } from "effect"
import type { MediaRejected } from "../../schemas/errors/media.ts"
import type { Incoming, Refuse } from "./Incoming.ts"
import { placeIn, resolveRoots } from "./roots.ts"

const CHUNK_BYTES = 64 * 1024
/** As many links in one path as the system itself follows. */
const MAX_LINKS = 40

interface Whereabouts {
  readonly real: string
  /** Why it is not there; absent where it is. */
  readonly failure?: PlatformError
}

/**
 * Where a path leads, links followed; where nothing is there, where it would be. So a missing file outside of the
 * roots is as much outside as one that exists.
 */
const whereabouts = (
  file: string,
  links: number = MAX_LINKS
): Effect.Effect<Whereabouts, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const found = yield* Effect.either(fs.realPath(file))
    if (found._tag === "Right") return { real: found.right }
    const parent = path.dirname(file)
    if (parent === file) return { real: file, failure: found.left }
    const link = yield* Effect.option(fs.readLink(file))
    if (Option.isSome(link) && links > 0) {
      const base = yield* Effect.orElseSucceed(fs.realPath(parent), () => parent)
      const target = yield* whereabouts(path.resolve(base, link.value), links - 1)
      return { real: target.real, failure: found.left }
    }
    const above = yield* whereabouts(parent, links)
    return { real: path.join(above.real, path.basename(file)), failure: found.left }
  })

const codeOf = (error: unknown): string | undefined =>
  Predicate.hasProperty(error, "code") && typeof error.code === "string" ? error.code : undefined

const unreadable = (refuse: Refuse) => (error: unknown) => {
  const code = codeOf(error)
  // A link where there was none: it was put there after the path was judged.
  if (code === "ELOOP") return refuse("outside-roots", "it was replaced by a link")
  return code === "ENOENT"
    ? refuse("missing")
    : refuse("unreachable", `it cannot be read: ${code ?? "unknown"}`)
}

const absent = (refuse: Refuse) => (error: PlatformError) =>
  error._tag === "SystemError" && error.reason === "PermissionDenied"
    ? refuse("unreachable", "it cannot be read: permission denied")
    : refuse("missing")

/**
 * Opens a regular file within `roots`, for as long as the scope. What was opened is compared with what the path
 * leads to afterwards: only a folder that is turned into a link and back between these looks goes unnoticed,
 * since macOS does not tell the path of an open file.
 */
export const openLocal = (
  file: string,
  options: { readonly roots: ReadonlyArray<string>; readonly maxBytes: number; readonly refuse: Refuse }
) =>
  Effect.gen(function* () {
    const { maxBytes, refuse } = options
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const roots = yield* resolveRoots(options.roots)
    const admits = (real: string) => roots.some((root) => placeIn(path, root, real) !== "outside")

    const { failure, real } = yield* whereabouts(path.resolve(file))
    if (!admits(real)) return yield* refuse("outside-roots")
    if (failure !== undefined) return yield* absent(refuse)(failure)

    // Looked at before it is opened: to open a device is to use it.
    const seen = yield* Effect.mapError(fs.stat(real), absent(refuse))
    if (seen.type !== "File") return yield* refuse("not-a-file", seen.type.toLowerCase())
    if (seen.size > BigInt(maxBytes)) return yield* refuse("too-large", `${seen.size} bytes`)

    // Node's own, for its flags: no link is followed, and a pipe put here meanwhile does not hold a thread for ever.
    const handle = yield* Effect.acquireRelease(
      Effect.tryPromise({
        try: () => open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK),
        catch: unreadable(refuse)
      }),
      (handle) => Effect.ignore(Effect.tryPromise(() => handle.close()))
    )
    const opened = yield* Effect.tryPromise({ try: () => handle.stat(), catch: unreadable(refuse) })
    if (!opened.isFile()) return yield* refuse("not-a-file")
    const now = yield* whereabouts(real)
    const named = yield* Effect.mapError(fs.stat(now.real), absent(refuse))
    if (!admits(now.real) || named.dev !== opened.dev || !Option.contains(named.ino, opened.ino)) {
      return yield* refuse("outside-roots", "it was replaced while it was read")
    }

    const read = Effect.tryPromise({
      try: () => handle.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES),
      catch: (error) => Option.some<MediaRejected>(unreadable(refuse)(error))
    }).pipe(
      Effect.filterOrFail(
        ({ bytesRead }) => bytesRead > 0,
        () => Option.none()
      ),
      Effect.map(({ buffer, bytesRead }): Uint8Array => buffer.subarray(0, bytesRead))
    )
    // Called what the agent calls it, wherever a link leads.
    return { name: path.basename(file), bytes: Stream.repeatEffectOption(read) } satisfies Incoming
  })
