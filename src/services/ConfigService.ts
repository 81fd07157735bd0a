/** The config of the running gateway. */
import { Context } from "effect"
import type { GatewayConfig } from "../schemas/Config.ts"

/** The decoded config: merged per account, defaulted, with every path expanded. */
export class ConfigService extends Context.Tag("imsg-gateway/ConfigService")<
  ConfigService,
  GatewayConfig
>() {}
