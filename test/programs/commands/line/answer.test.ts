/** What is asked of the command line itself: help, the version, and mistakes. */
import { describe, expect, it } from "@effect/vitest"
import { answer } from "../../../../src/programs/commands/line/answer.ts"
import { commandTable } from "../../../../src/programs/commands/line/commandTable.ts"
import { examples } from "../../../../src/programs/commands/line/examples.ts"
import { VERSION } from "../../../../src/version.ts"

const look = { width: 100, heading: (text: string) => text }
/** Words as a shell makes them of a line without quotes. */
const wordsOf = (line: string) => line.split(" ").filter((word) => word !== "")
const answered = (line: string) => answer(commandTable, wordsOf(line), look)

describe("words that mean nothing are refused with what was probably meant:", () => {
  const rows: ReadonlyArray<readonly [line: string, first: string]> = [
    ["statsu", 'there is no command "statsu". Did you mean `status`?'],
    ["deadletter list", 'there is no command "deadletter". Did you mean `deadletters`?'],
    ["conv list", 'there is no command "conv". Did you mean `conversations`?'],
    ["config relod", 'there is no command "relod" in `config`. Did you mean `config reload`?'],
    ["reload", 'there is no command "reload". Did you mean `config reload`?'],
    ["aprove K7Q2", 'there is no command "aprove". Did you mean `pairing approve`?'],
    ["xyzzy", 'there is no command "xyzzy".'],
    ["help relod", 'there is no command "relod". Did you mean `config reload`?'],
    ["statsu --help", 'there is no command "statsu". Did you mean `status`?'],
    ["--confg x", 'there is no option "--confg". Did you mean `--config`?'],
    ["status --jsn", '`status` has no option "--jsn". Did you mean `--json`?'],
    ["status --frobnicate", '`status` has no option "--frobnicate".'],
    ["--log-format prety", '--log-format: "prety" is none of pretty, json. Did you mean `pretty`?'],
    [
      "service install --platform systemD1",
      '--platform: "systemD1" is none of launchd, systemd. Did you mean `systemd`?'
    ],
    ["status --log-level loud", "--log-level: "],
    ["chats --limit many", '--limit: "many" is not a whole number.'],
    ["chats --limit=1.5", '--limit: "1.5" is not a whole number.'],
    ["chats --limit", "--limit: a value is missing."],
    ["send --to --text hi", "--to: a value is missing."],
    ["history", "--chat is missing."],
    ["status --json=maybe", '--json: takes no value; got "maybe".'],
    ["status now", '"now" is too much.'],
    ["deadletters show", "ID is missing."],
    ["deadletters show first", 'ID: "first" is not a whole number.'],
    ["completion tcsh", 'there is no command "tcsh" in `completion`. Did you mean']
  ]
  for (const [line, first] of rows) {
    it(line, () => {
      const { _tag, ...said } = answered(line)
      expect(_tag).toBe("Refuse")
      expect("text" in said ? said.text.split("\n")[0] : "").toContain(first)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: nothing else
      expect("text" in said ? said.text : "").not.toMatch(/\u001b/u)
    })
  }

  it("what was given is shown short, and nothing of it is obeyed", () => {
    const said = answer(commandTable, [`\u001b[2J${"x".repeat(500)}`], look)
    expect(said._tag).toBe("Refuse")
    expect("text" in said ? said.text.split("\n")[0] : "").not.toContain("\u001b")
    expect("text" in said ? (said.text.split("\n")[0]?.length ?? 0) : 0).toBeLessThan(120)
  })
})

describe("what a command can take is run:", () => {
  const rows: ReadonlyArray<readonly [line: string, command: string]> = [
    ["", ""],
    ["--config x --trace", ""],
    ["--config status", ""],
    ["--config x status --json", "status"],
    ["status --config=x --log-level debug", "status"],
    ["--log-level debug status", "status"],
    ["status --log-format json", "status"],
    ["logs -n 3 -f", "logs"],
    ["send --to +15555550123 --text -", "send"],
    ["send --to +15555550123 --text -5", "send"],
    ["send --to +15555550123 --text=--json", "send"],
    ["send --to x --file a --file b", "send"],
    ["pairing approve K7Q2M9XA", "pairing approve"],
    ["pairing approve imessage K7Q2M9XA", "pairing approve"],
    ["chats", "chats"],
    ["chats resume --chat 42", "chats resume"],
    ["deadletters retry 1 2 3", "deadletters retry"],
    ["service status --json=true", "service status"]
  ]
  for (const [line, command] of rows) {
    it(line === "" ? "no words" : line, () =>
      expect(answered(line)).toEqual({ _tag: "Run", command: wordsOf(command) })
    )
  }
})

describe("help", () => {
  const saying = (text: string) => ({ _tag: "Say", text: expect.stringContaining(text) })

  it("is asked for in any of its ways", () => {
    for (const line of ["--help", "-h", "help", "--config x -h"]) {
      expect(answered(line)).toEqual(saying("imsg-gateway COMMAND [options]"))
    }
    for (const line of [
      "help config reload",
      "config reload --help",
      "config --help reload",
      "config reload -h --nonsense"
    ]) {
      expect(answered(line)).toEqual(saying("imsg-gateway config reload [options]"))
    }
  })

  it("is what a group says that stands alone", () => {
    expect(answered("pairing")).toEqual(saying("imsg-gateway pairing COMMAND"))
    expect(answered("completion")).toEqual(saying("imsg-gateway completion COMMAND"))
  })

  /** Every command with its words. */
  const all = (command = commandTable, words = ""): ReadonlyArray<string> => [
    words,
    ...command.commands.flatMap((one) => all(one, `${words} ${one.name}`.trim()))
  ]

  it.each([40, 60, 80, 100])("fits into %i columns, but for words that are longer", (width) => {
    for (const words of all()) {
      const said = answer(commandTable, [...wordsOf(words), "--help"], { ...look, width })
      const lines = "text" in said ? said.text.split("\n") : []
      expect(lines.length).toBeGreaterThan(5)
      // A usage, and an example, are to be copied as they stand.
      const broken = lines.filter((line) => line.length > width && !line.startsWith("  imsg-gateway"))
      expect(broken.filter((line) => line.trim().includes(" "))).toEqual([])
    }
  })

  it("says of every command and every option what it does", () => {
    const silent = (command = commandTable, words = ""): ReadonlyArray<string> => [
      ...(command.description === "" ? [words] : []),
      ...command.options
        .filter(({ description }) => description === "")
        .map(({ name }) => `${words} ${name}`),
      ...command.commands.flatMap((one) => silent(one, `${words} ${one.name}`.trim()))
    ]
    expect(silent()).toEqual([])
  })

  it("has examples of commands that there are, each of which can be run", () => {
    expect(Object.keys(examples).filter((words) => !all().includes(words))).toEqual([])
    for (const { line } of Object.values(examples).flat()) {
      const words = (line.split(/ [<>]+ /u)[0] ?? "").match(/"[^"]*"|\S+/gu) ?? []
      expect([line, answer(commandTable, words, look)._tag]).not.toEqual([line, "Refuse"])
    }
  })
})

describe("the version", () => {
  it.each(["version", "--version", "-v", "status --version"])("is said to %s", (line) => {
    expect(answered(line)).toEqual({ _tag: "Say", text: `${VERSION}\n` })
  })
})
