/** Programs that run to their end: the built one, and others. */
import { fileURLToPath } from "node:url"
import { Command } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect, Fiber, Ref, Stream } from "effect"
import { isAlive, signal } from "./simulator.ts"

/** The built program. */
export const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url))

/** Starts a program with an environment. At the end of the scope it is ended, if it still runs. */
export const startWith = (
  env: Record<string, string | undefined>,
  program: string,
  ...args: ReadonlyArray<string>
) =>
  Effect.gen(function* () {
    const process = yield* Command.start(Command.make(program, ...args).pipe(Command.env(env)))
    const gather = (stream: typeof process.stdout) =>
      Effect.gen(function* () {
        const seen = yield* Ref.make("")
        const gathering = yield* stream.pipe(
          Stream.decodeText(),
          Stream.runForEach((text) => Ref.update(seen, (before) => before + text)),
          Effect.forkScoped
        )
        return { seen: Ref.get(seen), whole: Effect.zipRight(Fiber.join(gathering), Ref.get(seen)) }
      })
    const stdout = yield* gather(process.stdout)
    const stderr = yield* gather(process.stderr)
    yield* Effect.addFinalizer(() => (isAlive(process.pid) ? signal(process.pid, "SIGKILL") : Effect.void))
    return {
      pid: process.pid,
      stdout: stdout.seen,
      stderr: stderr.seen,
      signal: (name: NodeJS.Signals) => signal(process.pid, name),
      /** How it ended, and all that it printed. */
      ended: Effect.all({
        code: Effect.map(process.exitCode, Number),
        stdout: stdout.whole,
        stderr: stderr.whole
      })
    }
  }).pipe(Effect.provide(NodeContext.layer))

/** Runs a program with an environment; answers its exit code and what it printed. */
export const runWith = (...program: Parameters<typeof startWith>) =>
  Effect.scoped(Effect.flatMap(startWith(...program), ({ ended }) => ended))

/** Runs a command of the built program. */
export const run = (...args: ReadonlyArray<string>) => runWith({ NO_COLOR: "1" }, "node", MAIN, ...args)

/** Starts a command of the built program. */
export const start = (...args: ReadonlyArray<string>) => startWith({ NO_COLOR: "1" }, "node", MAIN, ...args)
