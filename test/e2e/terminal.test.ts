/** A gateway whose terminal is closed. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { MAIN, startWith } from "../support/command.ts"
import { awaitControl } from "../support/control.ts"
import { makeHome } from "../support/gateway.ts"
import { program } from "../support/programs.ts"
import { eventually, isAlive, signal } from "../support/simulator.ts"

/** Runs a program in a terminal of its own, which is closed when this ends. */
const TERMINAL = "import pty, sys; pty.spawn(sys.argv[1:])"

/** A gateway in a terminal, begun by a line of the shell in which `"$@"` is the gateway; it is up. */
const inTerminal = (line: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const home = yield* makeHome({ imessage: { enabled: false } })
    const log = `${home.dir}/gateway.log`
    const gateway = ["node", MAIN, "--config", home.configFile, "--log-file", log]
    const terminal = yield* startWith(
      { HOME: home.dir, OUTPUT: `${home.dir}/nohup.out` },
      ...[yield* program("python3"), "-c", TERMINAL, "/bin/sh", "-c", line, "sh", ...gateway]
    )
    yield* awaitControl(home)
    const pid = Number(yield* fs.readFileString(`${home.stateDir}/gateway.pid`))
    yield* Effect.addFinalizer(() => signal(pid, "SIGKILL"))
    return { close: terminal.signal("SIGKILL"), log: fs.readFileString(log), pid }
  })

describe("a gateway whose terminal is closed", () => {
  it.scopedLive("goes on where it prints elsewhere, as under nohup, which leaves stdin where it is", () =>
    Effect.gen(function* () {
      const { close, log, pid } = yield* inTerminal(`trap "" HUP; exec "$@" >"$OUTPUT" 2>&1`)
      yield* close
      yield* eventually("a reload", log, (text) => text.includes("the config was read again"))
      expect(isAlive(pid)).toBe(true)
      expect(yield* log).not.toContain("stopping")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  const places = [
    { where: "the terminal", line: `exec "$@"` },
    { where: "the terminal, but for its errors", line: `exec "$@" 2>"$OUTPUT"` },
    { where: "the terminal, but for its output", line: `exec "$@" >"$OUTPUT"` }
  ]
  for (const { line, where } of places) {
    it.scopedLive(`stops where it prints on ${where}`, () =>
      Effect.gen(function* () {
        const { close, log, pid } = yield* inTerminal(line)
        yield* close
        yield* eventually(
          "the end",
          Effect.sync(() => isAlive(pid)),
          (alive) => !alive
        )
        expect(yield* log).toContain("stopping")
      }).pipe(Effect.provide(NodeContext.layer))
    )
  }
})
