/** The built program as a command that runs to its end. */
import { fileURLToPath } from "node:url"
import { Command } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect, Stream } from "effect"

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url))

/** Runs a command, and answers its exit code and what it printed. */
export const run = (...args: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const process = yield* Command.start(
      Command.make("node", MAIN, ...args).pipe(Command.env({ NO_COLOR: "1" }))
    )
    const text = (stream: typeof process.stdout) => stream.pipe(Stream.decodeText(), Stream.mkString)
    const [code, stdout, stderr] = yield* Effect.all(
      [process.exitCode, text(process.stdout), text(process.stderr)],
      { concurrency: "unbounded" }
    )
    return { code: Number(code), stdout, stderr }
  }).pipe(Effect.scoped, Effect.provide(NodeContext.layer))
