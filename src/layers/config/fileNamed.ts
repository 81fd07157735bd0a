/** Which config file is meant. */
import { Option } from "effect"
import { homeExpander, variable } from "../../schemas/config/home.ts"

/** The variable that names the config file where `--config` does not. */
export const CONFIG_VARIABLE = "IMSG_GATEWAY_CONFIG"

/** The config file where nothing names one. */
const DEFAULT_FILE = "~/.imsg-gateway/config.json5"

/** The config file that is meant: `path`, else `$IMSG_GATEWAY_CONFIG`, else the default one. */
export const fileNamed = (path: Option.Option<string>, env: NodeJS.ProcessEnv): string =>
  homeExpander(env)(Option.getOrElse(path, () => variable(env, CONFIG_VARIABLE) ?? DEFAULT_FILE))
