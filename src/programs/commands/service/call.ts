/** Programs of the system, run to their end. */
import { Command } from "@effect/platform"
import { Effect, Stream } from "effect"
import { withEnvironment } from "../../../layers/config/environment.ts"
import { failureWords } from "../../../schemas/errors/platformWords.ts"
import { ServiceCommandFailed } from "../../../schemas/errors/service.ts"

/** Where a user's own systemd is reached. */
const OF_SYSTEMD = ["XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"]

/** How a program ended, and what it printed. */
export interface Outcome {
  readonly command: string
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program, and answers how it ended, whatever its exit code. `remedy` says what to do where it cannot be run. */
export const call = (remedy: string, program: string, ...args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const running = yield* Command.start(
      yield* withEnvironment(Command.make(program, ...args), { env: {}, passEnv: OF_SYSTEMD })
    )
    const text = (stream: typeof running.stdout) => stream.pipe(Stream.decodeText(), Stream.mkString)
    const [exitCode, stdout, stderr] = yield* Effect.all(
      [running.exitCode, text(running.stdout), text(running.stderr)],
      { concurrency: "unbounded" }
    )
    const outcome: Outcome = {
      command: [program, ...args].join(" "),
      exitCode: Number(exitCode),
      stdout,
      stderr
    }
    return outcome
  }).pipe(
    Effect.scoped,
    Effect.mapError(
      (error) =>
        new ServiceCommandFailed({
          command: [program, ...args].join(" "),
          detail: failureWords(error),
          remedy
        })
    )
  )

/** The failure of a program that ended as `outcome` says. */
export const failed = ({ command, exitCode, stderr, stdout }: Outcome, remedy: string) =>
  new ServiceCommandFailed({
    command,
    exitCode,
    detail: (stderr.trim() === "" ? stdout : stderr).trim().replaceAll("\n", "; "),
    remedy
  })
