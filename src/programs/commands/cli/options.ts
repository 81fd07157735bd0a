/** Options that several commands share. */
import { Options } from "@effect/cli"
import { Option } from "effect"
import type { LogFormat } from "../../../layers/logging/LoggerLive.ts"

export const config = Options.text("config").pipe(
  Options.withDescription(
    "The config file. Default: $IMSG_GATEWAY_CONFIG, else ~/.imsg-gateway/config.json5."
  ),
  Options.optional
)

export const logFormat = Options.choice("log-format", ["pretty", "json"]).pipe(
  Options.withDescription("How logs are written to stderr. Default: pretty on a terminal, json elsewhere."),
  Options.optional,
  Options.map((format): LogFormat | undefined => Option.getOrUndefined(format))
)

export const trace = Options.boolean("trace").pipe(
  Options.withDescription(
    "Log how long each row, turn, send and start of imsg takes, with ids and without words."
  )
)

export const logFile = Options.text("log-file").pipe(
  Options.withDescription(
    "Log to this file, as JSON lines, instead of stderr. It is rotated: 5 files of 5 MB."
  ),
  Options.optional
)
