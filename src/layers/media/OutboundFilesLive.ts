/** The files of replies, copied into the gateway's own folder. */
import { type FileSystem, Path } from "@effect/platform"
import { Effect, Layer, type Scope, Stream } from "effect"
import type { MediaRejected } from "../../schemas/errors/media.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { OutboundFiles, type ReceiveRequest, type StageRequest } from "../../services/OutboundFiles.ts"
import { sourceOf } from "./address.ts"
import { contentOf, markedExtensions } from "./content.ts"
import { fileName } from "./fileName.ts"
import { type Incoming, type Refuse, refusing } from "./Incoming.ts"
import { openLocal } from "./localFile.ts"
import { makeMediaFolder } from "./mediaFolder.ts"
import { openRemote } from "./remoteFile.ts"

/** For all of a fetch: connections, redirects and the content. */
const FETCH_LIMIT = "30 seconds"

/** Stages files below `stateDir`; removes what an earlier one had begun to stage. */
export const make = (stateDir: string) =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    const platform = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
    const media = yield* makeMediaFolder(stateDir)
    const { create, gatheringFolder, placeOf, unusable } = media
    yield* media.removeBegun

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

    /** Gives a file the name that it may have, in a folder. Answers the name. */
    const settle = (gathered: string, suggested: string, folder: string) =>
      Effect.gen(function* () {
        const content = yield* Effect.mapError(contentOf(gathered), unusable)
        const name = fileName(suggested, content, yield* markedExtensions)
        yield* media.name(gathered, folder, name)
        return name
      })

    const stage = (request: StageRequest): Effect.Effect<string, MediaRejected | StoreUnavailable> =>
      Effect.gen(function* () {
        const gathering = yield* gatheringFolder
        const gathered = path.join(gathering, "content")
        const suggested = yield* gather(request, gathered)
        const fresh = path.join(gathering, "new")
        const name = yield* settle(gathered, suggested, fresh)
        const place = placeOf(request.deliveryId, request.index)
        yield* media.replace(fresh, place, path.join(gathering, "old"))
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

    return OutboundFiles.of({
      stage,
      receive,
      here: (_, file) => Effect.succeedSome(file),
      release: media.release,
      releaseOthers: media.releaseOthers
    })
  })

/** To be built by the one gateway that holds the folder's lock: it removes what an earlier one had begun to stage. */
export const layer = (
  stateDir: string
): Layer.Layer<OutboundFiles, never, FileSystem.FileSystem | Path.Path> =>
  Layer.effect(OutboundFiles, make(stateDir))
