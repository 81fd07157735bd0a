/** Commands that ask the gateway that runs. */
import { Effect, Layer, type Option } from "effect"
import * as ConfigFile from "../../../layers/config/ConfigFile.ts"
import { currentConfig } from "../../../services/ConfigService.ts"
import type { Client } from "../../control/client.ts"
import { configFile } from "./root.ts"

/** The config of a command: its own `--config`, else the one before it. */
export const configOf = (config: Option.Option<string>) =>
  Layer.unwrapEffect(Effect.map(configFile(config), ConfigFile.layer))

/** Asks the gateway of the config. The client is loaded for those commands only that need it. */
export const askGateway = <A, E, R>(use: (client: Client) => Effect.Effect<A, E, R>, withinMs?: number) =>
  Effect.gen(function* () {
    const { stateDir } = yield* currentConfig
    const { withGateway } = yield* Effect.promise(() => import("../../control/client.ts"))
    return yield* withGateway(stateDir, use, withinMs)
  })
