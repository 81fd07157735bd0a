import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Layer, Redacted } from "effect"
import { Database } from "../../../src/layers/database/Database.ts"
import { begunStore, storeThere } from "../../../src/programs/commands/storeOf.ts"
import { makeConfig } from "../../support/configs.ts"
import { migratedDatabase } from "../../support/postgres.ts"

const configOf = (stateDir: string, url: string) =>
  makeConfig({
    stateDir,
    imessage: { runsOn: ["studio"] },
    cluster: {
      postgres: { url },
      name: "server",
      address: "server.local:7300",
      secret: "0123456789abcdef0123456789abcdef"
    }
  })

const namesIn = (store: Layer.Layer<Database, unknown, FileSystem.FileSystem>) =>
  Effect.gen(function* () {
    const database = Context.get(yield* Layer.build(store), Database)
    const select = database.prepare<{ readonly name: string }>("SELECT name FROM access_tokens")
    return yield* database.read(() => select.all())
  })

describe("the store of commands", () => {
  it.scopedLive("is what the hosts of a cluster share, and nothing is made on this one", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const stateDir = `${yield* fs.makeTempDirectoryScoped()}/state`
      const server = yield* migratedDatabase
      yield* server.query("INSERT INTO access_tokens (digest, name, created_at) VALUES ('d', 'laptop', 1)")
      const config = configOf(stateDir, Redacted.value(server.url))
      const there = yield* storeThere(config)
      expect(there).toBeDefined()
      expect(there === undefined ? [] : yield* namesIn(there)).toEqual([{ name: "laptop" }])
      expect(yield* namesIn(yield* begunStore(config))).toEqual([{ name: "laptop" }])
      expect(yield* fs.exists(stateDir)).toBe(false)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("of one host is its file, which a look does not make", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const stateDir = `${yield* fs.makeTempDirectoryScoped()}/state`
      expect(yield* storeThere({ stateDir })).toBeUndefined()
      expect(yield* namesIn(yield* begunStore({ stateDir }))).toEqual([])
      expect(yield* storeThere({ stateDir })).toBeDefined()
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
