/** What a file is known by: one that was changed is another. */
import { FileSystem } from "@effect/platform"
import { Effect, Option } from "effect"
import type { GivenFile } from "../../schemas/Turn.ts"

/** A text that is equal for a file as long as it stays the same where it lies. */
export const fileVersion = ({
  bytes,
  path
}: Pick<GivenFile, "bytes" | "path">): Effect.Effect<string, never, FileSystem.FileSystem> =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.map(Effect.option(fs.stat(path)), (stat) =>
      JSON.stringify([path, bytes, Option.flatMap(stat, ({ mtime }) => mtime)])
    )
  )
