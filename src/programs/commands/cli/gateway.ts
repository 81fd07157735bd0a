/** Commands that ask the gateway that runs. */
import { Effect, type Option } from "effect"
import { stateDirOf } from "../../../layers/config/stateDirOf.ts"
import type { Client } from "../../control/client.ts"
import { orStarting } from "./orStarting.ts"
import { configFile } from "./root.ts"

/** Asks the gateway of a config. The client is loaded for those commands only that need it. */
export const askGateway = <A, E, R>(
  config: Option.Option<string>,
  use: (client: Client) => Effect.Effect<A, E, R>,
  options: { readonly withinMs?: number; readonly isQuiet?: boolean } = {}
) =>
  Effect.gen(function* () {
    const { withinMs, isQuiet } = options
    const stateDir = yield* stateDirOf(yield* configFile(config), isQuiet)
    const { withGateway } = yield* Effect.promise(() => import("../../control/client.ts"))
    return yield* orStarting(stateDir)(withGateway(stateDir, use, { withinMs }))
  })
