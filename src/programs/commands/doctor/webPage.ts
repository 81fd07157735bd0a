/** Whether anybody can sign in to the web page, and who can ask the MCP server beside it. */
import type { FileSystem, Path } from "@effect/platform"
import { Effect, Layer, Option } from "effect"
import * as AccessTokensSql from "../../../layers/web/AccessTokensSql.ts"
import type { GatewayConfig } from "../../../schemas/Config.ts"
import { isAdmin } from "../../../schemas/Grant.ts"
import { type AccessToken, AccessTokens } from "../../../services/AccessTokens.ts"
import { type StorePlace, storeThere } from "../storeOf.ts"
import { type Check, ok, warning } from "./Check.ts"

const PLACE = { id: "page", title: "Web page" } as const
const MCP_PLACE = { id: "mcp", title: "MCP" } as const

/** The tokens that were made; none where the store cannot be read, of which others tell. */
const tokensIn = (place: StorePlace) =>
  Effect.gen(function* () {
    const store = yield* storeThere(place)
    if (store === undefined) return []
    return yield* Effect.provide(
      Effect.flatMap(AccessTokens, ({ all }) => all),
      Layer.provide(AccessTokensSql.layer, store)
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
  ...place
}: StorePlace & Pick<GatewayConfig, "control">): Effect.Effect<
  ReadonlyArray<Check>,
  never,
  FileSystem.FileSystem | Path.Path
> =>
  Effect.map(
    tokensIn(place),
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
