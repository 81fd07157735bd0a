/** Process groups, with real processes. */
import { Command, FileSystem, Path } from "@effect/platform"
import { describe, expect, layer } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber, Scope, Stream } from "effect"
import {
  feed,
  type GroupLeader,
  ProcessGroup,
  type SpawnOptions
} from "../../../src/services/ProcessGroup.ts"
import { firstLineOf, freeze, node, ProcessesLive, pidsOf, running, sh } from "../../support/processes.ts"
import { eventually } from "../../support/simulator.ts"

const spawn = (command: Command.Command, options?: SpawnOptions) =>
  Effect.flatMap(ProcessGroup, (groups) => groups.spawn(command, options))

/** A process in a scope of its own, once it has printed a line, and what closes that scope. */
const start = (command: Command.Command, options?: SpawnOptions) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const leader = yield* Scope.extend(spawn(command, options), scope)
    yield* firstLineOf(leader)
    return { leader, close: Scope.close(scope, Exit.void) }
  })

const IGNORES_TERM = node(
  "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('ready')"
)
const SLEEPER = sh("echo ready; exec sleep 1000")
/** More than a pipe holds. */
const MEGABYTE = "x".repeat(1024 * 1024)

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
        yield* feed(leader, Stream.empty)
        yield* Scope.close(scope, Exit.void)
        expect(yield* leader.exit).toEqual({ code: 3, signal: undefined })
      })
    )
  })

  describe("closing the scope", () => {
    it.effect("ends a process that ignores the end of its stdin with SIGTERM", () =>
      Effect.gen(function* () {
        const { close, leader } = yield* start(SLEEPER, { graceMs: 20, termMs: 20_000 })
        yield* close
        expect(yield* leader.exit).toEqual({ code: undefined, signal: "SIGTERM" })
      })
    )

    it.effect("ends a process that ignores SIGTERM with SIGKILL", () =>
      Effect.gen(function* () {
        const { close, leader } = yield* start(IGNORES_TERM, { termMs: 50 })
        yield* close
        expect(yield* leader.exit).toEqual({ code: undefined, signal: "SIGKILL" })
      })
    )

    it.effect("ends a stopped process with SIGKILL", () =>
      Effect.gen(function* () {
        const { close, leader } = yield* start(SLEEPER, { termMs: 50 })
        yield* freeze(leader.pid)
        yield* close
        expect(yield* leader.exit).toEqual({ code: undefined, signal: "SIGKILL" })
      })
    )

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

    it.effect("waits for the end also where the scope closes by an interruption", () =>
      Effect.gen(function* () {
        const started = yield* Deferred.make<GroupLeader>()
        const user = yield* Effect.gen(function* () {
          const leader = yield* spawn(IGNORES_TERM, { termMs: 50 })
          yield* firstLineOf(leader)
          yield* Deferred.succeed(started, leader)
          return yield* Effect.never
        }).pipe(Effect.scoped, Effect.fork)
        const leader = yield* Deferred.await(started)
        yield* Fiber.interrupt(user)
        expect(yield* running([leader.pid])).toEqual([])
        expect(yield* leader.exit).toEqual({ code: undefined, signal: "SIGKILL" })
      })
    )

    it.effect("ends a process also where an interruption comes while the scope closes", () =>
      Effect.gen(function* () {
        const started = yield* Deferred.make<GroupLeader>()
        const isClosing = yield* Deferred.make<void>()
        const user = yield* Effect.gen(function* () {
          const leader = yield* spawn(SLEEPER, { graceMs: 300, termMs: 50 })
          yield* firstLineOf(leader)
          yield* freeze(leader.pid)
          yield* Deferred.succeed(started, leader)
          yield* Effect.addFinalizer(() => Deferred.succeed(isClosing, undefined))
        }).pipe(Effect.scoped, Effect.fork)
        const leader = yield* Deferred.await(started)
        yield* Deferred.await(isClosing)
        yield* Fiber.interrupt(user)
        expect(yield* leader.exit).toEqual({ code: undefined, signal: "SIGKILL" })
      })
    )

    it.effect("ends a stopped process whose stdin is full, and with it who writes there", () =>
      Effect.gen(function* () {
        const { close, leader } = yield* start(SLEEPER, { graceMs: 20, termMs: 50 })
        yield* freeze(leader.pid)
        const writer = yield* feed(leader, Stream.make(MEGABYTE, MEGABYTE))
        yield* close
        expect(yield* leader.exit).toEqual({ code: undefined, signal: "SIGKILL" })
        yield* Fiber.await(writer)
      })
    )
  })

  describe("input", () => {
    it.scoped("arrives whole, and its end too", () =>
      Effect.gen(function* () {
        const leader = yield* spawn(sh("wc -c"))
        yield* feed(leader, Stream.make(MEGABYTE, MEGABYTE))
        expect((yield* firstLineOf(leader)).trim()).toBe(String(2 * MEGABYTE.length))
      })
    )

    it.scoped("that a process refuses while it lives is a failure of the writer", () =>
      Effect.gen(function* () {
        const leader = yield* spawn(sh("exec 0<&-; echo ready; exec sleep 1000"))
        yield* firstLineOf(leader)
        const writer = yield* feed(leader, Stream.make(MEGABYTE))
        expect(yield* Effect.flip(Fiber.join(writer))).toMatchObject({
          message: expect.stringContaining("EPIPE")
        })
      })
    )

    it.scoped("that a process leaves unread when it ends does not keep the writer", () =>
      Effect.gen(function* () {
        const leader = yield* spawn(sh("read -r line; exit 5"))
        const writer = yield* feed(leader, Stream.make("go\n", MEGABYTE, MEGABYTE))
        expect(yield* leader.exit).toEqual({ code: 5, signal: undefined })
        yield* Fiber.await(writer)
      })
    )

    it.effect("may be refused after its scope has closed", () =>
      Effect.gen(function* () {
        const scope = yield* Scope.make()
        const leader = yield* Scope.extend(
          spawn(sh("echo ready; sleep 0.1; exec 0<&-; sleep 0.1"), { graceMs: 20_000 }),
          scope
        )
        yield* firstLineOf(leader)
        const writer = yield* feed(leader, Stream.make(MEGABYTE))
        yield* Scope.close(scope, Exit.void)
        expect(yield* leader.exit).toEqual({ code: 0, signal: undefined })
        yield* Fiber.await(writer)
      })
    )
  })

  describe("a command that cannot be started", () => {
    it.scoped.each([
      { what: "a missing program", file: "missing", reason: "NotFound" },
      { what: "a file that is not executable", file: "plain", reason: "PermissionDenied" },
      { what: "a path through a file", file: "plain/imsg", reason: "Unknown" }
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
