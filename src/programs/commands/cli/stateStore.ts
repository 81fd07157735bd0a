/** What commands beside the gateway work on: the config, and its store. */
import { Effect, Layer, type Option, Stream } from "effect"
import { configWhenAsked } from "../../../layers/config/configWhenAsked.ts"
import type { Database } from "../../../layers/database/Database.ts"
import * as DatabaseSqlite from "../../../layers/sqlite/DatabaseSqlite.ts"
import { ConfigService } from "../../../services/ConfigService.ts"
import { begunStore, type StorePlace, storeThere } from "../storeOf.ts"
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
        Effect.map((config) => ({ store: config, config: Effect.succeed(config) }))
      )
    : configWhenAsked(path)

const storeIn = <A>(place: StorePlace, services: Layer.Layer<A, never, Database>, begins: boolean) =>
  Effect.map(begins ? begunStore(place) : storeThere(place), (store) =>
    Layer.provide(services, store ?? DatabaseSqlite.memory)
  )

/** Services on the store that the gateway works on, whether it runs or not. */
export const stateStore = <A>(
  path: Option.Option<string>,
  services: Layer.Layer<A, never, Database>,
  { begins = false, isWhole = false }: Wanted = {}
) =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const { config, store } = yield* configOf(yield* configFile(path), isWhole)
      const configService = Layer.succeed(ConfigService, {
        current: config,
        changes: Stream.fromEffect(config),
        // Commands end before anybody reloads.
        reload: Effect.dieMessage("the config of a command is not read again")
      })
      return Layer.mergeAll(yield* storeIn(store, services, begins), commandLineUser, configService)
    })
  )
