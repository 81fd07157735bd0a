/** Logs go to stderr: for people where it is a terminal, as JSON lines elsewhere. Or they go to a file. */
import type { FileSystem, Path } from "@effect/platform"
import { Effect, Layer, Logger, Option } from "effect"
import type { LogFileUnusable } from "../../schemas/errors/service.ts"
import { notForTerminal } from "../terminal/forTerminal.ts"
import { jsonLogger } from "../terminal/jsonLogger.ts"
import { prettyLogger } from "../terminal/prettyLogger.ts"
import { open } from "./logFile.ts"

export type LogFormat = "pretty" | "json"

const pretty = prettyLogger({ stderr: true })
const json = Logger.withConsoleError(Logger.jsonLogger)
const jsonOnTerminal = Logger.withConsoleError(jsonLogger)

const isPretty = (format: LogFormat | undefined): boolean =>
  (format ?? (process.stderr.isTTY ? "pretty" : "json")) === "pretty"

/** Whether somebody looks on: the log goes to a terminal, as people read it. */
export const isOnTerminal = (format: LogFormat | undefined): boolean =>
  process.stderr.isTTY && isPretty(format)

const toStderr = (format: LogFormat | undefined) => {
  if (isPretty(format)) return pretty
  return process.stderr.isTTY ? jsonOnTerminal : json
}

/** JSON lines in a file that rotates; a terminal is told as well. */
const toFile = (file: string, format: LogFormat | undefined) =>
  Effect.map(open(file), (log) => {
    const lines = notForTerminal(
      Logger.make<unknown, void>((options) =>
        log.write(Logger.jsonLogger.log(options), options.date.getTime())
      )
    )
    return process.stderr.isTTY ? Logger.zipLeft(lines, toStderr(format)) : lines
  })

/**
 * `format` as asked for, else by what stderr is. With a file the log goes there, as JSON lines whatever the format,
 * and to stderr only where that is a terminal.
 */
export const layer = (
  format: LogFormat | undefined,
  file: Option.Option<string> = Option.none()
): Layer.Layer<never, LogFileUnusable, FileSystem.FileSystem | Path.Path> =>
  Option.match(file, {
    onNone: () => Logger.replace(Logger.defaultLogger, toStderr(format)),
    onSome: (name) =>
      Layer.unwrapScoped(
        Effect.map(toFile(name, format), (logger) => Logger.replace(Logger.defaultLogger, logger))
      )
  })
