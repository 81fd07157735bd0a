/** Completion, as the shells themselves offer it to whoever presses the tab key. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { MAIN, run, runWith } from "../support/command.ts"
import { program } from "../support/programs.ts"

/** A folder with two files, and the command on a path of its own. */
const makePlace = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped()
  const bin = `${folder}/bin`
  yield* fs.makeDirectory(bin)
  yield* fs.writeFileString(`${bin}/imsg-gateway`, `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`)
  yield* fs.chmod(`${bin}/imsg-gateway`, 0o755)
  yield* fs.writeFileString(`${folder}/my config.json5`, "{}")
  yield* fs.writeFileString(`${folder}/my photo.jpg`, "")
  return { bin, folder }
})

/** What each shell offers where a line ends, one word a line. */
const bash = (folder: string, script: string, line: string) => `
cd '${folder}'; source '${script}'
COMP_LINE=${JSON.stringify(line)}; COMP_POINT=\${#COMP_LINE}
eval "set -- $(printf '%s' "$COMP_LINE" | sed 's/=/ = /g')"
COMP_WORDS=("$@"); case "$COMP_LINE" in *' '|*'=') COMP_WORDS+=('');; esac
case "$COMP_LINE" in *'=') unset 'COMP_WORDS[-1]';; esac
COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
_imsg_gateway imsg-gateway 2>/dev/null; printf '%s\\n' "\${COMPREPLY[@]}"`

const fish = (folder: string, script: string, line: string) =>
  `cd '${folder}'; source '${script}'; complete -C '${line}' | string replace -r '\\t.*' ''`

/** Without a terminal zsh has none of what its completion calls: that is stood in for, and prints what it was given. */
const zsh = (folder: string, script: string, line: string) => `
cd '${folder}'; compdef() { :; }; compset() { :; }
_describe() { print -rl -- "\${(@P)4}"; }; _files() { print -rl -- *; }
source '${script}'
words=("\${(@s: :)$(print -r -- '${line}.')}"); words[-1]="\${words[-1]%.}"
CURRENT=$#words; PREFIX="$words[-1]"
_imsg_gateway`

const shells = [
  { name: "bash", offered: bash, args: ["--norc", "-c"] },
  { name: "fish", offered: fish, args: ["--no-config", "-c"] },
  { name: "zsh", offered: zsh, args: ["-f", "-c"] }
] as const

describe.each(shells)("in $name completion offers", ({ args, name, offered }) => {
  const rows: ReadonlyArray<readonly [line: string, ...words: ReadonlyArray<string>]> = [
    ["imsg-gateway co", "config", "conversations", "completion"],
    ["imsg-gateway config ", "check", "reload", "schema"],
    ["imsg-gateway status --", "--config", "--json", "--watch"],
    ["imsg-gateway --log-format ", "pretty", "json"],
    ["imsg-gateway status --config my", "my config.json5", "my photo.jpg"],
    ["imsg-gateway send --file my", "my config.json5", "my photo.jpg"]
  ]
  for (const [line, ...words] of rows) {
    it.scopedLive(`${words.join(", ")} after \`${line}\``, () =>
      Effect.gen(function* () {
        const shell = yield* program(name)
        const { bin, folder } = yield* makePlace
        const fs = yield* FileSystem.FileSystem
        const script = `${folder}/script`
        yield* fs.writeFileString(script, (yield* run("completion", name)).stdout)
        const seen = yield* runWith(
          { PATH: `${bin}:${process.env.PATH}`, HOME: folder, TERM: "xterm", COLUMNS: "200" },
          shell,
          ...args,
          offered(folder, script, line)
        )
        for (const word of words) expect(seen.stdout.replaceAll("\\", "")).toContain(word)
        expect(seen.stdout).not.toContain("demo")
      }).pipe(Effect.provide(NodeContext.layer))
    )
  }
})

describe("completion", () => {
  it.scopedLive("of pairing approve has the channel as its only word", () =>
    Effect.map(run("__complete", "pairing", "approve", ""), ({ code, stdout }) => {
      expect(code).toBe(0)
      expect(stdout.split("\t")[0]).toBe("imessage")
    })
  )
})
