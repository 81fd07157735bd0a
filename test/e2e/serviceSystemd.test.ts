/** The service under a real systemd. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { MAIN } from "../support/command.ts"
import { makeUserSystemd } from "../support/userSystemd.ts"

type UserSystemd = Effect.Effect.Success<typeof makeUserSystemd>

const isPid = (value: string): boolean => Number(value) > 0

// biome-ignore lint/suspicious/noTemplateCurlyInString: as config files have it
const READS_BOT = '{imessage: {enabled: false}, agents: {list: [{id: "main", name: "${BOT}"}]}}'

const withSystemd = (
  name: string,
  body: (systemd: UserSystemd) => Effect.Effect<void, unknown, FileSystem.FileSystem>
) =>
  it.scopedLive(
    name,
    () => Effect.flatMap(makeUserSystemd, body).pipe(Effect.provide(NodeContext.layer)),
    120_000
  )

describe("under systemd", () => {
  withSystemd("it is up when install is done, with strange paths, and ends when it is stopped", (systemd) =>
    Effect.gen(function* () {
      const installed = yield* systemd.gateway("service", "install")
      expect(installed).toMatchObject({ code: 0, stderr: "" })
      expect(yield* systemd.property("ActiveState")).toBe("active")
      const verified = yield* systemd.run("systemd-analyze", "verify", "--user", systemd.unit)
      expect(verified).toMatchObject({ code: 0, stderr: "" })
      const pid = yield* systemd.property("MainPID")
      const { stdout } = yield* systemd.run("cat", `/proc/${pid}/cmdline`)
      expect(stdout.split("\0").slice(0, -1)).toEqual([
        process.execPath,
        MAIN,
        "--config",
        systemd.configFile,
        "--log-file",
        `${systemd.home}/.imsg-gateway/logs/gateway.log`,
        "--log-format",
        "json"
      ])
      expect(JSON.parse((yield* systemd.gateway("service", "status", "--json")).stdout)).toMatchObject({
        running: true,
        pid: Number(pid),
        differences: []
      })
      expect((yield* systemd.gateway("logs")).stdout).toContain("the gateway is up")
      yield* systemd.gateway("service", "stop")
      expect(yield* systemd.property("ActiveState")).toBe("inactive")
      expect(yield* systemd.property("ExecMainStatus")).toBe("0")
      expect((yield* systemd.gateway("service", "uninstall")).code).toBe(0)
      expect(yield* systemd.property("LoadState")).toBe("not-found")
    })
  )

  const sources = [
    {
      where: "the manager's own environment",
      give: (systemd: UserSystemd) => systemd.run("systemctl", "--user", "set-environment", "BOT=Robin Hood")
    },
    {
      where: "a file that a drop-in names",
      give: ({ home, unit }: UserSystemd) =>
        Effect.gen(function* () {
          const fs = yield* FileSystem.FileSystem
          yield* fs.makeDirectory(`${unit}.d`, { recursive: true })
          yield* fs.writeFileString(`${home}/bot.env`, "# words\nBOT=Robin\n")
          yield* fs.writeFileString(
            `${unit}.d/bot.conf`,
            "[Service]\nEnvironmentFile=-%h/nowhere.env\nEnvironmentFile=%h/bot.env\n"
          )
        })
    }
  ]
  for (const { give, where } of sources) {
    withSystemd(`it is started with a variable that ${where} gives, and not before`, (systemd) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        yield* fs.writeFileString(systemd.configFile, READS_BOT)
        const install = systemd.run("env", "BOT=x", ...systemd.commandLine("service", "install"))
        const before = yield* install
        expect(before.code).toBe(0)
        expect(before.stdout).toContain("Installed, but not started")
        expect(yield* systemd.property("ActiveState")).toBe("inactive")
        yield* give(systemd)
        const after = yield* install
        expect(after).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Installed and started/u) })
        expect(after.stdout).not.toContain("Warning")
        expect(yield* systemd.property("ActiveState")).toBe("active")
      })
    )
  }

  withSystemd("one that runs does not go on with its old settings where a variable is missing", (systemd) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      yield* systemd.gateway("service", "install")
      const pid = yield* systemd.property("MainPID")
      yield* fs.writeFileString(systemd.configFile, READS_BOT)
      const again = yield* systemd.run("env", "BOT=x", ...systemd.commandLine("service", "install"))
      expect(again.code).toBe(1)
      expect(again.stderr).toContain("BOT")
      expect(yield* systemd.property("MainPID")).not.toBe(pid)
    })
  )

  withSystemd("it comes back after `kill -9`", (systemd) =>
    Effect.gen(function* () {
      yield* systemd.gateway("service", "install")
      const pid = yield* systemd.property("MainPID")
      yield* systemd.run("kill", "-9", pid)
      yield* systemd.awaitProperty("MainPID", (next) => isPid(next) && next !== pid)
      yield* systemd.awaitProperty("ActiveState", (state) => state === "active")
    })
  )

  withSystemd("it is not started over and over with a config that is wrong", (systemd) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      yield* systemd.gateway("service", "install")
      yield* fs.writeFileString(systemd.configFile, "{wrong")
      yield* systemd.run("kill", "-9", yield* systemd.property("MainPID"))
      yield* systemd.awaitProperty("ActiveState", (state) => state === "failed")
      expect(yield* systemd.property("ExecMainStatus")).toBe("2")
      expect((yield* systemd.run("cat", `${systemd.home}/.imsg-gateway/logs/gateway.log`)).stdout).toContain(
        "is not valid JSON5"
      )
    })
  )

  withSystemd("one that is well outlives its watchdog, and one that hangs is replaced", (systemd) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      yield* fs.makeDirectory(`${systemd.unit}.d`, { recursive: true })
      yield* fs.writeFileString(`${systemd.unit}.d/quick.conf`, "[Service]\nWatchdogSec=3\nRestartSec=0\n")
      yield* systemd.gateway("service", "install")
      const pid = yield* systemd.property("MainPID")
      const beat = yield* systemd.property("WatchdogTimestampMonotonic")
      const fed = yield* systemd.awaitProperty(
        "WatchdogTimestampMonotonic",
        (now) => Number(now) > Number(beat) + 4_000_000
      )
      expect(Number(fed)).toBeGreaterThan(Number(beat))
      expect(yield* systemd.property("MainPID")).toBe(pid)
      yield* systemd.run("kill", "-STOP", pid)
      yield* systemd.awaitProperty("MainPID", (next) => isPid(next) && next !== pid)
      yield* systemd.awaitProperty("ActiveState", (state) => state === "active")
      expect(yield* systemd.property("NRestarts")).toBe("1")
    })
  )
})
