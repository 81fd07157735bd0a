/**
 * Where staged files lie: `<stateDir>/media/<delivery>/<place>/<name>`. A file is gathered in a folder of its own and moved
 * there whole, so that what failed or was interrupted is never seen.
 */
import { createHash } from "node:crypto"
import { FileSystem, Path } from "@effect/platform"
import { Effect, Option } from "effect"
import { failureWords } from "../../schemas/errors/platformWords.ts"
import { StoreUnavailable } from "../../schemas/errors/store.ts"

const FOLDER = { recursive: true, mode: 0o700 } as const
const GATHERING = "incoming-"

/** Ids hold what folder names must not. */
const folderName = (deliveryId: string): string =>
  createHash("sha256").update(deliveryId).digest("hex").slice(0, 32)

/** A staged file, as its path says it. */
export interface Staged {
  /** Its place among the delivery's files, from 0. */
  readonly place: number
  readonly name: string
}

const PLACE = /^\d{1,9}$/u

/** How what was staged is removed from the folder `media`. */
const removing = (media: string, folderOf: (deliveryId: string) => string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const remove = (folder: string) => fs.remove(folder, { recursive: true, force: true })
    const names = Effect.orElseSucceed(fs.readDirectory(media), () => [])

    const removeOld = (folder: string, before: number) =>
      Effect.gen(function* () {
        const { mtime } = yield* fs.stat(folder)
        if (!Option.exists(mtime, (time) => time.getTime() < before)) return 0
        yield* remove(folder)
        return 1
      }).pipe(Effect.orElseSucceed(() => 0))

    return {
      remove,
      /** Removes what a gateway that was killed had begun. */
      removeBegun: Effect.gen(function* () {
        for (const name of (yield* names).filter((name) => name.startsWith(GATHERING))) {
          yield* Effect.ignore(remove(path.join(media, name)))
        }
      }),
      /** Removes what was staged for a delivery; nothing is no error. */
      release: (deliveryId: string) =>
        remove(folderOf(deliveryId)).pipe(
          Effect.catchAll((error) =>
            Effect.logWarning(
              `the files of ${deliveryId} stay in ${folderOf(deliveryId)}: ${failureWords(error)}`
            )
          )
        ),
      /** Removes what was staged before a time (Unix ms) for other deliveries than these. Answers how many they were. */
      releaseOthers: (keep: ReadonlySet<string>, before: number) =>
        Effect.gen(function* () {
          const kept = new Set([...keep].map(folderName))
          const removed = yield* Effect.forEach(
            (yield* names).filter((name) => !name.startsWith(GATHERING) && !kept.has(name)),
            (name) => removeOld(path.join(media, name), before)
          )
          return removed.reduce<number>((sum, count) => sum + count, 0)
        })
    }
  })

export const makeMediaFolder = (stateDir: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const media = path.join(stateDir, "media")
    const folderOf = (deliveryId: string) => path.join(media, folderName(deliveryId))
    const unusable = (error: unknown) => new StoreUnavailable({ file: media, detail: failureWords(error) })
    const { remove, ...removal } = yield* removing(media, folderOf)

    /** A folder for a file on its way in, for as long as the scope. */
    const gatheringFolder = Effect.acquireRelease(
      fs
        .makeDirectory(media, FOLDER)
        .pipe(
          Effect.zipRight(fs.makeTempDirectory({ directory: media, prefix: GATHERING })),
          Effect.mapError(unusable)
        ),
      (folder) => Effect.ignore(remove(folder))
    )

    return {
      ...removal,
      gatheringFolder,
      unusable,
      /** A file to write into, for its owner only, for as long as the scope. */
      create: (file: string) => Effect.mapError(fs.open(file, { flag: "wx", mode: 0o600 }), unusable),
      /** Gives a file its name, in a folder that is made for it. */
      name: (gathered: string, folder: string, called: string) =>
        fs
          .makeDirectory(folder, FOLDER)
          .pipe(Effect.zipRight(fs.rename(gathered, path.join(folder, called))), Effect.mapError(unusable)),
      /** Puts a folder in the place of another, which is kept until then and gone with `aside` after. */
      replace: (fresh: string, place: string, aside: string) =>
        fs
          .makeDirectory(path.dirname(place), FOLDER)
          .pipe(
            Effect.zipRight(Effect.ignore(fs.rename(place, aside))),
            Effect.zipRight(
              Effect.tapError(fs.rename(fresh, place), () => Effect.ignore(fs.rename(aside, place)))
            ),
            Effect.mapError(unusable),
            Effect.uninterruptible
          ),
      /** Where a file of a delivery lies, or would. */
      placeOf: (deliveryId: string, place: number) => path.join(folderOf(deliveryId), String(place)),
      /** What a path says of a file that was staged for a delivery, on whichever host; none of any other path. */
      stagedAs: (deliveryId: string, file: string): Option.Option<Staged> => {
        const place = path.dirname(file)
        const number = path.basename(place)
        return path.basename(path.dirname(place)) === folderName(deliveryId) && PLACE.test(number)
          ? Option.some({ place: Number(number), name: path.basename(file) })
          : Option.none()
      }
    }
  })

export type MediaFolder = Effect.Effect.Success<ReturnType<typeof makeMediaFolder>>
