import { describe, expect, it } from "@effect/vitest"
import { environmentFiles, namesIn } from "../../../src/programs/commands/service/systemd/environment.ts"

describe("the variables of a unit", () => {
  const cases: ReadonlyArray<readonly [string, string, ReadonlyArray<string>]> = [
    ["in a file", "# words\nBOT=Robin\n  KEY = yes\n; A=1\n\tB_2='x y'\n", ["BOT", "KEY", "B_2"]],
    ["in systemd's own environment", "PATH=/bin\nBOT=$'Robin\\nHood=1'\nEMPTY=\n", ["PATH", "BOT", "EMPTY"]],
    ["in nothing", "", []]
  ]
  for (const [where, text, names] of cases) {
    it(`are found ${where}`, () => expect(namesIn(text)).toEqual(names))
  }

  it("may come from files, which need not exist", () => {
    expect(
      environmentFiles(
        "Environment=\nEnvironmentFiles=/home/me/a (b).env (ignore_errors=no)\nEnvironmentFiles=/c.env (ignore_errors=yes)\n"
      )
    ).toEqual(["/home/me/a (b).env", "/c.env"])
  })
})
