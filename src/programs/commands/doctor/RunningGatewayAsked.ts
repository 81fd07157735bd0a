/** The running gateway, asked over its control socket. */
import type { FileSystem, Path } from "@effect/platform"
import { Effect, Layer } from "effect"
import { askStatus } from "../../control/askStatus.ts"
import { RunningGateway } from "./RunningGateway.ts"

/** Asks the gateway of a state folder; whatever keeps it from answering, it counts as not running. */
export const layerAsked = (
  stateDir: string
): Layer.Layer<RunningGateway, never, FileSystem.FileSystem | Path.Path> =>
  Layer.effect(
    RunningGateway,
    Effect.map(Effect.context<FileSystem.FileSystem | Path.Path>(), (platform) => ({
      accounts: askStatus(stateDir).pipe(
        Effect.map(({ accounts }) =>
          accounts.map(({ clockBehindMs, id, lastError, reason, state }) => ({
            id,
            state,
            reason,
            clockBehindMs,
            ...(lastError === null ? {} : { lastError })
          }))
        ),
        Effect.option,
        Effect.provide(platform)
      )
    }))
  )
