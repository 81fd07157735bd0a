/** What commands beside the gateway work on: the config, and the store in its state folder. */
import { FileSystem, Path } from "@effect/platform"
import { Effect, Layer, type Option } from "effect"
import * as ConfigFile from "../../../layers/config/ConfigFile.ts"
import * as ConfigInUse from "../../../layers/config/configInUse.ts"
import * as Database from "../../../layers/sqlite/Database.ts"
import { STORE_FILE } from "../../../schemas/storeFile.ts"
import { currentConfig } from "../../../services/ConfigService.ts"
import { commandLineUser } from "./commandLineUser.ts"
import { configFile } from "./root.ts"

const storeWith = <A>(services: Layer.Layer<A, never, Database.Database>) =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { stateDir } = yield* currentConfig
      const path = yield* Path.Path
      const file = path.join(stateDir, STORE_FILE)
      const fs = yield* FileSystem.FileSystem
      // Where no gateway has run yet there is nothing, and a look must not create anything.
      const hasRun = yield* Effect.orElseSucceed(fs.exists(file), () => true)
      return services.pipe(Layer.provide(hasRun ? Database.layer(file) : Database.memory))
    })
  )

/** Services on the store that the gateway works on, whether it runs or not. */
export const stateStore = <A>(
  config: Option.Option<string>,
  services: Layer.Layer<A, never, Database.Database>,
  /** Whether more of the config is needed than where the store is: then a file that cannot be taken is a failure. */
  isWhole = false
) =>
  Layer.merge(storeWith(services), commandLineUser).pipe(
    Layer.provideMerge(
      Layer.unwrapEffect(Effect.map(configFile(config), isWhole ? ConfigFile.layer : ConfigInUse.layer))
    )
  )
