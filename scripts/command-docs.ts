/** Writes docs/commands.md, which a test compares with the commands. Run from the root of the project. */
import { FileSystem } from "@effect/platform"
import { NodeFileSystem, NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import { markdown } from "../src/programs/commands/line/markdown.ts"

NodeRuntime.runMain(
  FileSystem.FileSystem.pipe(
    Effect.flatMap((fileSystem) => fileSystem.writeFileString("docs/commands.md", markdown())),
    Effect.provide(NodeFileSystem.layer)
  )
)
