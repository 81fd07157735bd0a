/** The command line: what it prints, and how it exits. */
import { fileURLToPath } from "node:url"
import { Command, FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Stream } from "effect"
import { run } from "../support/command.ts"
import { makeHome, openAccount, PERSON, startGateway } from "../support/gateway.ts"
import { eventually, isAlive, makeSimulator, signal } from "../support/simulator.ts"

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url))

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

describe("an existing config of the guide's gateway", () => {
  it.scopedLive("starts as it is, with one warning for what is not read here", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const chat = yield* imsg.chats.addDirectChat({ handle: PERSON })
      const home = yield* makeHome({
        meta: { lastTouchedVersion: "2026.1.24" },
        // biome-ignore lint/suspicious/noTemplateCurlyInString: as such files have it
        gateway: { mode: "local", auth: { token: "${NOT_SET}" } },
        agents: { defaults: { workspace: "~/clawd", model: { primary: "example/small" } } },
        channels: {
          telegram: { botToken: "not-a-secret" },
          imessage: {
            enabled: true,
            cliPath: imsg.cliPath,
            dbPath: imsg.dbPath,
            dmPolicy: "allowlist",
            allowFrom: ["imessage:+1 (555) 555-0111"],
            dmHistoryLimit: 10,
            groups: { "*": { requireMention: true, tools: { deny: ["exec"] } } }
          }
        },
        session: { scope: "per-sender" }
      })
      const gateway = yield* startGateway(home)
      yield* gateway.awaitRunning()
      yield* imsg.chats.receive({ chatId: chat.id, sender: PERSON, text: "hello" })
      expect(yield* imsg.awaitSent(1)).toMatchObject([{ text: "echo: hello" }])
      const ignored = (yield* gateway.lines).filter(({ message }) => String(message).includes("are ignored"))
      expect(ignored.length).toBe(1)
      expect(ignored[0]?.message).toContain("channels.imessage.dmHistoryLimit")
    })
  )
})

describe("two gateways on one state folder", () => {
  it.scopedLive("the second exits 1 with the first one's pid; after `kill -9` the next starts at once", () =>
    Effect.gen(function* () {
      const imsg = yield* makeSimulator()
      const home = yield* makeHome({ imessage: openAccount(imsg) })
      const first = yield* startGateway(home)
      yield* first.awaitRunning()
      const fs = yield* FileSystem.FileSystem
      yield* eventually("the socket", fs.exists(`${home.stateDir}/gateway.sock`), (isThere) => isThere)
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
