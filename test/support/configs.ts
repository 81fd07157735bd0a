/** Configs for tests, by way of the real decoder. */
import { Effect, Either, Layer, Stream } from "effect"
import { decode } from "../../src/layers/config/ConfigFile.ts"
import type { AccountConfig, GatewayConfig } from "../../src/schemas/Config.ts"
import { ConfigService } from "../../src/services/ConfigService.ts"

/** What a config file may hold; the decoder judges it. */
export type ConfigFileContent = { readonly [key: string]: unknown }

/** The gateway's config from the content of its file; throws what the decoder says against it. */
export const makeConfig = (partial: ConfigFileContent = {}): GatewayConfig =>
  Either.getOrThrowWith(
    decode({ text: JSON.stringify(partial), file: "config.json5", env: { HOME: "/Users/me" } }),
    (invalid) => invalid
  )

/** The account `default` from the content of the section `imessage`. */
export const makeAccount = (imessage: ConfigFileContent = {}): AccountConfig => {
  const [account] = makeConfig({ imessage }).accounts
  if (account === undefined) throw new Error("a config without accounts has the account default")
  return account
}

/** A config that stays as it is. */
export const fixedConfig = (config: GatewayConfig): Layer.Layer<ConfigService> =>
  Layer.succeed(ConfigService, {
    current: Effect.succeed(config),
    changes: Stream.make(config),
    reload: Effect.succeed({ added: [], removed: [], changed: [], others: false })
  })

/** The config as the gateway's services see it. */
export const configLayer = (partial: ConfigFileContent = {}): Layer.Layer<ConfigService> =>
  fixedConfig(makeConfig(partial))
