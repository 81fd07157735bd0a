/** `launchctl`, for one agent of the user who is signed in. */
import { Effect, Option, Schedule } from "effect"
import { ServiceStillRunning } from "../../../../schemas/errors/service.ts"
import { call, failed, type Outcome } from "../call.ts"
import { LABEL } from "../definition.ts"

const NO_LAUNCHCTL = "launchctl is a part of macOS; elsewhere use --platform systemd."

const domain = Effect.sync(() => `gui/${process.getuid?.() ?? 0}`)

/** What to do about an exit code; see `launchctl error CODE`. */
const remedyOf = ({ exitCode }: Outcome): string => {
  switch (exitCode) {
    case 5:
      return "It is loaded already, or launchd does not accept the file: `plutil -lint` checks it, and `launchctl bootout gui/$UID/dev.imsg-gateway` unloads what is there. Then run the command again."
    case 3:
    case 113:
      return "launchd does not know the service: `imsg-gateway service start` loads it."
    case 112:
    case 125:
      return "There is no graphical session of this user: sign in on the Mac's own screen (or by screen sharing) as the user who is to run it, and run the command in Terminal there, not over SSH and not with sudo."
    default:
      return "`launchctl error CODE` explains the code; `imsg-gateway service status` shows what launchd knows."
  }
}

const launchctl = (...args: ReadonlyArray<string>) => call(NO_LAUNCHCTL, "launchctl", ...args)

/** Fails unless the exit code is 0 or one of those that are as good. */
const accept = (outcome: Outcome, ...good: ReadonlyArray<number>) =>
  outcome.exitCode === 0 || good.includes(outcome.exitCode)
    ? Effect.void
    : Effect.fail(failed(outcome, remedyOf(outcome)))

/** Exit codes that say that the agent is not loaded; with 112 and 125 nothing is, since there is no graphical session. */
const NOT_LOADED: ReadonlyArray<number> = [3, 112, 113, 125]

/** What launchd says about the agent; none where it is not loaded. */
export const print = Effect.gen(function* () {
  const outcome = yield* launchctl("print", `${yield* domain}/${LABEL}`)
  if (outcome.exitCode === 0) return Option.some(outcome.stdout)
  yield* accept(outcome, ...NOT_LOADED)
  return Option.none<string>()
})

/** Loads the agent from its file. One that was disabled once is refused otherwise. */
export const bootstrap = (file: string) =>
  Effect.gen(function* () {
    const gui = yield* domain
    yield* launchctl("enable", `${gui}/${LABEL}`)
    const outcome = yield* launchctl("bootstrap", gui, file)
    yield* accept(outcome)
  })

/**
 * Unloads the agent, and waits until it has ended: launchd answers before, and refuses a new one until then. Fails with
 * `ServiceStillRunning` where it is there after so many seconds.
 */
export const bootout = (withinSeconds: number) =>
  Effect.gen(function* () {
    // 36: it is under way. All others: there is nothing to unload.
    yield* Effect.flatMap(launchctl("bootout", `${yield* domain}/${LABEL}`), (outcome) =>
      accept(outcome, 36, ...NOT_LOADED)
    )
    yield* print.pipe(
      Effect.repeat({ until: Option.isNone, schedule: Schedule.spaced("250 millis") }),
      Effect.timeoutFail({
        duration: `${withinSeconds} seconds`,
        onTimeout: () => new ServiceStillRunning({ seconds: withinSeconds })
      })
    )
  })

/** Starts the agent now, also where it runs or launchd would make it wait. */
export const kickstart = Effect.gen(function* () {
  const outcome = yield* launchctl("kickstart", "-k", `${yield* domain}/${LABEL}`)
  yield* accept(outcome)
})

/** A value of the agent itself in what `print` says; deeper ones are indented further. */
const field = (text: string, name: string): string | undefined =>
  new RegExp(`^\\t${name} = (.*)$`, "mu").exec(text)?.[1]?.trim()

/** The number that a value begins with: `78: EX_CONFIG`, `(never exited)`. */
const number = (text: string | undefined): number | undefined => {
  const digits = /^-?\d+/u.exec(text ?? "")?.[0]
  return digits === undefined ? undefined : Number(digits)
}

/** What `print` says, as data. It is made for people, so that what is not understood is left out. */
export const parsePrint = (text: string) => ({
  state: field(text, "state"),
  pid: number(field(text, "pid")),
  lastExitCode: number(field(text, "last exit code")),
  lastSignal: field(text, "last terminating signal")
})
