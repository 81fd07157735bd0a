/** Files that agents of a test write. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect } from "effect"

/** The lines of a file; none where there is no file yet. */
export const readLines = (file: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const text = yield* Effect.orElseSucceed(fs.readFileString(file), () => "")
    return text.split("\n").filter((line) => line !== "")
  }).pipe(Effect.provide(NodeContext.layer))
