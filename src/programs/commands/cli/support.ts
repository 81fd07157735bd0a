/** `support`: one file for a bug report. */
import { Command, Options } from "@effect/cli"
import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Console, DateTime, Effect, Exit, Option } from "effect"
import { failureWords } from "../../../schemas/errors/platformWords.ts"
import { SupportFileUnusable } from "../../../schemas/errors/support.ts"
import { childrenLive } from "../chats/accountChild.ts"
import * as options from "./options.ts"
import { configFile } from "./root.ts"

const output = options
  .file("output")
  .pipe(
    Options.withDescription("The file to write. Default: imsg-gateway-support-TIME.json in this folder."),
    Options.optional
  )

/** The time is in UTC, and without what file systems do not like. */
const nameAt = (time: string): string =>
  `imsg-gateway-support-${time.slice(0, 19).replaceAll(/[:T]/gu, "-")}.json`

/** Opens a file that was not there, for its owner only; it is gone again where nothing came of it. */
const openNew = (file: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const unusable = (error: PlatformError) => new SupportFileUnusable({ file, detail: failureWords(error) })
    const opened = yield* Effect.mapError(fs.open(file, { flag: "wx", mode: 0o600 }), unusable)
    yield* Effect.addFinalizer((exit) =>
      Exit.isSuccess(exit) ? Effect.void : Effect.ignore(fs.remove(file))
    )
    return {
      write: (text: string) => Effect.mapError(opened.writeAll(new TextEncoder().encode(text)), unusable)
    }
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
      const now = DateTime.formatIso(yield* DateTime.now)
      const file = path.resolve(Option.getOrElse(output, () => nameAt(now)))
      // Gathering takes long: a file that cannot be is said before.
      const opened = yield* openNew(file)
      const gathered = yield* gather(yield* configFile(config))
      const { missing, report } = makeReport(gathered)
      yield* opened.write(`${JSON.stringify(report, undefined, 2)}\n`)
      yield* Console.log(written(file, missing))
    }).pipe(Effect.scoped, Effect.provide(childrenLive))
).pipe(
  Command.withDescription(
    "Writes one file for a bug report: versions, config, doctor, status and log, without words, handles or secrets."
  )
)
