/** Whether anybody can sign in to the web page, and who can ask the MCP server beside it. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Layer, Option } from "effect"
import * as DatabaseSqlite from "../../../layers/sqlite/DatabaseSqlite.ts"
import * as AccessTokensSql from "../../../layers/web/AccessTokensSql.ts"
import type { GatewayConfig } from "../../../schemas/Config.ts"
import { isAdmin } from "../../../schemas/Grant.ts"
import { STORE_FILE } from "../../../schemas/storeFile.ts"
import { type AccessToken, AccessTokens } from "../../../services/AccessTokens.ts"
import { type Check, ok, warning } from "./Check.ts"

const PLACE = { id: "page", title: "Web page" } as const
const MCP_PLACE = { id: "mcp", title: "MCP" } as const

/** The tokens that were made; none where the store cannot be read, of which others tell. */
const tokensIn = (stateDir: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const file = path.join(stateDir, STORE_FILE)
    if (!(yield* fs.exists(file))) return []
    const store = Layer.provide(AccessTokensSql.layer, DatabaseSqlite.layer(file))
    return yield* Effect.provide(
      Effect.flatMap(AccessTokens, ({ all }) => all),
      store
    )
  }).pipe(Effect.option)

const counted = (count: number): string => `${count} that ${count === 1 ? "was" : "were"} made`

const pageCheck = (url: string, hasOwn: boolean, made: number): Check => {
  if (!hasOwn && made === 0)
    return warning(
      PLACE,
      `nobody can sign in at ${url}: there is no token for everything`,
      "`imsg-gateway tokens create` makes one."
    )
  const tokens = [...(hasOwn ? ["the token of the config"] : []), ...(made === 0 ? [] : [counted(made)])]
  return ok(PLACE, `${url}, opened by ${tokens.join(" and ")}`)
}

/** Said where somebody has made a token for a program: clients that are told an address need `control.http`. */
const mcpCheck = (url: string | undefined, scoped: number): ReadonlyArray<Check> => {
  if (scoped === 0) return []
  const tokens = `${scoped === 1 ? "a token" : `${scoped} tokens`} of less than everything`
  return [
    ok(
      MCP_PLACE,
      url === undefined
        ? `${tokens}, for \`imsg-gateway mcp\` alone: control.http is off, so that there is no address`
        : `${tokens}, for \`imsg-gateway mcp\` and ${url}mcp`
    )
  ]
}

/** Nothing where there is no page, and no program has a token. */
export const webPageCheck = ({
  control: { http },
  stateDir
}: Pick<GatewayConfig, "control" | "stateDir">): Effect.Effect<
  ReadonlyArray<Check>,
  never,
  FileSystem.FileSystem | Path.Path
> =>
  Effect.map(
    tokensIn(stateDir),
    Option.match({
      onNone: () => [],
      onSome: (tokens: ReadonlyArray<AccessToken>) => {
        const url = http === undefined ? undefined : `http://${http.host}:${http.port}/`
        const admins = tokens.filter(isAdmin).length
        return [
          ...(url === undefined ? [] : [pageCheck(url, http?.token !== undefined, admins)]),
          ...mcpCheck(url, tokens.length - admins)
        ]
      }
    })
  )
