/** Whether anybody can sign in to the web page. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Layer, Option } from "effect"
import * as Database from "../../../layers/sqlite/Database.ts"
import * as AccessTokensSqlite from "../../../layers/web/AccessTokensSqlite.ts"
import type { GatewayConfig } from "../../../schemas/Config.ts"
import { STORE_FILE } from "../../../schemas/storeFile.ts"
import { AccessTokens } from "../../../services/AccessTokens.ts"
import { type Check, ok, warning } from "./Check.ts"

const PLACE = { id: "page", title: "Web page" } as const

/** How many tokens were made; none where the store cannot be read, of which others tell. */
const tokensIn = (stateDir: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const file = path.join(stateDir, STORE_FILE)
    if (!(yield* fs.exists(file))) return 0
    const store = Layer.provide(AccessTokensSqlite.layer, Database.layer(file))
    return (yield* Effect.provide(
      Effect.flatMap(AccessTokens, ({ all }) => all),
      store
    )).length
  }).pipe(Effect.option)

const foundOf = (url: string, hasOwn: boolean, made: number): Check => {
  if (!hasOwn && made === 0)
    return warning(
      PLACE,
      `nobody can sign in at ${url}: there is no token`,
      "`imsg-gateway tokens create` makes one."
    )
  const tokens = [
    ...(hasOwn ? ["the token of the config"] : []),
    ...(made === 0 ? [] : [`${made} that ${made === 1 ? "was" : "were"} made`])
  ]
  return ok(PLACE, `${url}, opened by ${tokens.join(" and ")}`)
}

/** No check where there is no page. */
export const webPageCheck = ({
  control: { http },
  stateDir
}: Pick<GatewayConfig, "control" | "stateDir">): Effect.Effect<
  ReadonlyArray<Check>,
  never,
  FileSystem.FileSystem | Path.Path
> =>
  http === undefined
    ? Effect.succeed([])
    : Effect.map(
        tokensIn(stateDir),
        Option.match({
          onNone: () => [],
          onSome: (made) => [foundOf(`http://${http.host}:${http.port}/`, http.token !== undefined, made)]
        })
      )
