/** Reads the config from its JSON5 file. */
import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect, Layer, Option } from "effect"
import type { GatewayConfig } from "../schemas/Config.ts"
import { decode, homeExpander, STATE_VARIABLE, variable } from "../schemas/config/decode.ts"
import { ConfigInvalid, ConfigProblem } from "../schemas/Errors.ts"
import { ConfigService } from "../services/ConfigService.ts"

export { decode } from "../schemas/config/decode.ts"

/** The variable that names the config file where `--config` does not. */
const CONFIG_VARIABLE = "IMSG_GATEWAY_CONFIG"

/** The config file where nothing names one. */
const DEFAULT_FILE = "~/.imsg-gateway/config.json5"

const unreadable = (file: string) => (error: PlatformError) =>
  new ConfigInvalid({
    file,
    problems: [
      new ConfigProblem({
        path: "",
        message:
          error._tag === "SystemError" && error.reason === "NotFound"
            ? `does not exist; create it (\`{}\` is enough to start with), or name another with --config or $${CONFIG_VARIABLE}`
            : `cannot be read: ${error.message}`
      })
    ]
  })

/**
 * Reads and decodes the config file: `path`, else `$IMSG_GATEWAY_CONFIG`, else `~/.imsg-gateway/config.json5`.
 * A relative `$IMSG_GATEWAY_STATE_DIR` is taken from the working directory, as a shell would.
 */
export const load = (
  path: Option.Option<string>
): Effect.Effect<GatewayConfig, ConfigInvalid, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fileSystem = yield* FileSystem.FileSystem
    const { resolve } = yield* Path.Path
    const env = yield* Effect.sync(() => process.env)
    const stateDir = variable(env, STATE_VARIABLE)
    const file = homeExpander(env)(
      Option.getOrElse(path, () => variable(env, CONFIG_VARIABLE) ?? DEFAULT_FILE)
    )
    const text = yield* fileSystem.readFileString(file).pipe(Effect.mapError(unreadable(file)))
    return yield* decode({
      text,
      file,
      env:
        stateDir === undefined || stateDir.startsWith("~")
          ? env
          : { ...env, [STATE_VARIABLE]: resolve(stateDir) }
    })
  })

/** The config of a file, found as `load` finds it. */
export const layer = (
  path: Option.Option<string>
): Layer.Layer<ConfigService, ConfigInvalid, FileSystem.FileSystem | Path.Path> =>
  Layer.effect(ConfigService, load(path))
