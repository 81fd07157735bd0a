/** The name of a program that an upgrade does not take away. */
import { FileSystem } from "@effect/platform"
import { Effect } from "effect"

/** Homebrew keeps each version of a formula in a folder of its own, and removes the old one some time after an upgrade. */
const CELLAR = /^(?<prefix>.*)\/Cellar\/(?<formula>[^/]+)\/[^/]+\/(?<rest>.+)$/u
const LASTING = "$<prefix>/opt/$<formula>/$<rest>"

/** `/opt/homebrew/Cellar/node/22.12.0/bin/node` by Homebrew's own link, where that leads there; all others as they are. */
export const lastingPath = (program: string): Effect.Effect<string, never, FileSystem.FileSystem> =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const lasting = program.replace(CELLAR, LASTING)
    const [one, other] = yield* Effect.all([fs.realPath(program), fs.realPath(lasting)])
    return one === other ? lasting : program
  }).pipe(Effect.orElseSucceed(() => program))
