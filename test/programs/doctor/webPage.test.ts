import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer, Redacted } from "effect"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import * as AccessTokensSql from "../../../src/layers/web/AccessTokensSql.ts"
import { webPageCheck } from "../../../src/programs/commands/doctor/webPage.ts"
import type { Scope } from "../../../src/schemas/Grant.ts"
import { AccessTokens } from "../../../src/services/AccessTokens.ts"

const http = { host: "127.0.0.1", port: 8080 }

const url = "http://127.0.0.1:8080/"

/** What is found once these tokens were made, each with its scopes. */
const found = (
  control: Parameters<typeof webPageCheck>[0]["control"],
  tokens: ReadonlyArray<ReadonlyArray<Scope>>
) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { join } = yield* Path.Path
    const stateDir = yield* fs.makeTempDirectoryScoped()
    const store = Layer.provide(AccessTokensSql.layer, DatabaseSqlite.layer(join(stateDir, "gateway.db")))
    if (tokens.length > 0) {
      yield* Effect.flatMap(AccessTokens, ({ create }) =>
        Effect.forEach(tokens, (scopes) => create("one", scopes))
      ).pipe(Effect.provide(store))
    }
    const checks = yield* webPageCheck({ stateDir, control })
    return checks.map(({ detail, status, title }) => `${status}: ${title}: ${detail}`)
  })

const NOBODY = `warning: Web page: nobody can sign in at ${url}: there is no token for everything`

describe("the check of the web page, and of MCP", () => {
  it.scoped.each<[string, Parameters<typeof found>[0], Parameters<typeof found>[1], ReadonlyArray<string>]>([
    ["neither is there", {}, [], []],
    ["nobody has a token", { http }, [], [NOBODY]],
    [
      "the config has one",
      { http: { ...http, token: Redacted.make("x") } },
      [],
      [`ok: Web page: ${url}, opened by the token of the config`]
    ],
    ["one was made", { http }, [["admin"]], [`ok: Web page: ${url}, opened by 1 that was made`]],
    [
      "one was made that opens no page",
      { http },
      [["chat"]],
      [NOBODY, `ok: MCP: a token of less than everything, for \`imsg-gateway mcp\` and ${url}mcp`]
    ],
    [
      "there are some of each",
      { http },
      [["admin"], ["read"], ["admin"], ["read", "send"]],
      [
        `ok: Web page: ${url}, opened by 2 that were made`,
        `ok: MCP: 2 tokens of less than everything, for \`imsg-gateway mcp\` and ${url}mcp`
      ]
    ],
    [
      "a program has one, and there is no address",
      {},
      [["chat"]],
      [
        "ok: MCP: a token of less than everything, for `imsg-gateway mcp` alone: control.http is off, so that there is no address"
      ]
    ]
  ])("where %s", ([, control, tokens, says]) =>
    Effect.gen(function* () {
      expect(yield* found(control, tokens)).toEqual(says)
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
