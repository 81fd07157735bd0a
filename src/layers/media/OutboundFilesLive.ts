/**
 * Staged files lie in `<stateDir>/media/<delivery>/<index>/<name>`. A file is gathered in a folder of its own and
 * moved there whole, so that what failed or was interrupted is never seen.
 */
import { createHash } from "node:crypto"
import { FileSystem, Path } from "@effect/platform"
import { Effect, Layer, Option, type Scope, Stream } from "effect"
import type { MediaRejected } from "../../schemas/errors/media.ts"
import { failureWords } from "../../schemas/errors/platformWords.ts"
import { StoreUnavailable } from "../../schemas/errors/store.ts"
import { OutboundFiles, type ReceiveRequest, type StageRequest } from "../../services/OutboundFiles.ts"
import { sourceOf } from "./address.ts"
import { contentOf, markedExtensions } from "./content.ts"
import { fileName } from "./fileName.ts"
import { type Incoming, type Refuse, refusing } from "./Incoming.ts"
import { openLocal } from "./localFile.ts"
import { openRemote } from "./remoteFile.ts"

/** For all of a fetch: connections, redirects and the content. */
const FETCH_LIMIT = "30 seconds"

const FOLDER = { recursive: true, mode: 0o700 } as const
const GATHERING = "incoming-"

/** Ids hold what folder names must not. */
const folderName = (deliveryId: string): string =>
  createHash("sha256").update(deliveryId).digest("hex").slice(0, 32)

