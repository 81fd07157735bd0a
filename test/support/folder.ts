/** Folders of tests whose processes may still write in them while they are removed. */
import { FileSystem } from "@effect/platform"
import { Effect, Schedule } from "effect"

const REMOVE_AGAIN = Schedule.intersect(Schedule.spaced("100 millis"), Schedule.recurs(50))

/** A new folder; at the end of the scope it is removed, as often as it takes: what was told to end may be writing. */
export const temporaryFolder = (prefix: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.acquireRelease(fs.makeTempDirectory({ prefix }), (dir) =>
      fs.remove(dir, { recursive: true, force: true }).pipe(Effect.retry(REMOVE_AGAIN), Effect.orDie)
    )
  )
