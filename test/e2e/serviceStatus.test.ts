/** `service status` and `print` through the built program, with service managers played by scripts. */
import { FileSystem } from "@effect/platform"
import { describe, expect } from "@effect/vitest"
import { Effect } from "effect"
import { MAIN } from "../support/command.ts"
import { exists, LAUNCHD, STRANGE_HOME, SYSTEMD, withUser } from "../support/service.ts"

const NODE = process.execPath

describe("service status", () => {
  withUser("says that nothing is installed", (user) =>
    Effect.gen(function* () {
      expect(yield* user.service("status", ...LAUNCHD)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("not installed (launchd)")
      })
      const { stdout } = yield* user.service("status", "--json", ...SYSTEMD)
      expect(JSON.parse(stdout)).toMatchObject({
        platform: "systemd",
        installed: false,
        loaded: false,
        running: false
      })
    })
  )

  withUser(
    "shows what runs, as whom and since when it ended last",
    (user) =>
      Effect.gen(function* () {
        yield* user.service("install", ...LAUNCHD)
        const { stdout } = yield* user.service("status", "--json", ...LAUNCHD)
        expect(JSON.parse(stdout)).toEqual({
          platform: "launchd",
          file: user.plist,
          installed: true,
          loaded: true,
          running: true,
          state: "running",
          pid: 4242,
          lastExitCode: 1,
          lastSignal: null,
          program: NODE,
          main: MAIN,
          configFile: user.configFile,
          differences: []
        })
        expect((yield* user.service("status", ...LAUNCHD)).stdout).toContain("running    yes (pid 4242)")
      }),
    STRANGE_HOME
  )

  for (const platform of [LAUNCHD, SYSTEMD]) {
    withUser(`says where ${platform[1]} runs it with another config, or with what is gone`, (user) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const other = `${user.home}/other.json5`
        yield* fs.writeFileString(other, "{}")
        yield* user.service("install", ...platform)
        const status = yield* user.run({}, "service", "status", "--config", other, ...platform)
        expect(status.stdout).toContain(`the config of the service is ${user.configFile}`)
        expect(status.stdout).toContain("`imsg-gateway service install` makes it this program's.")
        yield* fs.remove(user.configFile)
        expect((yield* user.service("status", ...platform)).stdout).toContain(
          `${user.configFile}, which the service needs, does not exist`
        )
      })
    )
  }

  withUser("says that an agent file cannot be read", (user) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      yield* user.service("install", ...LAUNCHD)
      yield* fs.writeFileString(user.plist, "<plist><dict/></plist>")
      const { code, stderr } = yield* user.service("status", ...LAUNCHD)
      expect(code).toBe(1)
      expect(stderr).toContain(`${user.plist} cannot be used`)
    })
  )
})

describe("service print", () => {
  withUser("prints what install writes, and changes nothing", (user) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const agent = yield* user.service("print", ...LAUNCHD)
      const unit = yield* user.service("print", ...SYSTEMD)
      expect(yield* user.calls).toEqual([])
      expect(yield* exists(`${user.home}/Library`)).toBe(false)
      expect(yield* exists(`${user.home}/.config`)).toBe(false)
      yield* user.service("install", ...LAUNCHD)
      yield* user.service("install", ...SYSTEMD)
      expect(yield* fs.readFileString(user.plist)).toBe(agent.stdout)
      expect(yield* fs.readFileString(user.unit)).toBe(unit.stdout)
    })
  )

  withUser("takes systemd on Linux where nothing is said", (user) =>
    Effect.map(user.service("print"), ({ stdout }) => {
      expect(stdout).toContain(process.platform === "darwin" ? "<plist" : "[Service]")
    })
  )

  withUser("exits 2 for a platform that it does not know", (user) =>
    Effect.map(user.service("print", "--platform", "upstart"), ({ code }) => {
      expect(code).toBe(2)
    })
  )
})
