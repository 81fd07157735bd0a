/**
 * Programs that some tests run and a machine need not have. A test that comes to one that is missing is skipped, and
 * the end of the run says for want of what; with `EVERY_TEST=1`, as `.ci/run` has it, it fails.
 */
import { accessSync, constants, readdirSync } from "node:fs"
import { delimiter, join } from "node:path"
import { Array as Arr, Effect, Option } from "effect"
import { getCurrentTest } from "vitest/suite"

declare module "vitest" {
  interface TaskMeta {
    /** What a skipped test needs and the machine has not, and how to get it. */
    lacks?: string
  }
}

/** Debian's package of each. What every POSIX system has (`sh`, `cat`, `head` and their kind) is not among them. */
const PACKAGES = {
  bash: "bash",
  chromium: "chromium",
  convert: "imagemagick",
  fish: "fish",
  identify: "imagemagick",
  nsenter: "util-linux",
  postgres: "postgresql",
  prlimit: "util-linux",
  python3: "python3",
  rubocop: "rubocop",
  ruby: "ruby",
  ssh: "openssh-client",
  "ssh-keygen": "openssh-client",
  sshd: "openssh-server",
  systemctl: "systemd",
  systemd: "systemd",
  unshare: "util-linux",
  zsh: "zsh"
}

/** Where programs lie that are not started by people, and so are in nobody's path. */
const SYSTEM_FOLDERS = ["/usr/sbin", "/usr/local/sbin", "/usr/lib/systemd", "/lib/systemd"]

/** Where packages put PostgreSQL, a folder for each version: Debian's, and Homebrew's on both kinds of Mac. */
const POSTGRES_FOLDERS = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"].flatMap((folder) =>
  Option.getOrElse(Option.liftThrowable((path: string) => readdirSync(path))(folder), () => [])
    .filter((name) => /^(?:postgresql(?:@\d+)?|\d+)$/u.test(name))
    .map((name) => join(folder, name, "bin"))
)

const isExecutable = (file: string): boolean =>
  Option.isSome(Option.liftThrowable(accessSync)(file, constants.X_OK))

/** Ends the test that runs: it needs what is not here. */
const lacks = (what: string, remedy: string): Effect.Effect<never> =>
  Effect.sync(() => {
    const test = getCurrentTest()
    if (process.env.EVERY_TEST === "1" || test === undefined) {
      throw new Error(`this test needs ${what} (${remedy})`)
    }
    test.meta.lacks = `${what} (${remedy})`
    return test.context.skip(`needs ${what}`)
  })

/** Where a program lies. The test that runs ends here if it is missing. */
export const program = (name: keyof typeof PACKAGES): Effect.Effect<string> =>
  Effect.suspend(() => {
    const folders = [
      ...(process.env.PATH ?? "").split(delimiter).filter(Boolean),
      ...SYSTEM_FOLDERS,
      ...POSTGRES_FOLDERS
    ]
    return Option.match(
      Arr.findFirst(
        folders.map((folder) => join(folder, name)),
        isExecutable
      ),
      { onNone: () => lacks(name, `apt-get install ${PACKAGES[name]}`), onSome: Effect.succeed }
    )
  })

/** For what takes programs from the path. */
export const programs = (...names: ReadonlyArray<keyof typeof PACKAGES>): Effect.Effect<void> =>
  Effect.forEach(names, program, { discard: true })

/** For what only root may do. */
export const asRoot: Effect.Effect<void> = Effect.suspend(() =>
  process.getuid?.() === 0 ? Effect.void : lacks("root", "run the tests as root")
)
