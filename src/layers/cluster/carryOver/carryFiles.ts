/** Files of replies that a gateway which ran alone has beside its store, put where every host of a cluster takes them from. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Option } from "effect"
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
    const namesIn = (folder: string) => Effect.orElseSucceed(fs.readDirectory(folder), () => [])
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

/** Puts the files of deliveries into the store of the layer before. Where that fails none of them is there. */
export const carryFiles = (stateDir: string, deliveries: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const staged = yield* stagedIn(stateDir)
    const store = yield* stagedFiles.make
    const { share } = yield* makeCopying(store)
    const drop = Effect.forEach(deliveries, (deliveryId) => Effect.ignore(store.release(deliveryId)), {
      discard: true
    })
    const carry = Effect.gen(function* () {
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
    return { carried: yield* Effect.onError(carry, () => drop), drop }
  })
