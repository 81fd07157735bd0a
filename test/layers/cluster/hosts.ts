/** Hosts that share a store, each with a state folder of its own. */
import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Context, Effect, Layer } from "effect"
import * as OutboundFilesShared from "../../../src/layers/cluster/OutboundFilesShared.ts"
import { Database } from "../../../src/layers/database/Database.ts"
import { OutboundFiles, type StageRequest } from "../../../src/services/OutboundFiles.ts"
import { agent } from "../media/staging.ts"

/** A host: its folder, what an agent may send from there, and its part in the files of replies. */
export const makeHost = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const base = yield* Effect.flatMap(fs.makeTempDirectoryScoped(), fs.realPath)
  const stateDir = path.join(base, "state")
  const media = path.join(stateDir, "media")
  const root = path.join(base, "root")
  yield* fs.makeDirectory(root)
  const files = yield* Effect.map(
    Layer.build(Layer.fresh(OutboundFilesShared.layer(stateDir))),
    Context.get(OutboundFiles)
  )
  return {
    ...files,
    root,
    /** Writes a file that the agent of this host sends, and stages it. */
    stageNew: (
      content: string | Uint8Array,
      { name = "note.txt", ...request }: Partial<StageRequest> & { readonly name?: string } = {}
    ) =>
      Effect.gen(function* () {
        const source = path.join(root, name)
        yield* typeof content === "string"
          ? fs.writeFileString(source, content)
          : fs.writeFile(source, content)
        return yield* files.stage({
          deliveryId: "turn:1",
          index: 0,
          source,
          agent: agent({ mediaRoots: [root] }),
          maxBytes: 200 * 1024 * 1024,
          ...request
        })
      }),
    /** Every file below its media folder. */
    files: Effect.gen(function* () {
      const names = yield* Effect.orElseSucceed(fs.readDirectory(media, { recursive: true }), () => [])
      return yield* Effect.filter(names, (name) =>
        Effect.map(fs.stat(path.join(media, name)), ({ type }) => type === "File")
      )
    }),
    /** Makes everything in its media folder as old as this, Unix ms. */
    age: (at: number) =>
      Effect.gen(function* () {
        for (const name of yield* fs.readDirectory(media)) {
          yield* fs.utimes(path.join(media, name), new Date(at), new Date(at))
        }
      })
  }
}).pipe(Effect.provide(NodeContext.layer))

export type Host = Effect.Effect.Success<typeof makeHost>

/** How many rows there are of files, and of their pieces. */
export const rows = Effect.flatMap(Database, (database) => {
  const count = database.prepare<{ readonly files: number; readonly pieces: number }>(
    "SELECT (SELECT count(*) FROM staged_files) AS files, (SELECT count(*) FROM staged_pieces) AS pieces"
  )
  return Effect.map(
    database.read(() => count.get()),
    (row) => row ?? { files: 0, pieces: 0 }
  )
})

/** Runs a statement on the store, beside the hosts. */
export const change = (sql: string) =>
  Effect.flatMap(Database, (database) => database.write(() => database.prepare(sql).run()))
