/** The config of the running gateway, which can change while it runs. */
import { Context, Effect, type Stream } from "effect"
import type { GatewayConfig } from "../schemas/Config.ts"
import type { ConfigChange } from "../schemas/control/Status.ts"
import type { ConfigInvalid, ConfigNeedsRestart } from "../schemas/errors/config.ts"

/** The decoded config: merged per account, defaulted, with every path expanded. */
export class ConfigService extends Context.Tag("imsg-gateway/ConfigService")<
  ConfigService,
  {
    readonly current: Effect.Effect<GatewayConfig>
    /** The config as it is now, and every one that takes its place. */
    readonly changes: Stream.Stream<GatewayConfig>
    /** Reads the file again. One that is invalid, or needs a restart, is refused, and the old config stays. */
    readonly reload: Effect.Effect<ConfigChange, ConfigInvalid | ConfigNeedsRestart>
  }
>() {}

/** The config as it is now. */
export const currentConfig: Effect.Effect<GatewayConfig, never, ConfigService> = Effect.flatMap(
  ConfigService,
  ({ current }) => current
)

/** Something made of the config: the same for as long as that is the same, and made anew once it has changed. */
export const derivedFromConfig = <A>(
  make: (config: GatewayConfig) => A
): Effect.Effect<Effect.Effect<A>, never, ConfigService> =>
  Effect.flatMap(ConfigService, ({ current }) =>
    Effect.map(current, (first) => {
      let of = first
      let made = make(first)
      return Effect.map(current, (config) => {
        if (config !== of) {
          made = make(config)
          of = config
        }
        return made
      })
    })
  )
