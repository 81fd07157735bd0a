/** Files of messages, judged by what is on the disk, or fetched from the Mac that they lie on. */
import { FileSystem, Path } from "@effect/platform"
import { Clock, Effect, Layer, Option } from "effect"
import { bytesOfMb } from "../../schemas/bytes.ts"
import type { EnvelopeAttachment } from "../../schemas/Envelope.ts"
import type { GivenFile, TurnFiles, WithheldFile } from "../../schemas/Turn.ts"
import { type AccountFiles, type FileReader, InboundFiles } from "../../services/InboundFiles.ts"
import { Pictures } from "../../services/Pictures.ts"
import { RemoteFiles, type RemoteHost } from "../../services/RemoteFiles.ts"
import { remoteHostOf } from "../remote/cliCommand.ts"
import { placeIn, type Root, resolveRoots } from "./roots.ts"
import { copyOf } from "./voiceNotes.ts"

/** How long all remote files of one message may take together, in milliseconds: its session waits for them. */
export const REMOTE_WITHIN_MS = 120_000

/** How long all pictures of one message may take together to be made readable, in milliseconds. */
const PICTURES_WITHIN_MS = 60_000
/** Files that are seen to at a time. */
const AT_A_TIME = 2

export type Reason = WithheldFile["reason"]

const kindOf = (mimeType: string): WithheldFile["kind"] => {
  const [kind] = mimeType.toLowerCase().split("/", 1)
  return kind === "image" || kind === "video" || kind === "audio" ? kind : "file"
}

/** Every file is given, or withheld for a reason. */
export const judged = (
  files: ReadonlyArray<EnvelopeAttachment>,
  judge: (file: EnvelopeAttachment) => Effect.Effect<GivenFile, Reason>
): Effect.Effect<TurnFiles> =>
  Effect.partition(
    files,
    (file) =>
      Effect.mapError(judge(file), (reason): WithheldFile => ({ kind: kindOf(file.mimeType), reason })),
    { concurrency: AT_A_TIME }
  ).pipe(Effect.map(([withheld, attachments]) => ({ attachments, withheld })))

/** Looks at a file that may lie in these folders. */
type Examine = (file: EnvelopeAttachment, roots: ReadonlyArray<string>) => Effect.Effect<GivenFile, Reason>

/** Of a voice note the copy that more can read is given, where the note itself may be and its copy is there. */
const withCopies =
  (examine: Examine, roots: ReadonlyArray<string>) =>
  (file: EnvelopeAttachment): Effect.Effect<GivenFile, Reason> =>
    Effect.flatMap(examine(file, roots), (given) =>
      Option.match(copyOf(file), {
        onNone: () => Effect.succeed(given),
        onSome: (copy) => Effect.orElseSucceed(examine(copy.file, [copy.folder]), () => given)
      })
    )

const make = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const platform = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
  const remote = yield* RemoteFiles
  const pictures = yield* Pictures

  /** The function that gives files to a reader. */
  const givingTo = (reader: FileReader) =>
    Effect.map(Clock.currentTimeMillis, (now) => (file: GivenFile): Effect.Effect<GivenFile, Reason> => {
      if (reader === "program") return Effect.succeed(file)
      return Effect.flatMap(Clock.currentTimeMillis, (then) =>
        Effect.timeoutFail(pictures.readable(file), {
          duration: Math.max(now + PICTURES_WITHIN_MS - then, 0),
          onTimeout: (): Reason => "cannot be converted"
        })
      )
    })

  const examineOne = (
    roots: ReadonlyArray<Root>,
    maxBytes: number,
    file: EnvelopeAttachment
  ): Effect.Effect<GivenFile, Reason> =>
    Effect.gen(function* () {
      if (!path.isAbsolute(file.path)) return yield* Effect.fail<Reason>("missing")
      // Links are followed to the end first: where a file really lies is what counts.
      const real = yield* Effect.mapError(fs.realPath(file.path), (): Reason => "missing")
      if (!roots.some((root) => placeIn(path, root, real) === "inside")) {
        return yield* Effect.fail<Reason>("outside the allowed folders")
      }
      const { size, type } = yield* Effect.mapError(fs.stat(real), (): Reason => "missing")
      if (type !== "File") return yield* Effect.fail<Reason>("not a file")
      if (size > maxBytes) return yield* Effect.fail<Reason>("too large")
      return { path: real, mimeType: file.mimeType, name: file.name, bytes: Number(size) }
    })

  const examineLocal = (
    { attachmentRoots, mediaMaxMb }: AccountFiles,
    files: ReadonlyArray<EnvelopeAttachment>,
    reader: FileReader
  ) =>
    Effect.gen(function* () {
      const give = yield* givingTo(reader)
      const examine: Examine = (file, roots) =>
        Effect.flatMap(Effect.provide(resolveRoots(roots), platform), (resolved) =>
          examineOne(resolved, bytesOfMb(mediaMaxMb), file)
        )
      const examined = withCopies(examine, attachmentRoots)
      return yield* judged(files, (file) => Effect.flatMap(examined(file), give))
    })

  const examineRemote = (
    host: RemoteHost,
    { attachmentRoots, mediaMaxMb, remoteAttachmentRoots }: AccountFiles,
    files: ReadonlyArray<EnvelopeAttachment>,
    reader: FileReader
  ) =>
    Effect.gen(function* () {
      const give = yield* givingTo(reader)
      const deadline = (yield* Clock.currentTimeMillis) + REMOTE_WITHIN_MS
      const examine: Examine = (file, roots) =>
        Effect.gen(function* () {
          if (!file.path.startsWith("/")) return yield* Effect.fail<Reason>("missing")
          const fetched = yield* remote.fetch({
            host,
            path: file.path,
            roots,
            maxBytes: bytesOfMb(mediaMaxMb),
            asPicture: reader === "model" && kindOf(file.mimeType) === "image",
            withinMs: Math.max(deadline - (yield* Clock.currentTimeMillis), 0)
          })
          return { ...fetched, mimeType: file.mimeType, name: file.name }
        })
      const examined = withCopies(examine, remoteAttachmentRoots ?? attachmentRoots)
      return yield* judged(files, (file) => Effect.flatMap(examined(file), give))
    })

  return InboundFiles.of({
    examine: (account, files, reader = "program") =>
      Effect.gen(function* () {
        if (files.length === 0) return { attachments: [], withheld: [] }
        const { cliPath } = account
        const host = yield* cliPath === undefined
          ? Effect.succeedNone
          : Effect.provide(remoteHostOf({ ...account, cliPath }), platform)
        return yield* Option.match(host, {
          onNone: () => examineLocal(account, files, reader),
          onSome: (host) => examineRemote(host, account, files, reader)
        })
      })
  })
})

export const layer: Layer.Layer<
  InboundFiles,
  never,
  RemoteFiles | Pictures | FileSystem.FileSystem | Path.Path
> = Layer.effect(InboundFiles, make)
