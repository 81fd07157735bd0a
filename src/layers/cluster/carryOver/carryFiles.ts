/** Files of replies that a gateway which ran alone has beside its store, put where every host of a cluster takes them from. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Exit, Option } from "effect"
import { isNotFound } from "../../../schemas/errors/platformWords.ts"
import { makeMediaFolder } from "../../media/mediaFolder.ts"
import { MOST_BYTES, makeCopying } from "../OutboundFilesShared.ts"
import * as stagedFiles from "../stagedFiles.ts"

/** How many files there were, and those that are too large to be shared, by their paths. */
export interface CarriedFiles {
  readonly shared: number
  readonly tooLarge: ReadonlyArray<string>
}

/** The files that were staged for deliveries below a state folder, each with its place. */
const stagedIn = (stateDir: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const media = yield* makeMediaFolder(stateDir)
    /** None of a folder that is not there; one that cannot be read is a failure. */
    const namesIn = (folder: string) =>
      fs.readDirectory(folder).pipe(
        Effect.catchIf(isNotFound, () => Effect.succeed([])),
        Effect.mapError(media.unusable)
      )
    return {
      unusable: media.unusable,
      of: (deliveryId: string) =>
        Effect.gen(function* () {
          const places = yield* namesIn(path.dirname(media.placeOf(deliveryId, 0)))
          const files = yield* Effect.forEach(places, (place) =>
            Effect.map(namesIn(media.placeOf(deliveryId, Number(place))), (names) =>
              names.map((name) => path.join(media.placeOf(deliveryId, Number(place)), name))
            )
          )
          return files
            .flat()
            .flatMap((file) =>
              Option.toArray(Option.map(media.stagedAs(deliveryId, file), (staged) => ({ ...staged, file })))
            )
        })
    }
  })

/**
 * Puts the files of deliveries into the store of the layer before. Where the scope ends with a failure they are not there,
 * except those of a delivery that is: another one that carried it over has put its own in their place.
 */
export const carryFiles = (stateDir: string, deliveries: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const staged = yield* stagedIn(stateDir)
    const store = yield* stagedFiles.make
    const { share } = yield* makeCopying(store)
    const drop = Effect.forEach(deliveries, (deliveryId) => Effect.ignore(store.releaseUnknown(deliveryId)), {
      discard: true
    })
    yield* Effect.addFinalizer((exit) => (Exit.isSuccess(exit) ? Effect.void : drop))
    let shared = 0
    const tooLarge: Array<string> = []
    for (const deliveryId of deliveries) {
      for (const { file, name, place } of yield* staged.of(deliveryId)) {
        const { size } = yield* Effect.mapError(fs.stat(file), staged.unusable)
        if (size > MOST_BYTES) {
          tooLarge.push(file)
          continue
        }
        yield* share({ deliveryId, place, name }, file, staged.unusable)
        shared++
      }
    }
    return { shared, tooLarge } satisfies CarriedFiles
  })
