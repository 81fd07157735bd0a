import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import * as Database from "../../../src/layers/sqlite/Database.ts"
import * as AccessTokensSqlite from "../../../src/layers/web/AccessTokensSqlite.ts"
import { webPageCheck } from "../../../src/programs/commands/doctor/webPage.ts"
import { AccessTokens } from "../../../src/services/AccessTokens.ts"

const http = { host: "127.0.0.1", port: 8080 }

describe("the check of the web page", () => {
  it.scoped("says whether anybody can sign in, and by what", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      const stateDir = yield* fs.makeTempDirectoryScoped()
      const found = (control: Parameters<typeof webPageCheck>[0]["control"]) =>
        Effect.map(webPageCheck({ stateDir, control }), (checks) =>
          checks.map(({ detail, status }) => `${status}: ${detail}`)
        )
      expect(yield* found({})).toEqual([])
      expect(yield* found({ http })).toEqual([
        "warning: nobody can sign in at http://127.0.0.1:8080/: there is no token"
      ])
      expect(yield* found({ http: { ...http, token: Redacted.make("x") } })).toEqual([
        "ok: http://127.0.0.1:8080/, opened by the token of the config"
      ])
      yield* Effect.flatMap(AccessTokens, ({ create }) => create("laptop", ["admin"])).pipe(
        Effect.provide(Layer.provide(AccessTokensSqlite.layer, Database.layer(join(stateDir, "gateway.db"))))
      )
      expect(yield* found({ http })).toEqual(["ok: http://127.0.0.1:8080/, opened by 1 that was made"])
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
