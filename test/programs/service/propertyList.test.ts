import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { parsePrint } from "../../../src/programs/commands/service/launchd/launchctl.ts"
import {
  foreignVariables,
  parse,
  render
} from "../../../src/programs/commands/service/launchd/propertyList.ts"
import { python } from "../../support/service.ts"
import { definition, STRANGE } from "./definitions.ts"

const PATH = "/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
/** `PATH` without `/usr/bin`. */
const REST = "/opt/homebrew/bin:/usr/local/bin:/bin:/usr/sbin:/sbin"

const PARSE = "import json, plistlib, sys; print(json.dumps(plistlib.load(open(sys.argv[1], 'rb'))))"

const parsed = (xml: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = `${yield* fs.makeTempDirectoryScoped()}/agent.plist`
    yield* fs.writeFileString(file, xml)
    return yield* python(PARSE, file)
  })

describe("the property list", () => {
  it.scoped("says to another parser what it should, and no more", () =>
    Effect.gen(function* () {
      const agent = yield* parsed(
        yield* render(definition({ environment: { IMSG_GATEWAY_CONFIG: "/c" } }), { KEY: "v" })
      )
      expect(agent).toEqual({
        Label: "dev.imsg-gateway",
        ProgramArguments: [
          "/usr/bin/node",
          "/opt/gateway/dist/main.js",
          "--config",
          "/Users/me/config.json5",
          "--log-file",
          "/Users/me/.imsg-gateway/logs/gateway.log",
          "--log-format",
          "json"
        ],
        EnvironmentVariables: {
          KEY: "v",
          PATH: "/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
          IMSG_GATEWAY_CONFIG: "/c"
        },
        WorkingDirectory: "/Users/me",
        RunAtLoad: true,
        KeepAlive: true,
        ThrottleInterval: 30,
        ExitTimeOut: 30,
        ProcessType: "Interactive",
        Umask: 0o077,
        StandardOutPath: "/Users/me/.imsg-gateway/logs/service.log",
        StandardErrorPath: "/Users/me/.imsg-gateway/logs/service.log"
      })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it.scoped("keeps strange paths, for another parser and for ours", () =>
    Effect.gen(function* () {
      const strange = definition(STRANGE)
      const xml = yield* render(strange)
      const command = [strange.program, ...strange.arguments]
      expect(yield* parsed(xml)).toMatchObject({ ProgramArguments: command })
      expect((yield* parse("agent.plist", xml)).ProgramArguments).toEqual(command)
    }).pipe(Effect.provide(NodeContext.layer))
  )

  const broken: ReadonlyArray<readonly [string, string]> = [
    ["is empty", ""],
    ["is no XML", "ProgramArguments = 1"],
    ["has no program", "<plist><dict><key>Label</key><string>x</string></dict></plist>"],
    ["has no value", "<plist></plist>"]
  ]
  for (const [name, xml] of broken) {
    it.effect(`that ${name} is refused with its name`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(parse("/a/agent.plist", xml))
        expect(error._tag).toBe("ServiceFileUnusable")
        expect(error.message).toContain("/a/agent.plist")
      })
    )
  }

  const paths: ReadonlyArray<readonly [string, string | undefined, string]> = [
    ["has none", undefined, PATH],
    ["has an empty one", "", PATH],
    ["has this one", PATH, PATH],
    [
      "has folders of its own",
      "/Users/me/bin:/usr/bin:/opt/x/bin",
      `/Users/me/bin:/usr/bin:/opt/x/bin:${REST}`
    ]
  ]
  for (const [what, before, after] of paths) {
    it.effect(`keeps the owner's PATH and adds what is missing, where the earlier one ${what}`, () =>
      Effect.gen(function* () {
        const xml = yield* render(definition(), before === undefined ? {} : { PATH: before })
        expect((yield* parse("agent.plist", xml)).EnvironmentVariables).toEqual({ PATH: after })
      })
    )
  }

  it("keeps of an earlier one the variables that somebody added", () => {
    expect(foreignVariables({ IMSG_GATEWAY_CONFIG: "/y", IMSG_GATEWAY_TOKEN: "t", API_KEY: "z" })).toEqual({
      IMSG_GATEWAY_TOKEN: "t",
      API_KEY: "z"
    })
  })
})

describe("what launchctl prints", () => {
  const cases: ReadonlyArray<readonly [string, string, ReturnType<typeof parsePrint>]> = [
    [
      "of a running agent",
      "gui/501/x = {\n\tstate = running\n\tenvironment = {\n\t\tpid = 9\n\t}\n\tpid = 42\n\tlast exit code = (never exited)\n}\n",
      { state: "running", pid: 42, lastExitCode: undefined, lastSignal: undefined }
    ],
    [
      "of one that waits",
      "gui/501/x = {\n\tstate = spawn scheduled\n\tlast exit code = 78: EX_CONFIG\n}\n",
      { state: "spawn scheduled", pid: undefined, lastExitCode: 78, lastSignal: undefined }
    ],
    [
      "of one that was killed",
      "gui/501/x = {\n\tstate = not running\n\tlast terminating signal = Killed: 9\n}\n",
      { state: "not running", pid: undefined, lastExitCode: undefined, lastSignal: "Killed: 9" }
    ],
    [
      "in a format to come",
      "?",
      { state: undefined, pid: undefined, lastExitCode: undefined, lastSignal: undefined }
    ]
  ]
  for (const [name, text, expected] of cases) {
    it(`is understood ${name}`, () => expect(parsePrint(text)).toEqual(expected))
  }
})
