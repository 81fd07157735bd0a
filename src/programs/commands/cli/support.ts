/** `support`: one file for a bug report. */
import { Command, Options } from "@effect/cli"
import { FileSystem, Path } from "@effect/platform"
import { Console, Effect, Option } from "effect"
import { SupportFileUnusable } from "../../../schemas/errors/support.ts"
import { childrenLive } from "../chats/accountChild.ts"
import * as options from "./options.ts"
import { configFile } from "./root.ts"

const output = Options.text("output").pipe(
  Options.withDescription("The file to write. Default: imsg-gateway-support-TIME.json in this folder."),
  Options.optional
)

/** The time is in UTC, and without what file systems do not like. */
const nameAt = (time: string): string =>
  `imsg-gateway-support-${time.slice(0, 19).replaceAll(/[:T]/gu, "-")}.json`

/** Writes a file that was not there, for its owner only. */
const writeNew = (file: string, text: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    yield* Effect.mapError(
      fs.writeFileString(file, text, { flag: "wx", mode: 0o600 }),
      (error) =>
        new SupportFileUnusable({
          file,
          detail:
            error._tag === "SystemError" && error.reason === "AlreadyExists"
              ? "there is one of this name"
              : error.message
        })
    )
  })

export const supportCommand = Command.make(
  "support",
  { config: options.config, output },
  ({ config, output }) =>
    Effect.gen(function* () {
      const path = yield* Path.Path
      // What the other commands have no use for is loaded here only.
      const [{ gather }, { makeReport }, { written }] = yield* Effect.promise(() =>
        Promise.all([
          import("../support/gather.ts"),
          import("../support/report.ts"),
          import("../support/about.ts")
        ])
      )
      const gathered = yield* gather(yield* configFile(config))
      const { missing, report } = makeReport(gathered)
      const file = path.resolve(Option.getOrElse(output, () => nameAt(gathered.madeAt)))
      yield* writeNew(file, `${JSON.stringify(report, undefined, 2)}\n`)
      yield* Console.log(written(file, missing))
    }).pipe(Effect.provide(childrenLive))
).pipe(
  Command.withDescription(
    "Writes one file for a bug report: versions, config, doctor, status and log, without words, handles or secrets."
  )
)
