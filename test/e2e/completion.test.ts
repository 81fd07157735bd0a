/** Completion, as shells at a terminal have it for whoever presses the tab key. */
import { describe, expect, it } from "@effect/vitest"
import { Effect, Record } from "effect"
import { run } from "../support/command.ts"
import { BACK, openShell, type ShellName } from "../support/shells.ts"

const TAB = "\t"

/** Lines that end at the cursor when the key is pressed, and what they are then. */
type Lines = { readonly [typed: string]: string }

const BEGUN: Lines = {
  "imsg-gateway stat": "imsg-gateway status ",
  "imsg-gateway config rel": "imsg-gateway config reload ",
  "imsg-gateway pairing approve im": "imsg-gateway pairing approve imessage ",
  "imsg-gateway status --wat": "imsg-gateway status --watch ",
  "imsg-gateway --log-format pre": "imsg-gateway --log-format pretty ",
  "imsg-gateway --log-format=pre": "imsg-gateway --log-format=pretty ",
  'imsg-gateway --log-format "pretty" stat': 'imsg-gateway --log-format "pretty" status ',
  'imsg-gateway "stat': 'imsg-gateway "status" ',
  "cd . && NO_COLOR=1 imsg-gateway stat": "cd . && NO_COLOR=1 imsg-gateway status ",
  "~/bin/imsg-gateway stat": "~/bin/imsg-gateway status "
}

const FILES: Lines = {
  "imsg-gateway status --config my": "imsg-gateway status --config my\\ ",
  "imsg-gateway status --config my\\ c": "imsg-gateway status --config my\\ config.json5 ",
  "imsg-gateway status --config=my\\ c": "imsg-gateway status --config=my\\ config.json5 ",
  'imsg-gateway status --config "my c': 'imsg-gateway status --config "my config.json5" ',
  "imsg-gateway status --config it": "imsg-gateway status --config it\\'s.json5 ",
  "imsg-gateway status --config inn": "imsg-gateway status --config inner/",
  "imsg-gateway status --config inner/": "imsg-gateway status --config inner/deep.json5 ",
  "imsg-gateway status --config ~/hom": "imsg-gateway status --config ~/home.json5 ",
  "imsg-gateway status --config=~/hom": "imsg-gateway status --config=~/home.json5 ",
  "imsg-gateway --config my\\ config.json5 stat": "imsg-gateway --config my\\ config.json5 status ",
  "imsg-gateway send --file my\\ p": "imsg-gateway send --file my\\ photo.jpg "
}

/** Where there is nothing to offer the line stays as it is, although there is a file of that name. */
const NOTHING: Lines = Record.fromEntries(
  [
    "imsg-gateway inn",
    "imsg-gateway status inn",
    "imsg-gateway stats inn",
    "imsg-gateway --log-format inn"
  ].map((line) => [line, line])
)

const expectCompleted = (name: ShellName, lines: Lines, opening?: Parameters<typeof openShell>[1]) =>
  Effect.gen(function* () {
    const shell = yield* openShell(name, opening)
    const typed = Object.keys(lines)
    const became = yield* shell.typed(typed.map((line) => `${line}${TAB}`))
    expect(Object.fromEntries(typed.map((line, index) => [line, became[index]]))).toEqual(lines)
  })

/** What a person needs in their settings before, and what stands behind a candidate in a list, where it is shown what it is for. */
const SHELLS = [
  { name: "bash", says: "", before: "" },
  { name: "zsh", says: " +-- Says whether", before: "autoload -Uz compinit; compinit -u -D" },
  { name: "fish", says: " +\\(Says whether", before: "" }
] as const

describe.each(SHELLS)("at a terminal $name", ({ before, name, says }) => {
  it.scopedLive("completes a command, a subcommand, an option and a value from their beginnings", () =>
    expectCompleted(name, BEGUN, { before })
  )

  it.scopedLive("completes files where they are meant, whatever is in their names", () =>
    expectCompleted(name, FILES, { before })
  )

  it.scopedLive("offers no files elsewhere", () => expectCompleted(name, NOTHING, { before }))

  it.scopedLive("completes a word in the middle of a line", () =>
    Effect.gen(function* () {
      const shell = yield* openShell(name, { before })
      const leftOf = (rest: string) => `${rest}${BACK.repeat(rest.length)}${TAB}`
      const lines = yield* shell.typed([
        `imsg-gateway stat${leftOf(" --json")}`,
        `imsg-gateway status --config my\\ c${leftOf(" --json")}`
      ])
      // Zsh puts a blank behind what it completed, also where one is.
      expect(lines.map((line) => line.replace("  ", " "))).toEqual([
        "imsg-gateway status --json",
        "imsg-gateway status --config my\\ config.json5 --json"
      ])
    })
  )

  it.scopedLive("lists what may come next, and what each is for where it shows that", () =>
    Effect.gen(function* () {
      const shell = yield* openShell(name, { before })
      // Bash lists at the second time.
      const keys = `imsg-gateway config ${TAB}${name === "bash" ? TAB : ""}`
      const screen = yield* shell.shown(keys, new RegExp(`check${says}[^]*reload[^]*schema`, "u"))
      expect(screen).not.toContain("demo")
      expect(screen).not.toContain("inner")
    })
  )
})

describe("at a terminal", () => {
  it.scopedLive(
    "zsh has completion where the settings do not begin any, and asks nothing when it is opened",
    () => expectCompleted("zsh", { "imsg-gateway stat": "imsg-gateway status " })
  )

  it.scopedLive("zsh has it by itself where the script lies in a folder of its functions", () =>
    expectCompleted(
      "zsh",
      {
        "imsg-gateway stat": "imsg-gateway status ",
        "imsg-gateway config rel": "imsg-gateway config reload ",
        "imsg-gateway --config my\\ c": "imsg-gateway --config my\\ config.json5 "
      },
      {
        before: "fpath=(~/functions $fpath); autoload -Uz compinit; compinit -u -D",
        gets: "mkdir ~/functions && imsg-gateway completion zsh > ~/functions/_imsg-gateway"
      }
    )
  )

  it.scopedLive("zsh completes within a word where it is set to", () =>
    Effect.gen(function* () {
      const shell = yield* openShell("zsh", { before: "setopt complete_in_word" })
      expect(yield* shell.typed([`imsg-gateway config rload${BACK.repeat(4)}${TAB}`])).toEqual([
        "imsg-gateway config reload "
      ])
    })
  )

  it.scopedLive("bash completes the same where it has no compopt, as on a Mac", () =>
    expectCompleted("bash", { ...BEGUN, ...FILES }, { before: "enable -n compopt" })
  )

  it.scopedLive("bash completes the same where `=` is a part of a word", () =>
    expectCompleted("bash", BEGUN, { before: `COMP_WORDBREAKS=$' \\t\\n"><;|&(:'` })
  )
})

describe("completion", () => {
  it.scopedLive("of pairing approve has the channel as its only word", () =>
    Effect.map(run("__complete", "pairing", "approve", ""), ({ code, stdout }) => {
      expect(code).toBe(0)
      expect(stdout.split("\t")[0]).toBe("imessage")
    })
  )
})
