import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FastCheck as fc } from "effect"
import { quote, words } from "../../../src/programs/commands/service/systemd/quoting.ts"
import { parse, render } from "../../../src/programs/commands/service/systemd/unit.ts"
import { python } from "../../support/service.ts"
import { definition, STRANGE } from "./definitions.ts"

const PARSE = `
import configparser, json, sys
class Unit(dict):
    def __setitem__(self, key, value):
        if key in self and isinstance(value, list): self[key].extend(value)
        else: super().__setitem__(key, value)
parser = configparser.RawConfigParser(dict_type=Unit, strict=False, delimiters=("=",), interpolation=None)
parser.optionxform = str
parser.read(sys.argv[1], encoding="utf8")
print(json.dumps({s: {k: v.split("\\n") for k, v in parser[s].items()} for s in parser.sections()}))
`

const parsed = (text: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const file = `${yield* fs.makeTempDirectoryScoped()}/imsg-gateway.service`
    yield* fs.writeFileString(file, text)
    return yield* python(PARSE, file)
  })

describe("a word of a unit", () => {
  const cases: ReadonlyArray<readonly [string, string, string]> = [
    ["is quoted where it has spaces", "a b", '"a b"'],
    ["has its quotes escaped", 'a"b', '"a\\"b"'],
    ["has its backslashes escaped", "a\\b", '"a\\\\b"'],
    ["has its percent signs doubled: they would be specifiers", "%h", '"%%h"'],
    ["keeps its dollar signs: variables are switched off", "$HOME", '"$HOME"'],
    ["stays on its line", "a\nb", '"a\\nb"'],
    ["may be empty", "", '""']
  ]
  for (const [name, word, quoted] of cases) {
    it(name, () => expect(quote(word)).toBe(quoted))
  }

  it("is read as it was, whatever is in it", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (list) => {
        expect(words(list.map(quote).join(" "))).toEqual(list)
      })
    )
  })

  it("is read where a person wrote it with other quotes, or none", () => {
    expect(words(`/usr/bin/node '/a b' --x="1" "c\\sd"`)).toEqual(["/usr/bin/node", "/a b", '--x="1"', "c d"])
  })
})

describe("the unit", () => {
  it.scoped("says to another parser what it should", () =>
    Effect.map(parsed(render(definition())), (unit) => {
      expect(unit).toMatchObject({
        Service: {
          Type: ["notify"],
          NotifyAccess: ["all"],
          Restart: ["always"],
          RestartPreventExitStatus: ["2"],
          WatchdogSec: ["60"],
          KillMode: ["mixed"],
          TimeoutStopSec: ["30"],
          UMask: ["0077"],
          ExecStart: [
            '":/usr/bin/node" "/opt/gateway/dist/main.js" "--config" "/Users/me/config.json5" "--log-file" "/Users/me/.imsg-gateway/logs/gateway.log" "--log-format" "json"'
          ]
        },
        Install: { WantedBy: ["default.target"] }
      })
    }).pipe(Effect.provide(NodeContext.layer))
  )

  it("has a line for each variable", () => {
    const text = render(
      definition({ environment: { IMSG_GATEWAY_STATE_DIR: "/a %b", IMSG_GATEWAY_CONFIG: "/c" } })
    )
    expect(text).toContain(
      '\nEnvironment="IMSG_GATEWAY_STATE_DIR=/a %%b"\nEnvironment="IMSG_GATEWAY_CONFIG=/c"\n'
    )
  })

  it("is read back with strange paths", () => {
    const { configFile, main, program, ...rest } = definition(STRANGE)
    expect(parse(render({ ...rest, configFile, main, program }))).toEqual({ configFile, main, program })
  })

  it("starts a program with quotes in its path by way of env, since systemd refuses it", () => {
    const strange = definition({ program: '/opt/n"de' })
    expect(render(strange)).toContain('ExecStart=":/usr/bin/env" "/opt/n\\"de" ')
    expect(parse(render(strange))?.program).toBe('/opt/n"de')
  })

  it("is nothing of ours without a command", () => {
    expect(parse("[Service]\nType=simple\n")).toBeUndefined()
  })
})
