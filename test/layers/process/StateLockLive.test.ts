/** The lock of a state folder, between real processes where it is about processes. */
import { fileURLToPath } from "node:url"
import { Command, FileSystem, Path } from "@effect/platform"
import { SystemError } from "@effect/platform/Error"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Exit, Layer, Scope, Stream } from "effect"
import { build } from "esbuild"
import * as StateLockLive from "../../../src/layers/process/StateLockLive.ts"
import { signal } from "../../support/simulator.ts"

const ROOT = fileURLToPath(new URL("../../../", import.meta.url))

/** Takes the lock of the folder that it is given, says so, and holds it. */
const HOLDER = `
import { NodeContext } from "@effect/platform-node"
import { Console, Effect, Layer } from "effect"
import { layer } from "./src/layers/process/StateLockLive.ts"

Effect.runFork(
  Layer.launch(Layer.tap(layer(process.argv[2]), () => Console.log("held"))).pipe(
    Effect.provide(NodeContext.layer)
  )
)
`

const tempFolder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

/** Starts another process that holds the lock, and waits until it does. */
const startHolder = (stateDir: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const { join } = yield* Path.Path
    // Below the project, so that it finds the project's packages.
    const cache = join(ROOT, "node_modules", ".cache")
    yield* fs.makeDirectory(cache, { recursive: true })
    const script = join(yield* fs.makeTempDirectoryScoped({ directory: cache }), "holder.mjs")
    yield* Effect.promise(() =>
      build({
        stdin: { contents: HOLDER, resolveDir: ROOT, loader: "ts" },
        bundle: true,
        packages: "external",
        platform: "node",
        format: "esm",
        outfile: script,
        logLevel: "silent"
      })
    )
    const holder = yield* Command.start(Command.make(process.execPath, script, stateDir))
    yield* Effect.addFinalizer(() => signal(holder.pid, "SIGKILL"))
    yield* holder.stdout.pipe(Stream.decodeText(), Stream.splitLines, Stream.take(1), Stream.runDrain)
    return holder
  })

const acquire = (stateDir: string) => Layer.build(StateLockLive.layer(stateDir))

describe("the lock of a state folder", () => {
  it.scoped("makes the folder, for its owner only", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      const stateDir = join(yield* tempFolder, "a", "b")
      yield* acquire(stateDir)
      expect((yield* fs.stat(stateDir)).mode & 0o777).toBe(0o700)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("takes a folder that others can read from them", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const stateDir = yield* tempFolder
      yield* fs.chmod(stateDir, 0o755)
      yield* acquire(stateDir)
      expect((yield* fs.stat(stateDir)).mode & 0o777).toBe(0o700)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is refused to a second one of the same process, with the pid", () =>
    Effect.gen(function* () {
      const stateDir = yield* tempFolder
      yield* acquire(stateDir)
      expect(yield* Effect.flip(acquire(stateDir))).toMatchObject({
        _tag: "AlreadyRunning",
        stateDir,
        pid: process.pid,
        isStarting: true,
        hint: expect.stringContaining("`imsg-gateway logs` says what for")
      })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is still held after it was refused to another", () =>
    Effect.gen(function* () {
      const stateDir = yield* tempFolder
      yield* acquire(stateDir)
      yield* Effect.flip(acquire(stateDir))
      expect(yield* Effect.flip(acquire(stateDir))).toMatchObject({
        _tag: "AlreadyRunning",
        pid: process.pid
      })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is free when its holder's scope is closed, and its pid is gone", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      const stateDir = yield* tempFolder
      const scope = yield* Scope.make()
      yield* Scope.extend(acquire(stateDir), scope)
      yield* Scope.close(scope, Exit.void)
      expect(yield* fs.exists(join(stateDir, "gateway.pid"))).toBe(false)
      yield* acquire(stateDir)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("of one folder does not lock another", () =>
    Effect.gen(function* () {
      yield* acquire(yield* tempFolder)
      yield* acquire(yield* tempFolder)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  const pids = [
    { what: "is missing", content: undefined },
    { what: "is empty", content: "" },
    { what: "is damaged", content: "12three" }
  ]
  for (const { content, what } of pids) {
    it.scoped(`is refused without a pid where the pid file ${what}`, () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { join } = yield* Path.Path
        const stateDir = yield* tempFolder
        yield* acquire(stateDir)
        const pidFile = join(stateDir, "gateway.pid")
        yield* content === undefined ? fs.remove(pidFile) : fs.writeFileString(pidFile, content)
        const refused = yield* Effect.flip(acquire(stateDir))
        expect(refused._tag).toBe("AlreadyRunning")
        expect(refused).not.toHaveProperty("pid")
      }).pipe(Effect.provide(NodeContext.layer))
    )
  }

  it.scoped("is refused as unusable where the folder cannot be made", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      const file = join(yield* tempFolder, "file")
      yield* fs.writeFileString(file, "")
      expect(yield* Effect.flip(acquire(join(file, "state")))).toMatchObject({
        _tag: "StoreUnavailable",
        detail: "its folder cannot be made: what should be a folder on the way to it is a file"
      })
      expect(yield* Effect.flip(acquire(file))).toMatchObject({
        _tag: "StoreUnavailable",
        detail: "its folder cannot be made: there is something of that name already"
      })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is refused as unusable where others cannot be shut out of the folder", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const stateDir = yield* tempFolder
      const refusing = FileSystem.FileSystem.of({
        ...fs,
        chmod: (pathOrDescriptor) =>
          Effect.fail(
            new SystemError({
              ...{ module: "FileSystem", method: "chmod", reason: "Unknown", pathOrDescriptor },
              cause: Object.assign(new Error("EPERM: operation not permitted"), { code: "EPERM" })
            })
          )
      })
      const refused = Effect.provideService(acquire(stateDir), FileSystem.FileSystem, refusing)
      expect((yield* Effect.flip(refused)).message).toMatch(
        /cannot be used: its folder cannot be closed to others \(`chmod 700`\): the system does not allow it/u
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is refused as unusable where the lock file is no database", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      const stateDir = yield* tempFolder
      yield* fs.writeFileString(join(stateDir, "lock.db"), "this is no database".repeat(100))
      expect(yield* Effect.flip(acquire(stateDir))).toMatchObject({
        _tag: "StoreUnavailable",
        file: join(stateDir, "lock.db")
      })
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("the lock that another process holds", () => {
  it.scoped("is refused, with the pid of that process", () =>
    Effect.gen(function* () {
      const stateDir = yield* tempFolder
      const holder = yield* startHolder(stateDir)
      expect(yield* Effect.flip(acquire(stateDir))).toMatchObject({
        _tag: "AlreadyRunning",
        stateDir,
        pid: holder.pid
      })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("is free as soon as that process is killed, whatever it left behind", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { join } = yield* Path.Path
      const stateDir = yield* tempFolder
      const holder = yield* startHolder(stateDir)
      yield* signal(holder.pid, "SIGKILL")
      yield* Effect.exit(holder.exitCode)
      expect((yield* fs.readFileString(join(stateDir, "gateway.pid"))).trim()).toBe(String(holder.pid))

      yield* acquire(stateDir)
      expect((yield* fs.readFileString(join(stateDir, "gateway.pid"))).trim()).toBe(String(process.pid))
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
