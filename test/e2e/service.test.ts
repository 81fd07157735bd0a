/** `service install`, `start`, `stop` and `uninstall` through the built program, with launchd played by a script. */
import { FileSystem } from "@effect/platform"
import { describe, expect } from "@effect/vitest"
import { Effect } from "effect"
import { MAIN } from "../support/command.ts"
import { exists, LAUNCHD, modeOf, readAgent, STRANGE_HOME, withUser } from "../support/service.ts"

const UID = process.getuid?.() ?? 0
const AGENT = `gui/${UID}/dev.imsg-gateway`
const NODE = process.execPath

describe("service install, launchd", () => {
  withUser(
    "writes an agent for this program and config, loads it, and says what to grant to whom",
    (user) =>
      Effect.gen(function* () {
        const { code, stderr, stdout } = yield* user.service("install", ...LAUNCHD)
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
        expect(yield* user.calls).toEqual([
          `launchctl bootout ${AGENT}`,
          `launchctl print ${AGENT}`,
          `launchctl enable ${AGENT}`,
          `launchctl bootstrap gui/${UID} ${user.plist}`
        ])
        expect(yield* readAgent(user.plist)).toMatchObject({
          ProgramArguments: [
            NODE,
            MAIN,
            "--config",
            user.configFile,
            "--log-file",
            `${user.logs}/gateway.log`,
            "--log-format",
            "json"
          ],
          WorkingDirectory: user.home
        })
        expect(yield* modeOf(user.plist)).toBe(0o600)
        expect(yield* modeOf(user.logs)).toBe(0o700)
        expect(stdout).toContain(`  ${NODE}\n`)
        expect(stdout).toContain("Full Disk Access")
        expect(stdout).toContain("Automation")
        expect(stdout).toContain("imsg-gateway doctor")
        expect(stdout).toContain("imsg-gateway logs --follow")
        expect(stdout).not.toContain("Warning")
      }),
    STRANGE_HOME
  )

  withUser("a second time replaces the first, and keeps the variables that somebody added", (user) =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      yield* user.service("install", ...LAUNCHD)
      const xml = yield* fs.readFileString(user.plist)
      yield* fs.writeFileString(
        user.plist,
        xml.replace(
          "<key>PATH</key>\n      <string>",
          "<key>API_KEY</key><string>a&amp;b</string><key>PATH</key><string>/Users/me/bin:"
        )
      )
      yield* user.calls
      expect((yield* user.service("install", ...LAUNCHD)).code).toBe(0)
      expect(yield* user.calls).toEqual([
        `launchctl bootout ${AGENT}`,
        `launchctl print ${AGENT}`,
        `launchctl enable ${AGENT}`,
        `launchctl bootstrap gui/${UID} ${user.plist}`
      ])
      expect(yield* readAgent(user.plist)).toMatchObject({
        EnvironmentVariables: { API_KEY: "a&b", PATH: expect.stringMatching(/^\/Users\/me\/bin:.*:\/sbin$/u) }
      })
    })
  )

  withUser("takes the gateway's own variables along, made absolute", (user) =>
    Effect.gen(function* () {
      yield* user.run(
        { IMSG_GATEWAY_CONFIG: user.configFile, IMSG_GATEWAY_STATE_DIR: "~/my state" },
        "service",
        "install",
        ...LAUNCHD
      )
      expect(yield* readAgent(user.plist)).toMatchObject({
        EnvironmentVariables: {
          IMSG_GATEWAY_CONFIG: user.configFile,
          IMSG_GATEWAY_STATE_DIR: `${user.home}/my state`
        },
        StandardErrorPath: `${user.home}/my state/logs/service.log`
      })
    })
  )

  withUser(
    "warns of variables that launchd will not have, and only of those that are read",
    (user) =>
      Effect.gen(function* () {
        const { code, stdout } = yield* user.run(
          { BOT_NAME: "Robin", OTHER: "x", ESCAPED: "x" },
          "service",
          "install",
          "--config",
          user.configFile,
          ...LAUNCHD
        )
        expect(code).toBe(0)
        expect(stdout).toMatch(/^Installed, but it cannot run yet/u)
        expect(stdout).toContain("every 30 seconds")
        expect(stdout).toContain("Warning: the config reads BOT_NAME from the environment")
        expect(stdout).toContain(`Add it to EnvironmentVariables in ${user.plist}`)
      }),
    {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: as config files have it
      config: '{agents: {list: [{id: "main", name: "${BOT_NAME} $${ESCAPED} ${HOME}"}]}, other: "${OTHER}"}'
    }
  )

  withUser("with a config that is wrong installs nothing, and exits 2", (user) =>
    Effect.gen(function* () {
      const { code, stderr } = yield* user.run(
        {},
        "service",
        "install",
        "--config",
        "/nowhere.json5",
        ...LAUNCHD
      )
      expect(code).toBe(2)
      expect(stderr).toContain("/nowhere.json5")
      expect(yield* exists(user.plist)).toBe(false)
      expect(yield* user.calls).toEqual([])
    })
  )

  withUser("waits for the end of the one before, since launchd refuses two", (user) =>
    Effect.gen(function* () {
      yield* user.service("install", ...LAUNCHD)
      yield* user.set("slow", "")
      yield* user.calls
      expect((yield* user.service("install", ...LAUNCHD)).code).toBe(0)
      expect((yield* user.calls).map((call) => call.split(" ")[1])).toEqual([
        "bootout",
        "print",
        "print",
        "print",
        "print",
        "enable",
        "bootstrap"
      ])
    })
  )

  const refusals: ReadonlyArray<readonly [number, string, string]> = [
    [
      125,
      "Bootstrap failed: 125: Domain does not support specified action",
      "sign in on the Mac's own screen"
    ],
    [5, "Bootstrap failed: 5: Input/output error", "loaded already"],
    [149, "Bootstrap failed: 149: Something new", "launchctl error CODE"]
  ]
  for (const [exitCode, says, hint] of refusals) {
    withUser(`says what launchctl's exit code ${exitCode} means`, (user) =>
      Effect.gen(function* () {
        yield* user.fail("bootstrap", exitCode, says)
        const { code, stderr } = yield* user.service("install", ...LAUNCHD)
        expect(code).toBe(1)
        expect(stderr).toContain(says)
        expect(stderr).toContain(hint)
        expect(stderr).not.toMatch(/^\s+at /mu)
      })
    )
  }

  withUser("says that launchd is elsewhere where there is no launchctl", (user) =>
    Effect.gen(function* () {
      const { code, stderr } = yield* user.run(
        { PATH: "/nowhere" },
        "service",
        "install",
        "--config",
        user.configFile,
        ...LAUNCHD
      )
      expect(code).toBe(1)
      expect(stderr).toContain("--platform systemd")
    })
  )
})

