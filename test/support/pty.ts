/** A program at a terminal of its own: what is typed, and what stands on the screen. */
import { FileSystem } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect, Ref } from "effect"
import { startWith } from "./command.ts"
import { program } from "./programs.ts"
import { eventually } from "./simulator.ts"

/** Runs a program in a terminal of 100 columns, and types what is added to a file. */
const TERMINAL = `
import fcntl, os, pty, select, struct, sys, termios
keys = open(sys.argv[1], "rb")
pid, master = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
while True:
    if select.select([master], [], [], 0.05)[0]:
        try:
            data = os.read(master, 65536)
        except OSError:
            break
        if not data:
            break
        os.write(1, data)
    typed = keys.read()
    if typed:
        os.write(master, typed)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) % 256)
`

// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they are
const SEQUENCES = /\u001b(?:\[[0-9;?]*[A-Za-z]|[78])/gu

/** What was printed, without what moves or colours it: of a line that was drawn anew each state. */
const plainly = (printed: string): string => printed.replace(SEQUENCES, "").replaceAll("\r\n", "\n")

export const KEYS = { enter: "\r", down: "\u001b[B", up: "\u001b[A", ctrlC: "\u0003" } as const

/** Starts a program at a terminal. It is ended with the scope. */
export const atTerminal = (env: Record<string, string | undefined>, ...command: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const dir = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-gateway-terminal-" })
    const keys = `${dir}/keys`
    yield* fs.writeFileString(keys, "")
    const running = yield* startWith(env, yield* program("python3"), "-c", TERMINAL, keys, ...command)
    const screen = Effect.map(running.stdout, plainly)
    const read = yield* Ref.make(0)
    const type = (text: string) =>
      Effect.gen(function* () {
        // Who only waits has answered nothing: what stands there may be the next that is waited for.
        if (text === "") return
        yield* Ref.set(read, (yield* screen).length)
        yield* fs.writeFileString(keys, text, { flag: "a" })
      })
    const unread = Effect.flatMap(Ref.get(read), (from) => Effect.map(screen, (seen) => seen.slice(from)))
    return {
      /** Waits for a text on the screen, after what stood there when something was typed last; then types. */
      answer: (question: string | RegExp, text: string) =>
        Effect.gen(function* () {
          yield* eventually(
            `${question} on the screen`,
            unread,
            (seen) => (typeof question === "string" ? seen.includes(question) : question.test(seen)),
            "60 seconds"
          )
          yield* type(text)
        }),
      /** What was printed since something was typed last. */
      unread,
      ended: Effect.map(running.ended, ({ code, stderr, stdout }) => ({
        code,
        stderr,
        screen: plainly(stdout)
      }))
    }
  }).pipe(Effect.provide(NodeContext.layer))
