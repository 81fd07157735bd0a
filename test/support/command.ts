/** Programs that run to their end: the built one, and others. */
import { fileURLToPath } from "node:url"
import { Command } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect, Stream } from "effect"

/** The built program. */
export const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url))

/** Runs a program with an environment; answers its exit code and what it printed. */
export const runWith = (
  env: Record<string, string | undefined>,
  program: string,
  ...args: ReadonlyArray<string>
) =>
  Effect.gen(function* () {
    const process = yield* Command.start(Command.make(program, ...args).pipe(Command.env(env)))
    const text = (stream: typeof process.stdout) => stream.pipe(Stream.decodeText(), Stream.mkString)
    const [code, stdout, stderr] = yield* Effect.all(
      [process.exitCode, text(process.stdout), text(process.stderr)],
      { concurrency: "unbounded" }
    )
    return { code: Number(code), stdout, stderr }
  }).pipe(Effect.scoped, Effect.provide(NodeContext.layer))

/** Runs a command of the built program. */
export const run = (...args: ReadonlyArray<string>) => runWith({ NO_COLOR: "1" }, "node", MAIN, ...args)