const make = (stateDir: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const platform = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
    const media = path.join(stateDir, "media")
    const folderOf = (deliveryId: string) => path.join(media, folderName(deliveryId))
    const unusable = (error: unknown) => new StoreUnavailable({ file: media, detail: failureWords(error) })
    const removeAll = (folder: string) => fs.remove(folder, { recursive: true, force: true })

    // What a gateway that was killed had begun.
    const left = yield* Effect.orElseSucceed(fs.readDirectory(media), () => [])
    for (const name of left.filter((name) => name.startsWith(GATHERING))) {
      yield* Effect.ignore(removeAll(path.join(media, name)))
    }

    const open = (
      request: StageRequest,
      refuse: Refuse
    ): Effect.Effect<Incoming, MediaRejected, FileSystem.FileSystem | Path.Path | Scope.Scope> => {
      const { agent, maxBytes } = request
      const local = (file: string) => openLocal(file, { roots: agent.mediaRoots, maxBytes, refuse })
      const source = sourceOf(request.source)
      switch (source._tag) {
        case "Bad":
          return refuse("bad-address", source.detail)
        case "File":
          return local(source.path)
        case "FileUrl":
          return path.fromFileUrl(source.url).pipe(
            Effect.mapError(() => refuse("bad-address", "it is no file of this machine")),
            Effect.flatMap(local)
          )
        case "Address":
          return openRemote(source.url, { mediaHosts: agent.mediaHosts, maxBytes, refuse })
      }
    }

    /**
     * Writes bytes down, and no more than are allowed: neither the size that a file had nor a server's word counts.
     * Of what is too large so many bytes more are read and thrown away: who sends sees no answer before the end.
     */
    const write = <E>(
      out: FileSystem.File,
      bytes: Stream.Stream<Uint8Array, E>,
      {
        beyond,
        maxBytes,
        refuse
      }: { readonly beyond: number; readonly maxBytes: number; readonly refuse: Refuse }
    ) =>
      Effect.gen(function* () {
        const tooLarge = refuse("too-large", `more than ${maxBytes} bytes`)
        const size = yield* Stream.runFoldEffect(
          bytes,
          0,
          Effect.fnUntraced(function* (before, chunk) {
            const now = before + chunk.length
            if (now > maxBytes + beyond) return yield* tooLarge
            if (now <= maxBytes) yield* Effect.mapError(out.writeAll(chunk), unusable)
            return now
          })
        )
        if (size > maxBytes) return yield* tooLarge
        yield* Effect.mapError(out.sync, unusable)
      })

    const create = (file: string) => Effect.mapError(fs.open(file, { flag: "wx", mode: 0o600 }), unusable)

    /** Opens a source and copies it. Answers what it is called. The copy is opened first: an answer must be read at once. */
    const copy = (request: StageRequest, file: string, refuse: Refuse) =>
      Effect.gen(function* () {
        const out = yield* create(file)
        const { bytes, name } = yield* open(request, refuse)
        yield* write(out, bytes, { maxBytes: request.maxBytes, beyond: 0, refuse })
        return name
      }).pipe(Effect.scoped)

    const gather = (request: StageRequest, file: string) => {
      const refuse = refusing(request.source)
      const copied = copy(request, file, refuse)
      return sourceOf(request.source)._tag === "Address"
        ? Effect.timeoutFail(copied, {
            duration: FETCH_LIMIT,
            onTimeout: () => refuse("unreachable", `not fetched within ${FETCH_LIMIT}`)
          })
        : copied
    }

    /** Puts a folder in the place of another, which is kept until then and gone with `aside` after. */
    const replace = (fresh: string, place: string, aside: string) =>
      fs
        .makeDirectory(path.dirname(place), FOLDER)
        .pipe(
          Effect.zipRight(Effect.ignore(fs.rename(place, aside))),
          Effect.zipRight(
            Effect.tapError(fs.rename(fresh, place), () => Effect.ignore(fs.rename(aside, place)))
          ),
          Effect.mapError(unusable),
          Effect.uninterruptible
        )

    /** A folder for a file on its way in. What a killed gateway left of these is removed at the next start. */
    const gatheringFolder = Effect.acquireRelease(
      fs
        .makeDirectory(media, FOLDER)
        .pipe(
          Effect.zipRight(fs.makeTempDirectory({ directory: media, prefix: GATHERING })),
          Effect.mapError(unusable)
        ),
      (folder) => Effect.ignore(removeAll(folder))
    )

    /** Gives a file the name that it may have, in a folder. Answers the name. */
    const settle = (gathered: string, suggested: string, folder: string) =>
      Effect.gen(function* () {
        yield* Effect.mapError(fs.makeDirectory(folder, FOLDER), unusable)
        const content = yield* Effect.mapError(contentOf(gathered), unusable)
        const name = fileName(suggested, content, yield* markedExtensions)
        yield* Effect.mapError(fs.rename(gathered, path.join(folder, name)), unusable)
        return name
      })

    const stage = (request: StageRequest): Effect.Effect<string, MediaRejected | StoreUnavailable> =>
      Effect.gen(function* () {
        const gathering = yield* gatheringFolder
        const gathered = path.join(gathering, "content")
        const suggested = yield* gather(request, gathered)
        const fresh = path.join(gathering, "new")
        const name = yield* settle(gathered, suggested, fresh)
        const place = path.join(folderOf(request.deliveryId), String(request.index))
        yield* replace(fresh, place, path.join(gathering, "old"))
        return path.join(place, name)
      }).pipe(Effect.scoped, Effect.provide(platform))

    const receive = <E>({ bytes, maxBytes, name }: ReceiveRequest<E>) =>
      Effect.gen(function* () {
        const gathering = yield* gatheringFolder
        const gathered = path.join(gathering, "content")
        const refuse = refusing(name)
        yield* Effect.scoped(
          Effect.flatMap(create(gathered), (out) => write(out, bytes, { maxBytes, beyond: maxBytes, refuse }))
        )
        const folder = path.join(gathering, "new")
        return path.join(folder, yield* settle(gathered, name, folder))
      }).pipe(Effect.provide(platform))

    const releaseOthers = (keep: ReadonlySet<string>, before: number) =>
      Effect.gen(function* () {
        const kept = new Set([...keep].map(folderName))
        const names = yield* Effect.orElseSucceed(fs.readDirectory(media), () => [])
        const removed = yield* Effect.forEach(
          names.filter((name) => !name.startsWith(GATHERING) && !kept.has(name)),
          (name) =>
            Effect.gen(function* () {
              const folder = path.join(media, name)
              const { mtime } = yield* fs.stat(folder)
              if (!Option.exists(mtime, (time) => time.getTime() < before)) return 0
              yield* removeAll(folder)
              return 1
            }).pipe(Effect.orElseSucceed(() => 0))
        )
        return removed.reduce<number>((sum, count) => sum + count, 0)
      })

    return OutboundFiles.of({
      stage,
      receive,
      releaseOthers,
      release: (deliveryId) =>
        removeAll(folderOf(deliveryId)).pipe(
          Effect.catchAll((error) =>
            Effect.logWarning(
              `the files of ${deliveryId} stay in ${folderOf(deliveryId)}: ${failureWords(error)}`
            )
          )
        )
    })
  })

/**
 * Stages files below `stateDir`. To be built by the one gateway that holds the folder's lock: it removes what an
 * earlier one had begun to stage.
 */
export const layer = (
  stateDir: string
): Layer.Layer<OutboundFiles, never, FileSystem.FileSystem | Path.Path> =>
  Layer.effect(OutboundFiles, make(stateDir))
