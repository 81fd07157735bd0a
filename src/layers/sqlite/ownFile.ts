/** A file that this process has open and that must stay where it is: not a link, not removed, not another one. */
import { FileSystem } from "@effect/platform"
import { Effect, Option, Schedule } from "effect"
import { isNotFound } from "../../schemas/errors/platformWords.ts"
import { StoreUnavailable } from "../../schemas/errors/store.ts"

/** A look costs some microseconds. */
const LOOK_EVERY = "1 second"

/** Fails where a link stands in the place of a file: what is written would go where the link says. */
export const refuseLink = (file: string): Effect.Effect<void, StoreUnavailable, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.flatMap(Effect.option(fs.readLink(file)), (target) =>
      Option.isNone(target)
        ? Effect.void
        : new StoreUnavailable({
            file,
            detail: `it is a link to ${target.value}, and links are not followed here: set stateDir to where the files are to be`,
            trouble: "link"
          })
    )
  )

interface Identity {
  readonly dev: number
  readonly ino: number | undefined
  readonly size: number
}

/**
 * Which file a path leads to; none where it leads to none. While that cannot be told (too many files are open, the disk
 * does not answer) nothing is known to have changed: it is looked again until it can.
 */
export const identify = (
  file: string
): Effect.Effect<Option.Option<Identity>, never, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    fs.stat(file).pipe(
      Effect.map(({ dev, ino, size }) =>
        Option.some({ dev, ino: Option.getOrUndefined(ino), size: Number(size) })
      ),
      Effect.catchIf(isNotFound, () => Effect.succeedNone),
      Effect.retry(Schedule.spaced(LOOK_EVERY)),
      // The schedule has no end.
      Effect.orDie
    )
  )

export const isSameFile = (one: Identity, other: Identity): boolean =>
  one.dev === other.dev && one.ino === other.ino

/** What has become of a file since it was looked at; nothing where it is as it was. A store never gets shorter. */
const whatBecame = (before: Identity, now: Option.Option<Identity>): string | undefined => {
  if (Option.isNone(now)) return "it was removed while the gateway had it open"
  if (!isSameFile(before, now.value)) return "another file took its place while the gateway had it open"
  return now.value.size < before.size ? "it was cut short while the gateway had it open" : undefined
}

/** Waits until the file is gone, and says how. */
export const awaitGone = (file: string): Effect.Effect<StoreUnavailable, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    let before = yield* identify(file)
    while (true) {
      yield* Effect.sleep(LOOK_EVERY)
      const now = yield* identify(file)
      if (Option.isSome(before)) {
        const detail = whatBecame(before.value, now)
        if (detail !== undefined) return new StoreUnavailable({ file, detail, trouble: "gone" })
      }
      before = now
    }
  })
