/** SIGHUP, by which programs that run for long are told to read their config again. */
import { Effect, Stream } from "effect"
import { reloadConfig } from "./reloadConfig.ts"

const hangUps = Stream.async<void>((emit) => {
  const listener = () => void emit.single(undefined)
  process.on("SIGHUP", listener)
  return Effect.sync(() => process.off("SIGHUP", listener))
})

/** Applies the config again at each signal, for ever; a refusal is said in the log. */
export const reloadOnHangUp = Stream.runForEach(hangUps, () =>
  Effect.catchAll(reloadConfig, (error) =>
    Effect.logError(`the config is not reloaded: ${error.message}`).pipe(
      Effect.annotateLogs({ code: error.code, hint: error.hint })
    )
  )
)
