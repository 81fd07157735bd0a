/** Process groups, with real processes. */
import { Command, FileSystem, Path } from "@effect/platform"
import { describe, expect, layer } from "@effect/vitest"
import { Effect, Exit, Fiber, Scope, Stream } from "effect"
import { ProcessGroup, type SpawnOptions } from "../../src/services/ProcessGroup.ts"
import { firstLineOf, node, ProcessesLive, pidsOf, running, sh } from "../support/processes.ts"
import { eventually } from "../support/simulator.ts"

const spawn = (command: Command.Command, options?: SpawnOptions) =>
  Effect.flatMap(ProcessGroup, (groups) => groups.spawn(command, options))

/** Starts a process in a scope of its own, waits until it is ready, closes the scope, and gives how it ended. */
const endAfter = (command: Command.Command, options?: SpawnOptions) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const leader = yield* Scope.extend(spawn(command, options), scope)
    yield* firstLineOf(leader)
    yield* Scope.close(scope, Exit.void)
    return yield* leader.exit
  })

const IGNORES_TERM = node(
  "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('ready')"
)
const MEGABYTE = new Uint8Array(1024 * 1024).fill(120)

layer(ProcessesLive, { excludeTestServices: true })((it) => {
  describe("a process that ends by itself", () => {
    const endings = [
      { how: "with code 0", script: "exit 0", exit: { code: 0, signal: undefined } },
      { how: "with code 7", script: "exit 7", exit: { code: 7, signal: undefined } },
      { how: "by SIGTERM", script: "kill -TERM $$", exit: { code: undefined, signal: "SIGTERM" } },
      { how: "by SIGKILL", script: "kill -KILL $$", exit: { code: undefined, signal: "SIGKILL" } }
    ]
    for (const { exit, how, script } of endings) {
      it.scoped(`is seen to end ${how}`, () =>
        Effect.gen(function* () {
          const leader = yield* spawn(sh(script))
          expect(yield* leader.exit).toEqual(exit)
        })
      )
    }

    it.effect("is given its grace to end after its stdin has closed", () =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const leader = yield* Scope.extend(spawn(sh("cat; exit 3"), { graceMs: 20_000 }), scope)
        yield* Effect.forkDaemon(Stream.run(Stream.empty, leader.stdin))
        yield* Scope.close(scope, Exit.void)
        expect(yield* leader.exit).toEqual({ code: 3, signal: undefined })
      })
    )
  })

  describe("closing the scope", () => {
    const stubborn = [
      {
        who: "a process that ignores the end of its stdin",
        command: sh("echo ready; exec sleep 1000"),
        signal: "SIGTERM"
      },
      { who: "a process that ignores SIGTERM", command: IGNORES_TERM, signal: "SIGKILL" },
      { who: "a stopped process", command: sh("echo ready; kill -STOP $$"), signal: "SIGKILL" }
    ]
    for (const { command, signal, who } of stubborn) {
      it.effect(`ends ${who} with ${signal}`, () =>
        Effect.gen(function* () {
          expect(yield* endAfter(command, { graceMs: 20, termMs: 300 })).toEqual({ code: undefined, signal })
        })
      )
    }

    const families = [
      { when: "after its parent has ended", script: "sleep 1000 & echo $!" },
      { when: "with its parent", script: "sleep 1000 & echo $!; wait" },
      { when: "though it ignores SIGTERM", script: "(trap '' TERM; exec sleep 1000) & echo $!; wait" }
    ]
    for (const { script, when } of families) {
      it.effect(`ends a grandchild ${when}`, () =>
        Effect.gen(function* () {
          const scope = yield* Scope.make()
          const leader = yield* Scope.extend(spawn(sh(script), { termMs: 300 }), scope)
          const pids = yield* pidsOf(leader)
          expect(yield* running(pids)).toEqual(pids)
          yield* Scope.close(scope, Exit.void)
          yield* eventually("no grandchild", running(pids), (left) => left.length === 0)
        })
      )
    }

    it.effect("ends the process of an effect that is interrupted", () =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const leader = yield* Scope.extend(spawn(sh("echo ready; exec sleep 1000")), scope)
        yield* firstLineOf(leader)
        const user = yield* Effect.forkDaemon(Effect.onExit(Effect.never, (exit) => Scope.close(scope, exit)))
        yield* Effect.yieldNow()
        yield* Fiber.interrupt(user)
        expect(yield* leader.exit).toEqual({ code: undefined, signal: "SIGTERM" })
      })
    )

    it.effect("ends a stopped process whose stdin is full", () =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const leader = yield* Scope.extend(
          spawn(sh("echo ready; kill -STOP $$"), { graceMs: 20, termMs: 50 }),
          scope
        )
        yield* firstLineOf(leader)
        const writing = yield* Effect.forkDaemon(
          Stream.run(Stream.make(MEGABYTE, MEGABYTE), leader.stdin).pipe(Effect.raceFirst(leader.exit))
        )
        yield* Scope.close(scope, Exit.void)
        expect((yield* leader.exit).signal).toBe("SIGKILL")
        yield* Fiber.await(writing)
      })
    )
  })

  describe("stdin", () => {
    it.scoped("arrives whole, and its end too", () =>
      Effect.gen(function* () {
        const leader = yield* spawn(sh("wc -c"))
        yield* Effect.forkDaemon(Stream.run(Stream.make(MEGABYTE, MEGABYTE), leader.stdin))
        expect((yield* firstLineOf(leader)).trim()).toBe(String(2 * MEGABYTE.length))
      })
    )

    it.scoped("that the process has closed is a failure of its sink", () =>
      Effect.gen(function* () {
        const leader = yield* spawn(sh("exec 0<&-; echo ready; exec sleep 1000"))
        yield* firstLineOf(leader)
        const failure = yield* Effect.flip(Stream.run(Stream.make(MEGABYTE), leader.stdin))
        expect(failure.message).toContain("EPIPE")
      })
    )
  })

  describe("a command that cannot be started", () => {
    it.scoped.each([
      { what: "a missing program", file: "missing", reason: "NotFound" },
      { what: "a file that is not executable", file: "plain", reason: "PermissionDenied" },
      { what: "a path through a file", file: "plain/imsg", reason: "BadResource" }
    ])("is a failure: $what", ({ file, reason }) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const path = yield* Path.Path
        const dir = yield* fs.makeTempDirectoryScoped()
        yield* fs.writeFileString(path.join(dir, "plain"), "no program", { mode: 0o644 })
        const failure = yield* Effect.flip(spawn(Command.make(path.join(dir, file))))
        expect(failure).toMatchObject({ _tag: "SystemError", reason })
      })
    )

    it.scoped("is a failure: a folder to run in that does not exist", () =>
      Effect.gen(function* () {
        const failure = yield* Effect.flip(
          spawn(sh("true").pipe(Command.workingDirectory("/nowhere/at/all")))
        )
        expect(failure).toMatchObject({ _tag: "SystemError", reason: "NotFound" })
      })
    )

    it.scoped("is a failure: arguments that the system does not take", () =>
      Effect.gen(function* () {
        const failure = yield* Effect.flip(spawn(Command.make("/bin/sh", "-c", "x".repeat(4 * 1024 * 1024))))
        expect(failure).toMatchObject({ _tag: "SystemError" })
      })
    )
  })
})
