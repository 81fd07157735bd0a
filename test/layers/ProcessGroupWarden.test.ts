/** What is left of process groups when the program that started them ends, by whatever cause. */
import { fileURLToPath } from "node:url"
import { Command } from "@effect/platform"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Schema } from "effect"
import { ProcessGroup } from "../../src/services/ProcessGroup.ts"
import { bundled } from "../support/bundled.ts"
import { firstLineOf, ProcessesLive, running } from "../support/processes.ts"
import { childrenOf } from "../support/processTable.ts"
import { eventually, signal } from "../support/simulator.ts"

const SPAWNER = fileURLToPath(new URL("../support/spawner.ts", import.meta.url))
const decodePids = Schema.decode(Schema.parseJson(Schema.NonEmptyArray(Schema.Int)))

/** Children of every stubborn kind; each prints its own id, and that of what it started. */
const CHILDREN = [
  "echo $$; exec sleep 1000",
  "trap '' TERM; echo $$; while :; do sleep 1000; done",
  "sleep 1000 & echo $$ $!; wait",
  "(trap '' TERM; exec sleep 1000) & echo $!",
  "echo $$; kill -STOP $$"
]

/** The program with its children, running. Whatever a failed test leaves is killed with its scope. */
const startSpawner = Effect.gen(function* () {
  const groups = yield* ProcessGroup
  const outfile = yield* bundled(SPAWNER)
  const program = yield* groups.spawn(Command.make(process.execPath, outfile, ...CHILDREN))
  const pids = yield* Effect.flatMap(firstLineOf(program), decodePids)
  yield* Effect.addFinalizer(() => Effect.forEach(pids, (pid) => signal(pid, "SIGKILL"), { discard: true }))
  expect(yield* running(pids)).toEqual(pids)
  return { program, pids }
})

/** The shells that watch over the groups of a program. */
const wardensOf = (program: number) =>
  Effect.map(childrenOf(program), (children) =>
    children.filter(({ command }) => command.includes("exec >/dev/null")).map(({ pid }) => pid)
  )

const noneLeft = (pids: ReadonlyArray<number>) =>
  eventually("no process", running(pids), (left) => left.length === 0, "20 seconds")

layer(ProcessesLive, { excludeTestServices: true })((it) => {
  describe("process groups", () => {
    it.scoped("are ended, and their warden too, when the program is stopped", () =>
      Effect.gen(function* () {
        const { pids, program } = yield* startSpawner
        const wardens = yield* wardensOf(program.pid)
        expect(wardens).toHaveLength(1)
        yield* signal(program.pid, "SIGTERM")
        yield* program.exit
        yield* noneLeft([...pids, ...wardens])
      })
    )

    it.scoped("are ended, and their warden too, when the program is killed", () =>
      Effect.gen(function* () {
        const { pids, program } = yield* startSpawner
        const wardens = yield* wardensOf(program.pid)
        yield* signal(program.pid, "SIGKILL")
        expect(yield* program.exit).toEqual({ code: undefined, signal: "SIGKILL" })
        yield* noneLeft([...pids, ...wardens])
      })
    )

    it.scoped("are ended when the program is killed after its warden was", () =>
      Effect.gen(function* () {
        const { pids, program } = yield* startSpawner
        const first = yield* wardensOf(program.pid)
        yield* Effect.forEach(first, (pid) => signal(pid, "SIGKILL"))
        const second = yield* eventually("another warden", wardensOf(program.pid), (wardens) =>
          wardens.some((pid) => !first.includes(pid))
        )
        yield* signal(program.pid, "SIGKILL")
        yield* noneLeft([...pids, ...second])
      })
    )
  })
})
