/** Room on the disk of the state folder. */
import { statfs } from "node:fs/promises"
import type { FileSystem, Path } from "@effect/platform"
import { Effect } from "effect"
import { type Check, failed, ok, warning } from "./Check.ts"
import { nearestFolder } from "./stateFolder.ts"

const PLACE = { id: "disk", title: "Disk space" } as const

const MB = 1_000_000
/** Less is used up by one reply with a few files. */
const LEAST = 100 * MB
/** Less is used up by a busy day. */
const PLENTY = 1000 * MB

const inWords = (bytes: number): string =>
  bytes < PLENTY ? `${Math.floor(bytes / MB)} MB` : `${(bytes / (1000 * MB)).toFixed(1)} GB`

/** Judges the bytes that are free on the disk of a folder. */
export const diskJudged = (folder: string, free: number): Check => {
  const found = `${inWords(free)} free on the disk of ${folder}`
  const remedy =
    "Make room, or set stateDir to a folder on another disk: without room the gateway accepts nothing."
  return free < LEAST
    ? failed(PLACE, found, remedy)
    : free < PLENTY
      ? warning(PLACE, found, remedy)
      : ok(PLACE, found)
}

/** Looks at the disk on which the state folder lies, or will. */
export const diskCheck = (stateDir: string): Effect.Effect<Check, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const folder = yield* nearestFolder(stateDir)
    // The platform has no call for it.
    const { bavail, bsize } = yield* Effect.tryPromise(() => statfs(folder))
    return diskJudged(folder, bavail * bsize)
  }).pipe(
    Effect.orElseSucceed(() =>
      warning(
        PLACE,
        `the disk of ${stateDir} does not say how full it is`,
        `Look with \`df -h ${stateDir}\`.`
      )
    )
  )
