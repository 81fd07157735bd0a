/** The store that commands work on beside the gateway: the file in its state folder, or what the hosts of a cluster share. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Layer } from "effect"
import type { Database } from "../../layers/database/Database.ts"
import * as DatabaseSqlite from "../../layers/sqlite/DatabaseSqlite.ts"
import type { GatewayConfig } from "../../schemas/Config.ts"
import { failureWords } from "../../schemas/errors/platformWords.ts"
import { StoreUnavailable } from "../../schemas/errors/store.ts"
import { STORE_FILE } from "../../schemas/storeFile.ts"

/** Where a store is, by the config. */
export type StorePlace = Pick<GatewayConfig, "stateDir" | "cluster">

type Opened = Layer.Layer<Database, StoreUnavailable, FileSystem.FileSystem>

/** The store of several hosts, loaded for those only who have one. `use` says what it is opened for. */
const sharedStore = (
  { name, postgres }: NonNullable<GatewayConfig["cluster"]>,
  use = "command"
): Layer.Layer<Database, StoreUnavailable> =>
  Layer.unwrapEffect(
    Effect.map(
      Effect.promise(() => import("../../layers/postgres/DatabasePostgres.ts")),
      ({ layer }) => layer({ url: postgres.url, name: `${name} ${use}` })
    )
  )

/** The store, which is begun where there is none. */
export const begunStore = ({
  cluster,
  stateDir
}: StorePlace): Effect.Effect<Opened, StoreUnavailable, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    if (cluster !== undefined) return sharedStore(cluster)
    const file = (yield* Path.Path).join(stateDir, STORE_FILE)
    const fs = yield* FileSystem.FileSystem
    yield* Effect.mapError(
      fs.makeDirectory(stateDir, { recursive: true, mode: 0o700 }),
      (error) => new StoreUnavailable({ file, detail: failureWords(error) })
    )
    return DatabaseSqlite.layer(file)
  })

/** The store where there is one: where no gateway has run yet there is nothing, and a look must not create anything. */
export const storeThere = ({
  cluster,
  stateDir
}: StorePlace): Effect.Effect<Opened | undefined, never, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    if (cluster !== undefined) return sharedStore(cluster)
    const file = (yield* Path.Path).join(stateDir, STORE_FILE)
    const fs = yield* FileSystem.FileSystem
    const hasRun = yield* Effect.orElseSucceed(fs.exists(file), () => true)
    return hasRun ? DatabaseSqlite.layer(file) : undefined
  })
