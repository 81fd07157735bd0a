/**
 * SIGHUP, by which programs that run for long are told to read their config again. Where the
 * gateway prints on a terminal it says that the terminal is gone: nobody sees the gateway any more, and it stops.
 */
import { Effect, Stream } from "effect"
import { OnBehalfOf } from "../../services/Audit.ts"
import { reloadConfig } from "./reloadConfig.ts"

const hangUps = Stream.async<void>((emit) => {
  const listener = () => void emit.single(undefined)
  process.on("SIGHUP", listener)
  return Effect.sync(() => process.off("SIGHUP", listener))
})

/** Not by stdin: nohup leaves that on the terminal, on macOS, and redirects the others. */
const printsOnTerminal = (): boolean => process.stdout.isTTY || process.stderr.isTTY

const stop = Effect.asVoid(Effect.sync(() => process.kill(process.pid, "SIGTERM")))

const onSignal = Effect.provideService(OnBehalfOf, { _tag: "Signal", signal: "SIGHUP" })

const reloadOrSay = Effect.catchAll(onSignal(reloadConfig), (error) =>
  Effect.logError(`the config is not reloaded: ${error.message}`).pipe(
    Effect.annotateLogs({ code: error.code, hint: error.hint })
  )
)

/** Stops, or applies the config again, at each signal, for ever; a refusal is said in the log. */
export const followHangUps = Effect.suspend(() => {
  const act = printsOnTerminal() ? stop : Effect.asVoid(reloadOrSay)
  return Stream.runForEach(hangUps, () => act)
})
