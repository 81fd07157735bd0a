/** Writes docs/configuration.md, which a test compares with the schemas. Run from the root of the project. */
import { FileSystem } from "@effect/platform"
import { NodeFileSystem, NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import { markdown } from "../src/programs/commands/config/markdown.ts"

NodeRuntime.runMain(
  FileSystem.FileSystem.pipe(
    Effect.flatMap((fileSystem) => fileSystem.writeFileString("docs/configuration.md", markdown())),
    Effect.provide(NodeFileSystem.layer)
  )
)
