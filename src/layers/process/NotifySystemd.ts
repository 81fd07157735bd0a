/**
 * systemd's notifications, which are datagrams on a unix socket. Node has no such sockets, so `systemd-notify` sends
 * them: about 6 ms of processor time each, at a beat every half minute 0.02 %. What would save the process costs
 * more: a helper that stays takes megabytes, an add-on a compiler, and `OpenFile=`, by which systemd would hand over
 * the socket, is missing before 253. It waits until systemd has taken the message, so the sender cannot be gone by then.
 */
import { Command, CommandExecutor } from "@effect/platform"
import { Effect, Layer, Option, Schema } from "effect"
import { failureWords } from "../../schemas/errors/platformWords.ts"
import { Notify } from "../../services/Notify.ts"

/** What systemd sets for the service. None of it is for the service's own children: an agent must not speak for it. */
const VARIABLES = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"] as const

/** How long a message may take. */
const WITHIN = "5 seconds"

const Watchdog = Schema.Struct({
  WATCHDOG_USEC: Schema.NumberFromString.pipe(Schema.positive()),
  WATCHDOG_PID: Schema.optional(Schema.NumberFromString)
})

const watchdogOf = (variables: { readonly [name: string]: string | undefined }): Option.Option<number> =>
  Schema.decodeUnknownOption(Watchdog)(variables).pipe(
    Option.filter(({ WATCHDOG_PID }) => WATCHDOG_PID === undefined || WATCHDOG_PID === process.pid),
    Option.map(({ WATCHDOG_USEC }) => WATCHDOG_USEC / 1000)
  )

const takeVariables = Effect.sync(() => {
  const taken = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]))
  for (const name of VARIABLES) delete process.env[name]
  return taken
})

const silent = Notify.of({
  ready: Effect.void,
  stopping: Effect.void,
  alive: Effect.void,
  watchdogMs: Option.none()
})

const make = Effect.gen(function* () {
  const variables = yield* takeVariables
  const socket = variables.NOTIFY_SOCKET
  if (socket === undefined || socket === "") return silent
  const executor = yield* CommandExecutor.CommandExecutor
  const send = (...lines: ReadonlyArray<string>) =>
    Command.exitCode(
      Command.make("systemd-notify", ...lines).pipe(Command.env({ NOTIFY_SOCKET: socket }))
    ).pipe(
      Effect.filterOrFail(
        (code) => code === 0,
        (code) => new Error(`it ended with exit code ${code}`)
      ),
      Effect.timeout(WITHIN),
      Effect.catchAll((error) =>
        Effect.logWarning("systemd could not be told with `systemd-notify`").pipe(
          Effect.annotateLogs({ lines: lines.join(" "), detail: failureWords(error) })
        )
      ),
      Effect.provideService(CommandExecutor.CommandExecutor, executor),
      Effect.asVoid
    )
  return Notify.of({
    ready: send("READY=1"),
    stopping: send("STOPPING=1"),
    alive: send("WATCHDOG=1"),
    watchdogMs: watchdogOf(variables)
  })
})

/** Tells systemd where it asks to be told (`$NOTIFY_SOCKET`), nobody elsewhere. */
export const layer: Layer.Layer<Notify, never, CommandExecutor.CommandExecutor> = Layer.effect(Notify, make)
