/** The stores that earlier builds left with something of each kind in them, and the one that this build leaves. */
import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { gunzipSync } from "node:zlib"
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect } from "effect"
import { MAIN } from "./command.ts"
import { leaveWaiting } from "./waiting.ts"

const STORES = fileURLToPath(new URL("../fixtures/stores", import.meta.url))

/** The files of a fixture, in a folder of their own. */
const unpacked = (name: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const dir = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-store-" })
    const unpack = (file: string) =>
      Effect.flatMap(fs.readFile(`${STORES}/${name}/${file}.gz`), (packed) =>
        Effect.as(fs.writeFile(`${dir}/${file}`, gunzipSync(packed)), `${dir}/${file}`)
      )
    return { store: yield* unpack("gateway.db"), chatDb: yield* unpack("chat.db") }
  }).pipe(Effect.provide(NodeContext.layer))

export const leftStores = [
  ...readdirSync(STORES, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({ name, files: unpacked(name) })),
  { name: "of this build", files: leaveWaiting(MAIN) }
]
