/** The command line: what it prints, and how it exits. */
import { fileURLToPath } from "node:url"
import { Command, FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Stream } from "effect"
import { makeHome, openAccount, startGateway } from "../support/gateway.ts"
import { eventually, isAlive, makeSimulator, signal } from "../support/simulator.ts"

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url))

/** Runs a command to its end. */
const run = (...args: ReadonlyArray<string>) =>
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
  }).pipe(Effect.scoped)

describe("a config that cannot be used", () => {
  const withConfig = (text: string) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const dir = yield* fs.makeTempDirectoryScoped()
      const file = `${dir}/config.json5`
      yield* fs.writeFileString(file, text)
      return { file, ...(yield* run("--config", file)) }
    }).pipe(Effect.provide(NodeContext.layer))

  it.scopedLive("exits 2 with one line a problem and no stack", () =>
    Effect.gen(function* () {
      const { code, file, stderr } = yield* withConfig(
        '{ imessage: { dmPolicy: "pairng", textChunkLimt: 100, supervision: { heartbeatMs: "soon" } } }'
      )
      expect(code).toBe(2)
      const lines = stderr.trim().split("\n")
      expect(lines.filter((line) => line.startsWith(`${file}: `)).length).toBe(3)
      expect(stderr).toContain("imessage.dmPolicy: ")
      expect(stderr).toContain("imessage.textChunkLimt: ")
      expect(stderr).toContain("imessage.supervision.heartbeatMs: ")
      expect(stderr).not.toMatch(/^\s+at /mu)
    })
  )

  it.scopedLive("exits 2 where it is no JSON5", () =>
    Effect.map(withConfig("{ imessage: "), ({ code, stderr }) => {
      expect(code).toBe(2)
      expect(stderr).not.toMatch(/^\s+at /mu)
    })
  )

  it.scopedLive("exits 2 where it is missing, and names it", () =>
    Effect.map(run("--config", "/nowhere/config.json5"), ({ code, stderr }) => {
      expect(code).toBe(2)
      expect(stderr).toContain("/nowhere/config.json5")
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("the command line", () => {
  it.scopedLive("exits 2 on an option that it does not know", () =>
    Effect.map(run("--confg", "x"), ({ code }) => {
      expect(code).toBe(2)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("prints a JSON Schema with `config schema`", () =>
    Effect.map(run("config", "schema"), ({ code, stdout }) => {
      expect(code).toBe(0)
      expect(JSON.parse(stdout).properties.imessage).toBeDefined()
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("shows the demo without questions, and exits 0", () =>
    Effect.map(run("demo"), ({ code, stdout }) => {
      expect(code).toBe(0)
      expect(stdout).toContain("echo: And now?")
      expect(stdout).toContain("echo: @Robin what about the weather?")
      expect(stdout).toContain("echo: Did that hurt?")
      expect(stdout).not.toContain("\u001b[")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("leaves nothing behind when the demo is killed", () =>
    Effect.gen(function* () {
      const demo = yield* Command.start(Command.make("node", MAIN, "demo"))
      const imsgPid = yield* demo.stdout.pipe(
        Stream.decodeText(),
        Stream.splitLines,
        Stream.filterMap((line) => Option.fromNullable(/\(pid (\d+)\)/u.exec(line)?.[1])),
        Stream.runHead,
        Effect.map(Option.match({ onNone: () => 0, onSome: Number }))
      )
      expect(isAlive(imsgPid)).toBe(true)
      yield* signal(demo.pid, "SIGKILL")
      yield* eventually(
        "the end of imsg",
        Effect.sync(() => isAlive(imsgPid)),
        (alive) => !alive
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("refuses `demo --interactive` without a terminal", () =>
    Effect.map(run("demo", "--interactive"), ({ code, stderr }) => {
      expect(code).toBe(1)
      expect(stderr).toContain("needs a terminal")
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("two gateways on one state folder", () => {
  it.scopedLive("the second exits 1 with the first one's pid; after `kill -9` the next starts at once", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const home = yield* makeHome({ imessage: openAccount(imsg) })
      const first = yield* startGateway(home)
      yield* first.awaitRunning()
      const second = yield* run("--config", home.configFile)
      expect(second.code).toBe(1)
      expect(second.stderr).toContain(`another gateway (pid ${first.pid}) is running on ${home.stateDir}`)
      yield* first.signal("SIGKILL")
      yield* first.exitCode
      const third = yield* startGateway(home)
      yield* third.awaitRunning()
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
