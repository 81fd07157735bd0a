/** `--log-file` and `logs` through the built program. */
import { Command, FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Ref, Stream } from "effect"
import { MAIN, runWith } from "../support/command.ts"
import { makeUser } from "../support/service.ts"
import { eventually, isAlive, signal } from "../support/simulator.ts"

const line = (message: string, more: Readonly<Record<string, unknown>> = {}) =>
  JSON.stringify({
    message,
    logLevel: "INFO",
    timestamp: "2026-01-02T03:04:05.678Z",
    annotations: {},
    spans: {},
    fiberId: "#7",
    ...more
  })

/** A user who has logs: the current one, then rotated ones. */
const withLogs = (...files: ReadonlyArray<ReadonlyArray<string>>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const user = yield* makeUser()
    const file = `${user.logs}/gateway.log`
    yield* fs.makeDirectory(user.logs, { recursive: true })
    yield* Effect.forEach(files, (lines, index) =>
      fs.writeFileString(index === 0 ? file : `${file}.${index}`, lines.map((text) => `${text}\n`).join(""))
    )
    return {
      ...user,
      file,
      logs: (...args: ReadonlyArray<string>) => user.run({}, "logs", ...args, "--config", user.configFile)
    }
  })

describe("logs", () => {
  it.scopedLive("shows lines as a terminal would, with what belongs to them", () =>
    Effect.gen(function* () {
      const { logs } = yield* withLogs([
        line("running", { annotations: { account: "work" } }),
        line("it broke", { logLevel: "ERROR", cause: "Error: why" })
      ])
      const { code, stdout } = yield* logs()
      expect(code).toBe(0)
      expect(stdout).toMatch(/INFO \(#7\).*: running\n {2}account: work\n/u)
      expect(stdout).toMatch(/ERROR \(#7\).*: it broke\n {2}Error: why\n/u)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("shows what is no line of the log as it is", () =>
    Effect.gen(function* () {
      const { logs } = yield* withLogs(["half a li"])
      expect((yield* logs()).stdout).toBe("half a li\n")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("prints the last lines as they are with --json, out of rotated files too", () =>
    Effect.gen(function* () {
      const { logs } = yield* withLogs([line("four")], [line("two"), line("three")], [line("one")])
      expect((yield* logs("--json", "--lines", "2")).stdout).toBe(`${line("three")}\n${line("four")}\n`)
      expect((yield* logs("--json", "-n", "100")).stdout).toBe(
        ["one", "two", "three", "four"].map((word) => `${line(word)}\n`).join("")
      )
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("says where there is none, and how there would be", () =>
    Effect.gen(function* () {
      const user = yield* makeUser()
      const { code, stderr } = yield* user.run({}, "logs", "--config", user.configFile)
      expect(code).toBe(1)
      expect(stderr).toContain(`${user.logs}/gateway.log`)
      expect(stderr).toContain("service install")
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("follows over a rotation", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const { configFile, file, home } = yield* withLogs([line("one")])
      const following = yield* Command.start(
        Command.make("node", MAIN, "logs", "--json", "--follow", "--config", configFile).pipe(
          Command.env({ HOME: home })
        )
      )
      const printed = yield* Ref.make("")
      yield* following.stdout.pipe(
        Stream.decodeText(),
        Stream.runForEach((text) => Ref.update(printed, (seen) => seen + text)),
        Effect.forkScoped
      )
      const awaitText = (text: string) =>
        eventually(text, Ref.get(printed), (seen) => seen === text, "30 seconds")
      yield* awaitText(`${line("one")}\n`)
      yield* fs.writeFileString(file, `${line("two")}\n`, { flag: "a" })
      yield* fs.rename(file, `${file}.1`)
      yield* fs.writeFileString(file, `${line("three")}\n`)
      yield* awaitText(["one", "two", "three"].map((word) => `${line(word)}\n`).join(""))
    }).pipe(Effect.provide(NodeContext.layer))
  )
})

describe("--log-file", () => {
  it.scopedLive("takes the log in place of stderr, and has the last line at the end", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const user = yield* withLogs([])
      yield* fs.writeFileString(user.configFile, "{imessage: {enabled: false}}")
      const gateway = yield* Command.start(
        Command.make("node", MAIN, "--config", user.configFile, "--log-file", user.file).pipe(
          Command.env({ HOME: user.home })
        )
      )
      const read = fs.readFileString(user.file)
      yield* eventually("a gateway", read, (text) => text.includes("the gateway is up"), "30 seconds")
      const stderr = yield* Effect.fork(gateway.stderr.pipe(Stream.decodeText(), Stream.mkString))
      yield* signal(gateway.pid, "SIGTERM")
      yield* gateway.exitCode
      expect(yield* Effect.flatten(stderr.await)).toBe("")
      const last = (yield* read).trimEnd().split("\n").at(-1) ?? ""
      expect(JSON.parse(last)).toMatchObject({ message: expect.stringContaining("stopping") })
      expect(isAlive(gateway.pid)).toBe(false)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("has why a gateway did not start, which stderr has too", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const user = yield* withLogs([])
      yield* fs.writeFileString(user.configFile, "{wrong: ")
      const { code, stderr } = yield* user.run({}, "--config", user.configFile, "--log-file", user.file)
      expect(code).toBe(2)
      expect(stderr).toContain("is not valid JSON5")
      expect(JSON.parse(yield* fs.readFileString(user.file))).toMatchObject({
        logLevel: "FATAL",
        message: expect.stringContaining("is not valid JSON5")
      })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scopedLive("is refused where it cannot be written", () =>
    Effect.gen(function* () {
      const user = yield* makeUser()
      const { code, stderr } = yield* runWith(
        { HOME: user.home },
        "node",
        MAIN,
        "--config",
        user.configFile,
        "--log-file",
        "/dev/null/gateway.log"
      )
      expect(code).toBe(1)
      expect(stderr).toContain("/dev/null/gateway.log cannot be written")
      expect(stderr).toContain("--log-file")
    }).pipe(Effect.provide(NodeContext.layer))
  )
})