describe("service start, stop and uninstall, launchd", () => {
  for (const verb of ["start", "stop", "uninstall"]) {
    withUser(`refuses ${verb} where nothing is installed`, (user) =>
      Effect.gen(function* () {
        const { code, stderr } = yield* user.service(verb, ...LAUNCHD)
        expect(code).toBe(1)
        expect(stderr).toContain(user.plist)
        expect(stderr).toContain("service install")
        expect(yield* user.calls).toEqual([])
      })
    )
  }

  withUser("stops by unloading, since launchd would start it again", (user) =>
    Effect.gen(function* () {
      yield* user.service("install", ...LAUNCHD)
      yield* user.calls
      expect((yield* user.service("stop", ...LAUNCHD)).code).toBe(0)
      expect(yield* user.calls).toEqual([`launchctl bootout ${AGENT}`, `launchctl print ${AGENT}`])
      expect(yield* exists(user.plist)).toBe(true)
      expect((yield* user.service("stop", ...LAUNCHD)).code).toBe(0)
    })
  )

  withUser("starts by loading what is not loaded, and kicks what waits", (user) =>
    Effect.gen(function* () {
      yield* user.service("install", ...LAUNCHD)
      expect((yield* user.service("start", ...LAUNCHD)).stdout).toContain("running already (pid 4242)")
      yield* user.unset("runs")
      yield* user.calls
      expect((yield* user.service("start", ...LAUNCHD)).stdout).toContain("started")
      expect(yield* user.calls).toEqual([`launchctl print ${AGENT}`, `launchctl kickstart -k ${AGENT}`])
      yield* user.service("stop", ...LAUNCHD)
      yield* user.calls
      expect((yield* user.service("start", ...LAUNCHD)).stdout).toContain("started")
      expect(yield* user.calls).toEqual([
        `launchctl print ${AGENT}`,
        `launchctl enable ${AGENT}`,
        `launchctl bootstrap gui/${UID} ${user.plist}`
      ])
    })
  )

  for (const verb of ["stop", "uninstall"]) {
    withUser(`says that ${verb} failed where the gateway outlives the time that its agent allows`, (user) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        yield* user.service("install", ...LAUNCHD)
        const xml = yield* fs.readFileString(user.plist)
        yield* fs.writeFileString(
          user.plist,
          xml.replace(/(<key>ExitTimeOut<\/key>\s*)<integer>\d+/u, "$1<integer>1")
        )
        yield* user.set("stuck", "")
        const { code, stderr, stdout } = yield* user.service(verb, ...LAUNCHD)
        expect({ code, stdout }).toEqual({ code: 1, stdout: "" })
        expect(stderr).toContain("has not ended")
        expect(yield* exists(user.plist)).toBe(true)
      })
    )
    for (const exitCode of [112, 125]) {
      withUser(`can ${verb} where launchctl answers ${exitCode}, as without a graphical session`, (user) =>
        Effect.gen(function* () {
          yield* user.service("install", ...LAUNCHD)
          yield* user.set("signedOut", `${exitCode}`)
          expect(yield* user.service(verb, ...LAUNCHD)).toMatchObject({ code: 0, stderr: "" })
          expect(yield* exists(user.plist)).toBe(verb === "stop")
        })
      )
    }
  }

  withUser("uninstalls what is loaded or not, and leaves the state folder", (user) =>
    Effect.gen(function* () {
      yield* user.service("install", ...LAUNCHD)
      yield* user.service("stop", ...LAUNCHD)
      expect((yield* user.service("uninstall", ...LAUNCHD)).code).toBe(0)
      expect(yield* exists(user.plist)).toBe(false)
      expect(yield* exists(user.logs)).toBe(true)
    })
  )
})
