/** `logs`: what the gateway wrote into its log file. */
import { Command, Options } from "@effect/cli"
import { FileSystem, Path } from "@effect/platform"
import { Console, Effect, Stream } from "effect"
import { stateDirOf } from "../../../layers/config/stateDirOf.ts"
import { LOG_DIR, LOG_FILE } from "../../../layers/logging/logFile.ts"
import { tail } from "../../../layers/logging/logFileReader.ts"
import { LogNotFound } from "../../../schemas/errors/service.ts"
import { become, Manner } from "./Ending.ts"
import { printLine } from "./logLine.ts"
import * as options from "./options.ts"
import { configFile } from "./root.ts"

const DEFAULT_LINES = 100

export const logsCommand = Command.make(
  "logs",
  {
    config: options.config,
    follow: Options.boolean("follow").pipe(
      Options.withAlias("f"),
      Options.withDescription("Go on with what is written, until Ctrl-C.")
    ),
    lines: Options.integer("lines").pipe(
      Options.withPseudoName("N"),
      Options.withAlias("n"),
      Options.withDescription("How many lines to begin with."),
      Options.withDefault(DEFAULT_LINES)
    ),
    json: Options.boolean("json").pipe(Options.withDescription("Print the JSON lines as they are."))
  },
  ({ config, follow, json, lines }) =>
    Effect.gen(function* () {
      if (follow) yield* become(Manner.Watch())
      const stateDir = yield* stateDirOf(yield* configFile(config))
      const path = yield* Path.Path
      const fs = yield* FileSystem.FileSystem
      const file = path.join(stateDir, LOG_DIR, LOG_FILE)
      if (!(yield* Effect.orElseSucceed(fs.exists(file), () => true))) return yield* new LogNotFound({ file })
      yield* Stream.runForEach(tail(file, { follow, lines }), json ? Console.log : printLine)
    })
).pipe(
  Command.withDescription(
    "Shows the log of the gateway that runs as a service, or with --log-file in its place."
  )
)
