/** Shells at a terminal, set up for completion as the help says it, and what they make of a line that is typed. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Array as Arr, Effect, Option } from "effect"
import { examples } from "../../src/programs/commands/line/examples.ts"
import { MAIN, runWith } from "./command.ts"
import { readLines } from "./files.ts"
import { program } from "./programs.ts"
import { atTerminal } from "./pty.ts"
import { eventually } from "./simulator.ts"

const PROMPT = "ready> "

/** Writes the line that stands in the shell to a file, and empties it: whatever was drawn, that is what would be run. */
const READ = "\u0018\u0012"

/** One to the left. */
export const BACK = "\u0002"

/**
 * How each begins when somebody sits at it (`rc`, in the home), and with what: the keys of emacs, a prompt to wait for, and
 * the key that reads the line.
 */
const SHELLS = {
  bash: {
    args: ["-i"],
    rc: ".bashrc",
    text: `PS1='${PROMPT}'
read_line() { printf '%s\\n' "$READLINE_LINE" >> "$LINES_READ"; READLINE_LINE=; READLINE_POINT=0; }
bind -x '"\\C-x\\C-r": read_line'
`
  },
  zsh: {
    // Without what the machine sets up for everybody.
    args: ["-d", "-i"],
    rc: ".zshrc",
    text: `PS1='${PROMPT}'; bindkey -e
read_line() { print -r -- "$BUFFER" >> "$LINES_READ"; BUFFER= }
zle -N read_line; bindkey '^X^R' read_line
`
  },
  fish: {
    args: ["-i"],
    rc: ".config/fish/config.fish",
    text: `function fish_prompt; echo -n '${PROMPT}'; end
function read_line; commandline >> $LINES_READ; commandline ''; end
bind \\cx\\cr read_line
`
  }
} as const

export type ShellName = keyof typeof SHELLS

/** The line of the help by which a shell gets completion. */
const documented = (shell: ShellName): string =>
  Arr.findFirst(examples.completion ?? [], ({ line }) => line.startsWith(`completion ${shell} `)).pipe(
    Option.map(({ line }) => `imsg-gateway ${line}`),
    Option.getOrThrowWith(() => new Error(`the help does not say how ${shell} gets completion`))
  )

/** A home with the command on its path, and a folder in it with a few files, where the shell begins. */
const makePlace = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const home = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-gateway-shell-" })
  const [bin, folder] = [`${home}/bin`, `${home}/folder`]
  // Fish makes the first by itself when it is opened; with the second it does not read the manual of the whole machine.
  for (const made of [".config/fish/completions", ".local/share/fish/generated_completions"]) {
    yield* fs.makeDirectory(`${home}/${made}`, { recursive: true })
  }
  yield* Effect.forEach([bin, folder, `${folder}/inner`], (made) => fs.makeDirectory(made))
  yield* fs.writeFileString(`${bin}/imsg-gateway`, `#!/bin/sh\nexec "${process.execPath}" "${MAIN}" "$@"\n`, {
    mode: 0o755
  })
  const files = ["home.json5", "folder/my config.json5", "folder/my photo.jpg", "folder/it's.json5"]
  yield* Effect.forEach([...files, "folder/inner/deep.json5"], (file) =>
    fs.writeFileString(`${home}/${file}`, "{}")
  )
  return { bin, folder, home }
})

interface Opening {
  /** What the person has in the file with which their shell begins, before completion. */
  readonly before?: string
  /** How they get completion; as the help has it, unless it is said. */
  readonly gets?: string
}

/** Opens a shell at a terminal, in a folder with files, once its completion was set up. It is ended with the scope. */
export const openShell = (name: ShellName, { before = "", gets = documented(name) }: Opening = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* program(name)
    const { args, rc, text } = SHELLS[name]
    const { bin, folder, home } = yield* makePlace
    const linesRead = `${home}/lines-read`
    const env = {
      PATH: `${bin}:${process.env.PATH}`,
      HOME: home,
      ZDOTDIR: home,
      XDG_CONFIG_HOME: `${home}/.config`,
      XDG_DATA_HOME: `${home}/.local/share`,
      INPUTRC: "/dev/null",
      TERM: "xterm",
      LINES_READ: linesRead
    }
    yield* fs.writeFileString(`${home}/${rc}`, `${text}${before}\n`)
    const { code, stderr } = yield* runWith(env, "/bin/sh", "-c", gets)
    if (code !== 0) return yield* Effect.dieMessage(`\`${gets}\` ended with ${code}: ${stderr}`)
    const terminal = yield* atTerminal(env, "/bin/sh", "-c", 'cd "$0" && exec "$@"', folder, path, ...args)
    yield* terminal.answer(PROMPT, "")
    const lines = readLines(linesRead)
    return {
      /** What each line is after its keys, which are typed into an empty one. */
      typed: (all: ReadonlyArray<string>) =>
        Effect.gen(function* () {
          for (const [index, keys] of all.entries()) {
            yield* terminal.answer("", `${keys}${READ}`)
            yield* eventually(`what becomes of ${keys}`, lines, ({ length }) => length > index, "60 seconds")
          }
          return yield* lines
        }),
      /** What stands on the screen after some keys, once that has a text. */
      shown: (keys: string, awaited: RegExp) =>
        Effect.zipRight(
          Effect.zipRight(terminal.answer("", keys), terminal.answer(awaited, "")),
          terminal.unread
        )
    }
  }).pipe(Effect.provide(NodeContext.layer))
