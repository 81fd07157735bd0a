/** Logs go to stderr: for people where it is a terminal, as JSON lines elsewhere. */
import { type Layer, Logger } from "effect"

export type LogFormat = "pretty" | "json"

const pretty = Logger.prettyLogger({ stderr: true, colors: "auto", mode: "tty" })
const json = Logger.withConsoleError(Logger.jsonLogger)

/** `format` as asked for, else by what stderr is. */
export const layer = (format: LogFormat | undefined): Layer.Layer<never> =>
  Logger.replace(
    Logger.defaultLogger,
    (format ?? (process.stderr.isTTY ? "pretty" : "json")) === "pretty" ? pretty : json
  )
