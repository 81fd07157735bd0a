/** `service …` through the built program, with systemd played by a script. */
import { describe, expect } from "@effect/vitest"
import { Effect } from "effect"
import { MAIN } from "../support/command.ts"
import { exists, STRANGE_HOME, SYSTEMD, withUser } from "../support/service.ts"

const NODE = process.execPath

describe("service, systemd", () => {
  withUser(
    "installs a unit, enables it, and starts it anew",
    (user) =>
      Effect.gen(function* () {
        const { code, stderr, stdout } = yield* user.service("install", ...SYSTEMD)
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
        const calls = yield* user.calls
        expect(calls.filter((call) => !call.includes(" show"))).toEqual([
          "systemctl --user daemon-reload",
          "systemctl --user enable imsg-gateway.service",
          "systemctl --user restart imsg-gateway.service"
        ])
        expect(calls.some((call) => call.includes("enable-linger"))).toBe(false)
        expect(stdout).toContain("sudo loginctl enable-linger")
        expect(JSON.parse((yield* user.service("status", "--json", ...SYSTEMD)).stdout)).toMatchObject({
          installed: true,
          running: true,
          pid: 4242,
          program: NODE,
          main: MAIN,
          configFile: user.configFile,
          differences: []
        })
      }),
    STRANGE_HOME
  )

  withUser("does not suggest lingering where it is on", (user) =>
    Effect.gen(function* () {
      yield* user.set("linger", "yes\n")
      expect((yield* user.service("install", ...SYSTEMD)).stdout).not.toContain("enable-linger")
    })
  )

  withUser(
    "warns of variables that a drop-in does not give, and does not start in vain",
    (user) =>
      Effect.gen(function* () {
        const install = user.run(
          { BOT: "Robin" },
          "service",
          "install",
          "--config",
          user.configFile,
          ...SYSTEMD
        )
        const { stdout } = yield* install
        expect(stdout).toMatch(/^Installed, but not started/u)
        expect(stdout).toContain('Environment="BOT=…"')
        expect(yield* user.calls).not.toContain("systemctl --user restart imsg-gateway.service")
        yield* user.set("shown", "ExecMainCode=0\nExecMainStatus=0\nEnvironment=A=1 BOT=Robin\n")
        expect((yield* install).stdout).not.toContain("Warning")
        expect(yield* user.calls).toContain("systemctl --user restart imsg-gateway.service")
      }),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as config files have it
    { config: '{agents: {list: [{id: "main", name: "${BOT}"}]}}' }
  )

  withUser("shows how it ended last", (user) =>
    Effect.gen(function* () {
      yield* user.service("install", ...SYSTEMD)
      yield* user.service("stop", ...SYSTEMD)
      yield* user.set("shown", "ExecMainCode=1\nExecMainStatus=2\nEnvironment=\n")
      expect((yield* user.service("status", ...SYSTEMD)).stdout).toContain("last end   exit code 2")
      yield* user.set("shown", "ExecMainCode=2\nExecMainStatus=9\nEnvironment=\n")
      expect((yield* user.service("status", ...SYSTEMD)).stdout).toContain("last end   ended by signal 9")
    })
  )

  withUser("starts, stops and uninstalls", (user) =>
    Effect.gen(function* () {
      yield* user.service("install", ...SYSTEMD)
      yield* user.calls
      const done: Array<number> = []
      for (const verb of ["stop", "start", "uninstall"])
        done.push((yield* user.service(verb, ...SYSTEMD)).code)
      expect(done).toEqual([0, 0, 0])
      expect((yield* user.calls).filter((call) => !call.includes(" show"))).toEqual([
        "systemctl --user stop imsg-gateway.service",
        "systemctl --user start imsg-gateway.service",
        "systemctl --user disable --now imsg-gateway.service",
        "systemctl --user daemon-reload"
      ])
      expect(yield* exists(user.unit)).toBe(false)
    })
  )

  withUser("says how to reach the user's own systemd where it cannot be reached", (user) =>
    Effect.gen(function* () {
      yield* user.fail("daemon-reload", 1, "Failed to connect to bus: No medium found")
      const { code, stderr } = yield* user.service("install", ...SYSTEMD)
      expect(code).toBe(1)
      expect(stderr).toContain("No medium found")
      expect(stderr).toContain("not with su or sudo")
    })
  )
})
