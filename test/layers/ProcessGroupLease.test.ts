/** What becomes of process groups under a lease, when the program that has it stands still, and when it goes on. */
import { fileURLToPath } from "node:url"
import { Command } from "@effect/platform"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Fiber, Layer, Mailbox, Option, Schema, Stream } from "effect"
import * as LeaseLive from "../../src/layers/cluster/LeaseLive.ts"
import * as ProcessGroupLive from "../../src/layers/process/ProcessGroupLive.ts"
import { Lease } from "../../src/services/Lease.ts"
import { ProcessGroup } from "../../src/services/ProcessGroup.ts"
import { bundled } from "../support/bundled.ts"
import { freeze, ProcessesLive, running, sh } from "../support/processes.ts"
import { childrenOf, processOf } from "../support/processTable.ts"
import { eventually, signal } from "../support/simulator.ts"

const LEASEHOLDER = fileURLToPath(new URL("../support/leaseholder.ts", import.meta.url))
/** Pauses of one program, one after the other. */
const ROUNDS = 3

const decodePids = Schema.decode(Schema.parseJson(Schema.NonEmptyArray(Schema.Int)))

/** The program, and the ids of its child and of what that started, whenever there is another one. */
const startLeaseholder = (heldMs: number, everyMs: number) =>
  Effect.gen(function* () {
    const groups = yield* ProcessGroup
    const program = yield* groups.spawn(
      Command.make(process.execPath, yield* bundled(LEASEHOLDER), String(heldMs), String(everyMs))
    )
    const lines = yield* Mailbox.fromStream(program.stdout.pipe(Stream.decodeText(), Stream.splitLines))
    return { program, nextChild: Effect.flatMap(lines.take, decodePids) }
  })

const isStopped = (pid: number) =>
  Effect.map(
    processOf(pid),
    Option.exists(({ state }) => state.startsWith("T"))
  )

const noneLeft = (pids: ReadonlyArray<number>) =>
  eventually("no process", running(pids), (left) => left.length === 0)

layer(ProcessesLive, { excludeTestServices: true })((it) => {
  describe("a program under a lease", () => {
    it.scoped("that stands still has no child when it goes on, and then begins another one", () =>
      Effect.gen(function* () {
        const { nextChild, program } = yield* startLeaseholder(1500, 200)
        for (let round = 0; round < ROUNDS; round++) {
          const child = yield* nextChild
          expect(yield* running(child)).toEqual(child)
          yield* freeze(program.pid)
          yield* noneLeft(child)
          expect(yield* isStopped(program.pid)).toBe(true)
          yield* signal(program.pid, "SIGCONT")
        }
        yield* nextChild
      })
    )

    it.scoped("that goes on keeps its child", () =>
      Effect.gen(function* () {
        const { nextChild, program } = yield* startLeaseholder(2500, 200)
        const child = yield* nextChild
        yield* Effect.sleep("3500 millis")
        expect(yield* running(child)).toEqual(child)
        // A warden, and a clock of its own: what went before it is gone. Between two of them there is none for a moment.
        const shells = yield* childrenOf(program.pid)
        const warden = shells.find(({ command }) => command.includes("exec >/dev/null"))
        yield* eventually("one clock", childrenOf(warden?.pid ?? 0), (clocks) => clocks.length === 1)
      })
    )

    it.scoped("that is killed leaves nothing, no clock either", () =>
      Effect.gen(function* () {
        const { nextChild, program } = yield* startLeaseholder(60_000, 100)
        const child = yield* nextChild
        const shells = (yield* childrenOf(program.pid)).map(({ pid }) => pid)
        const clocks = (yield* Effect.forEach(shells, childrenOf)).flat().map(({ pid }) => pid)
        yield* signal(program.pid, "SIGKILL")
        yield* noneLeft([...child, ...shells, ...clocks])
      })
    )

    it.scoped("that has none yet begins nothing until it has", () =>
      Effect.gen(function* () {
        const groups = yield* ProcessGroup
        const { now, renew } = yield* Lease
        const spawned = yield* Effect.fork(groups.spawn(sh("echo ready; exec sleep 1000")))
        yield* Effect.sleep("100 millis")
        expect(Option.isNone(yield* Fiber.poll(spawned))).toBe(true)
        yield* renew(yield* now)
        expect(yield* running([(yield* Fiber.join(spawned)).pid])).toHaveLength(1)
      }).pipe(Effect.provide(ProcessGroupLive.layer.pipe(Layer.provideMerge(LeaseLive.layer(60_000)))))
    )
  })
})
