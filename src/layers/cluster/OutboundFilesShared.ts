/**
 * The files of replies where several hosts share a store: a turn runs on one host, and what it says may be sent by another.
 * What is staged is copied here as everywhere, and into the store before its delivery is accepted; the host of the account
 * takes it from there. The copies on the hosts are as good as gone: they are made again from the store.
 */
import { createHash } from "node:crypto"
import { FileSystem, Path } from "@effect/platform"
import { Clock, Effect, Layer, Option, Stream } from "effect"
import { MediaRejected } from "../../schemas/errors/media.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { OutboundFiles, type StageRequest } from "../../services/OutboundFiles.ts"
import type { Database } from "../database/Database.ts"
import { type MediaFolder, makeMediaFolder, type Staged } from "../media/mediaFolder.ts"
import * as OutboundFilesLive from "../media/OutboundFilesLive.ts"
import * as KeyedLocks from "../remote/KeyedLocks.ts"
import * as stagedFiles from "./stagedFiles.ts"

/** The largest file that goes through the store, in bytes: all hosts share what it holds, and wait for what it writes. */
export const MOST_BYTES = 100 * 1024 * 1024
/** A write of so much holds up the others for some milliseconds. */
const PIECE_BYTES = 1024 * 1024
/** A copy on a host is removed so long after its delivery has left the store, in ms. */
const LEFT_MS = 3_600_000

const tooLarge = (source: string) =>
  new MediaRejected({ source, reason: "too-large-to-share", detail: `more than ${MOST_BYTES} bytes` })

type Store = Effect.Effect.Success<typeof stagedFiles.make>

/** How files are put into the store, and taken from it. */
export const makeCopying = (store: Store) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem

    const digestOf = (file: string) =>
      Effect.map(
        Stream.runFold(fs.stream(file), createHash("sha256"), (hash, bytes) => hash.update(bytes)),
        (hash) => hash.digest("hex")
      )

    return {
      /** Puts a file into the store. */
      share: (place: stagedFiles.Place, file: string, unusable: (error: unknown) => StoreUnavailable) =>
        Effect.gen(function* () {
          const copy = yield* store.newCopy
          const hash = createHash("sha256")
          let size = 0
          const added = Stream.runForEach(
            Stream.mapError(fs.stream(file, { chunkSize: PIECE_BYTES }), unusable),
            (bytes) => {
              hash.update(bytes)
              size += bytes.length
              return copy.add(bytes)
            }
          )
          yield* added.pipe(
            Effect.zipRight(Effect.suspend(() => copy.keep(place, { size, sha256: hash.digest("hex") }))),
            // Else it goes with the next pruning.
            Effect.onError(() => Effect.ignore(copy.drop))
          )
        }),
      /** Whether a file here is the one in the store. */
      isCopy: (file: string, { sha256, size }: stagedFiles.StoredFile) =>
        Effect.gen(function* () {
          const { size: found, type } = yield* fs.stat(file)
          return type === "File" && Number(found) === size && (yield* digestOf(file)) === sha256
        }).pipe(Effect.orElseSucceed(() => false)),
      /** Writes what the store has into a file; says whether that is all of it. */
      fill: (
        out: FileSystem.File,
        { copy, sha256, size }: stagedFiles.StoredFile,
        unusable: (error: unknown) => StoreUnavailable
      ) =>
        Effect.gen(function* () {
          const hash = createHash("sha256")
          let written = 0
          for (let number = 0; written < size; number++) {
            const piece = yield* store.piece(copy, number)
            if (Option.isNone(piece)) return false
            hash.update(piece.value)
            written += piece.value.length
            yield* Effect.mapError(out.writeAll(piece.value), unusable)
          }
          yield* Effect.mapError(out.sync, unusable)
          return written === size && hash.digest("hex") === sha256
        })
    }
  })

type Copying = Effect.Effect.Success<ReturnType<typeof makeCopying>>

/** The function that finds a staged file on this host, or brings it there. */
const makeLocate = (media: MediaFolder, store: Store, { fill, isCopy }: Copying) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const places = KeyedLocks.make(1)

    /** Takes a file from the store. */
    const take = (place: string, name: string, stored: stagedFiles.StoredFile) =>
      Effect.gen(function* () {
        const gathering = yield* media.gatheringFolder
        const gathered = path.join(gathering, "content")
        const isWhole = yield* Effect.scoped(
          Effect.flatMap(media.create(gathered), (out) => fill(out, stored, media.unusable))
        )
        if (!isWhole) {
          yield* Effect.logWarning(
            "a file of a reply cannot be had from the store: pieces of it are not there"
          )
          return Option.none<string>()
        }
        const fresh = path.join(gathering, "new")
        yield* media.name(gathered, fresh, name)
        yield* media.replace(fresh, place, path.join(gathering, "old"))
        return Option.some(path.join(place, name))
      }).pipe(Effect.scoped)

    return (deliveryId: string, { name, place: number }: Staged) =>
      Effect.gen(function* () {
        const place = media.placeOf(deliveryId, number)
        const file = path.join(place, name)
        const stored = yield* store.find({ deliveryId, place: number, name })
        if (Option.isNone(stored)) {
          // It was staged before this host shared a store with others.
          const isThere = yield* Effect.orElseSucceed(fs.exists(file), () => false)
          return isThere ? Option.some(file) : Option.none()
        }
        return (yield* isCopy(file, stored.value))
          ? Option.some(file)
          : yield* take(place, name, stored.value)
      }).pipe(places.withLock(JSON.stringify([deliveryId, number])))
  })

const make = (stateDir: string) =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    const local = yield* OutboundFilesLive.make(stateDir)
    const media = yield* makeMediaFolder(stateDir)
    const store = yield* stagedFiles.make
    const copying = yield* makeCopying(store)
    const locate = yield* makeLocate(media, store, copying)

    const stage = (request: StageRequest) =>
      Effect.gen(function* () {
        const { deliveryId, index, maxBytes } = request
        const file = yield* local
          .stage({ ...request, maxBytes: Math.min(maxBytes, MOST_BYTES) })
          .pipe(
            Effect.mapError((error) =>
              error._tag === "MediaRejected" && error.reason === "too-large" && maxBytes > MOST_BYTES
                ? tooLarge(error.source)
                : error
            )
          )
        yield* copying.share({ deliveryId, place: index, name: path.basename(file) }, file, media.unusable)
        return file
      })

    return OutboundFiles.of({
      stage,
      receive: local.receive,
      here: (deliveryId, file) =>
        Option.match(media.stagedAs(deliveryId, file), {
          onNone: () => Effect.succeedSome(file),
          onSome: (staged) => locate(deliveryId, staged)
        }),
      release: (deliveryId) =>
        store.release(deliveryId).pipe(
          Effect.catchAll(({ message }) =>
            Effect.logWarning(`the files of ${deliveryId} stay in the store until they are old: ${message}`)
          ),
          Effect.zipRight(local.release(deliveryId))
        ),
      releaseOthers: (keep, before) =>
        Effect.gen(function* () {
          const removed = yield* store.releaseOthers(keep, before)
          const kept = yield* store.deliveries
          const now = yield* Clock.currentTimeMillis
          // Those of deliveries that another host has ended are of no use here.
          yield* local.releaseOthers(new Set([...keep, ...kept]), now - LEFT_MS)
          return removed
        })
    })
  })

/** As `OutboundFilesLive.layer`, on a host of several that share the store. */
export const layer = (
  stateDir: string
): Layer.Layer<OutboundFiles, never, Database | FileSystem.FileSystem | Path.Path> =>
  Layer.effect(OutboundFiles, make(stateDir))
