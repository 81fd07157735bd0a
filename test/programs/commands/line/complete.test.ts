/** What completion offers. What the shells make of it is tested in them: test/e2e/completion.test.ts. */
import { describe, expect, it } from "@effect/vitest"
import { commandTable } from "../../../../src/programs/commands/line/commandTable.ts"
import { complete } from "../../../../src/programs/commands/line/complete.ts"

/** The words that may stand where the line ends; a blank at its end begins a new one. */
const offered = (line: string) => {
  const { isPath, words } = complete(commandTable, line.split(" "))
  return isPath ? ["files"] : words.map(({ word }) => word)
}

describe("completion offers", () => {
  const rows: ReadonlyArray<readonly [line: string, words: ReadonlyArray<string>]> = [
    ["sta", ["status"]],
    ["co", ["conversations", "config", "completion"]],
    ["config re", ["reload"]],
    ["pairing ", ["list", "approve", "reject", "revoke"]],
    ["pairing approve ", ["imessage"]],
    ["pairing approve imessage ", ["--config", "--log-level", "--help"]],
    ["status --j", ["--json"]],
    ["status --json --j", []],
    ["send --file x --fi", ["--file"]],
    ["status --config ", ["files"]],
    ["status --config=x", ["files"]],
    ["--log-file ", ["files"]],
    ["send --file ", ["files"]],
    ["support --output ", ["files"]],
    ["cluster import --from ", ["files"]],
    ["send --text ", []],
    ["--log-format ", ["pretty", "json"]],
    ["--log-format p", ["pretty"]],
    ["--log-format=p", ["--log-format=pretty"]],
    ["--log-format = p", ["pretty"]],
    ["--log-format =", ["pretty", "json"]],
    ["service install --platform l", ["launchd"]],
    ["help con", ["conversations", "config"]],
    ["help config ", ["schema", "reload", "check"]],
    ["completion ", ["bash", "zsh", "fish"]],
    ["nonsense ", []],
    ["status -- --j", []]
  ]
  for (const [line, words] of rows) {
    it(`${words.join(", ") || "nothing"} after \`${line}\``, () =>
      expect([...offered(line)].sort()).toEqual([...words].sort()))
  }

  it("the options of a command that takes nothing else", () => {
    expect(offered("demo ")).toContain("--interactive")
    expect(offered("status ")).toContain("--watch")
  })
})
