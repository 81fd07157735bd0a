/**
 * `npm run store-fixture -- NAME [MAIN]`: keeps the store that the gateway of a build leaves behind, with something of
 * each kind waiting in it, in `test/fixtures/stores/NAME`. To be run before a change of what stores hold; MAIN is the
 * built program, by default this tree's. `test/e2e/takeOver.test.ts` takes each of them over.
 */
import { gzipSync } from "node:zlib"
import { FileSystem } from "@effect/platform"
import { NodeContext, NodeRuntime } from "@effect/platform-node"
import { Effect } from "effect"
import { MAIN } from "../test/support/command.ts"
import { withSqlite } from "../test/support/sqliteFile.ts"
import { leaveWaiting } from "../test/support/waiting.ts"

const [name, main = MAIN] = process.argv.slice(2)

const keep = Effect.gen(function* () {
  if (name === undefined) return yield* Effect.fail(new Error("usage: npm run store-fixture -- NAME [MAIN]"))
  const fs = yield* FileSystem.FileSystem
  const folder = `test/fixtures/stores/${name}`
  const { chatDb, store } = yield* leaveWaiting(main)
  yield* withSqlite(chatDb, (connection) => connection.exec("VACUUM"))
  yield* fs.makeDirectory(folder, { recursive: true })
  for (const [file, from] of [
    ["chat.db", chatDb],
    ["gateway.db", store]
  ] as const) {
    yield* fs.writeFile(`${folder}/${file}.gz`, gzipSync(yield* fs.readFile(from), { level: 9 }))
  }
}).pipe(Effect.scoped)

NodeRuntime.runMain(Effect.provide(keep, NodeContext.layer))
