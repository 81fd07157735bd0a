/** What commands beside the gateway work on: the config, and the store in its state folder. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Layer, type Option, Stream } from "effect"
import { configWhenAsked } from "../../../layers/config/configWhenAsked.ts"
import type { Database } from "../../../layers/database/Database.ts"
import * as DatabaseSqlite from "../../../layers/sqlite/DatabaseSqlite.ts"
import { failureWords } from "../../../schemas/errors/platformWords.ts"
import { StoreUnavailable } from "../../../schemas/errors/store.ts"
import { STORE_FILE } from "../../../schemas/storeFile.ts"
import { ConfigService } from "../../../services/ConfigService.ts"
import { commandLineUser } from "./commandLineUser.ts"
import { configFile } from "./root.ts"

interface Wanted {
  /** Whether more of the config is needed than where the store is: then a file that cannot be taken is a failure. */
  readonly isWhole?: boolean
  /** Whether something is written that need not have been there before: a store is begun where there is none. */
  readonly begins?: boolean
}

/** The config of a file, as much of it as is wanted. */
const configOf = (path: Option.Option<string>, isWhole: boolean) =>
  isWhole
    ? Effect.promise(() => import("../../../layers/config/ConfigFile.ts")).pipe(
        Effect.flatMap(({ load }) => load(path)),
        Effect.map((config) => ({ stateDir: config.stateDir, config: Effect.succeed(config) }))
      )
    : configWhenAsked(path)

const storeIn = <A>(stateDir: string, services: Layer.Layer<A, never, Database>, begins: boolean) =>
  Effect.gen(function* () {
    const path = yield* Path.Path
    const file = path.join(stateDir, STORE_FILE)
    const fs = yield* FileSystem.FileSystem
    if (begins) {
      yield* Effect.mapError(
        fs.makeDirectory(stateDir, { recursive: true, mode: 0o700 }),
        (error) => new StoreUnavailable({ file, detail: failureWords(error) })
      )
      return Layer.provide(services, DatabaseSqlite.layer(file))
    }
    // Where no gateway has run yet there is nothing, and a look must not create anything.
    const hasRun = yield* Effect.orElseSucceed(fs.exists(file), () => true)
    return services.pipe(Layer.provide(hasRun ? DatabaseSqlite.layer(file) : DatabaseSqlite.memory))
  })

/** Services on the store that the gateway works on, whether it runs or not. */
export const stateStore = <A>(
  path: Option.Option<string>,
  services: Layer.Layer<A, never, Database>,
  { begins = false, isWhole = false }: Wanted = {}
) =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { config, stateDir } = yield* configOf(yield* configFile(path), isWhole)
      const configService = Layer.succeed(ConfigService, {
        current: config,
        changes: Stream.fromEffect(config),
        // Commands end before anybody reloads.
        reload: Effect.dieMessage("the config of a command is not read again")
      })
      return Layer.mergeAll(yield* storeIn(stateDir, services, begins), commandLineUser, configService)
    })
  )
