/** Writes the tables of docs/access.md, which a test compares with its data. Run from the root of the project. */
import { FileSystem } from "@effect/platform"
import { NodeFileSystem, NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import { withParts } from "../test/layers/router/accessMarkdown.ts"

const PAGE = "docs/access.md"

NodeRuntime.runMain(
  Effect.gen(function* () {
    const fileSystem = yield* FileSystem.FileSystem
    const page = yield* fileSystem.readFileString(PAGE)
    yield* fileSystem.writeFileString(PAGE, withParts(page))
  }).pipe(Effect.provide(NodeFileSystem.layer))
)
