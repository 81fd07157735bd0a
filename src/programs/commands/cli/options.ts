/** Options that several commands share. */
import { HelpDoc, Options, ValidationError } from "@effect/cli"
import { FileSystem } from "@effect/platform"
import { Effect, Option } from "effect"
import type { LogFormat } from "../../../layers/logging/LoggerLive.ts"

/** A file, which need not be there: what it is to be used for says what is wrong with it. Shells complete it. */
export const file = (name: string) => Options.text(name).pipe(Options.withPseudoName("FILE"))

export const config = file("config").pipe(
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

/** A failure of an option's value, which names the option: `--limit: 0 is not a number from 1 to 1000`. */
export const badValue = (option: string, words: string): ValidationError.ValidationError =>
  ValidationError.invalidValue(HelpDoc.p(`--${option}: ${words}`))

/** A file that an option names, which has to be there. What cannot be looked at is said by whoever reads it. */
export const thatIsThere = (option: string) => (file: string) =>
  FileSystem.FileSystem.pipe(
    Effect.flatMap((fs) => fs.exists(file)),
    Effect.orElseSucceed(() => true),
    Effect.filterOrFail(
      (isThere) => isThere,
      () => badValue(option, `there is no file ${file}`)
    ),
    Effect.as(file)
  )

/** How many of something, from 1 to `most`. */
export const limit = (most: number, description: string, otherwise: number) =>
  Options.integer("limit").pipe(
    Options.withPseudoName("N"),
    Options.withDescription(description),
    Options.withDefault(otherwise),
    Options.mapEffect((count) =>
      count >= 1 && count <= most
        ? Effect.succeed(count)
        : Effect.fail(badValue("limit", `${count} is not a number from 1 to ${most}`))
    )
  )

export const trace = Options.boolean("trace").pipe(
  Options.withDescription(
    "Log how long each row, turn, send and start of imsg takes, with ids and without words."
  )
)

export const logFile = file("log-file").pipe(
  Options.withDescription(
    "Log to this file, as JSON lines, instead of stderr. It is rotated: 5 files of 5 MB."
  ),
  Options.optional
)
