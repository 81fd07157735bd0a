/**
 * The config for commands that work on the store: where that is they want to know, and of the rest most want little or
 * nothing. To decode a file takes longer than all that they do, so where its gateway says where the state is, the file is
 * decoded once somebody asks for the config.
 */
import type { FileSystem, Path } from "@effect/platform"
import { Effect, Option } from "effect"
import type { GatewayConfig } from "../../schemas/Config.ts"
import type { ConfigInvalid } from "../../schemas/errors/config.ts"
import { notedStateDir } from "./stateDirOf.ts"

interface WhenAsked {
  /** Where the store is: in a folder, or shared with other hosts. */
  readonly store: Pick<GatewayConfig, "stateDir" | "cluster">
  readonly config: Effect.Effect<GatewayConfig>
}

/**
 * Of a file that cannot be taken while a gateway runs by it they have the state folder alone. Where its store is, if that is
 * not there, the file alone says.
 */
export const configWhenAsked = (
  path: Option.Option<string>
): Effect.Effect<WhenAsked, ConfigInvalid, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const reading = Effect.promise(() => import("./configInUse.ts"))
    const noted = yield* notedStateDir(path, { withStore: true })
    if (Option.isNone(noted)) {
      const config = yield* Effect.flatMap(reading, ({ loaded }) => loaded(path))
      return { store: config, config: Effect.succeed(config) }
    }
    const stateDir = noted.value
    const platform = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
    const config = yield* Effect.cached(
      Effect.provide(
        Effect.flatMap(reading, ({ loadedBeside }) => loadedBeside(path, stateDir)),
        platform
      )
    )
    return { store: { stateDir }, config }
  })
