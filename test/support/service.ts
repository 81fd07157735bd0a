import { FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { MAIN, runWith } from "./command.ts"
import { readLines } from "./files.ts"
import { program } from "./programs.ts"

/** The value that a parser of Python makes of a file, by way of JSON. */
export const python = (script: string, ...args: ReadonlyArray<string>) =>
  program("python3").pipe(
    Effect.flatMap((python3) => runWith({}, python3, "-c", script, ...args)),
    Effect.map(({ stdout }): unknown => JSON.parse(stdout))
  )

/** Writes its arguments down; fails as `fakes/<verb>` says: an exit code and what to print. */
const RECORD = `#!/bin/sh
FAKES="$(dirname "$0")/../fakes"
echo "$(basename "$0") $*" >> "$FAKES/calls"
fail() { if [ -f "$FAKES/$1" ]; then { read -r code; cat; } < "$FAKES/$1" > "$FAKES/said"; cat "$FAKES/said" >&2; exit "$(head -1 "$FAKES/$1")"; fi; }
`

/**
 * As launchd does it: one agent that is loaded or not, and with `slow` ends some time after `bootout`, with `stuck`
 * never. With `signedOut` there is no graphical session.
 */
const LAUNCHCTL = `${RECORD}
if [ -f "$FAKES/signedOut" ] && [ "$1" != enable ]; then echo "Domain does not support specified action" >&2; exit "$(cat "$FAKES/signedOut")"; fi
case "$1" in
  enable) ;;
  bootstrap)
    fail bootstrap
    if [ -f "$FAKES/loaded" ]; then echo "Bootstrap failed: 5: Input/output error" >&2; exit 5; fi
    [ -f "$3" ] || { echo "Bootstrap failed: 5: Input/output error" >&2; exit 5; }
    touch "$FAKES/loaded" "$FAKES/runs" ;;
  bootout)
    fail bootout
    [ -f "$FAKES/loaded" ] || { echo "Boot-out failed: 3: No such process" >&2; exit 3; }
    rm -f "$FAKES/runs"
    if [ -f "$FAKES/stuck" ]; then exit 0; fi
    if [ -f "$FAKES/slow" ]; then touch "$FAKES/ending"; else rm -f "$FAKES/loaded"; fi ;;
  kickstart)
    fail kickstart
    touch "$FAKES/runs" ;;
  print)
    fail print
    [ -f "$FAKES/loaded" ] || { echo "Bad request." >&2; echo "Could not find service \\"dev.imsg-gateway\\" in domain for user gui: 501" >&2; exit 113; }
    if [ -f "$FAKES/ending" ]; then echo x >> "$FAKES/ending"; [ "$(wc -l < "$FAKES/ending")" -ge 3 ] && rm "$FAKES/loaded" "$FAKES/ending"; fi
    printf 'gui/501/dev.imsg-gateway = {\\n\\tactive count = 1\\n\\tpath = /x.plist\\n\\ttype = LaunchAgent\\n'
    if [ -f "$FAKES/runs" ]; then printf '\\tstate = running\\n'; else printf '\\tstate = spawn scheduled\\n'; fi
    printf '\\n\\tprogram = /usr/bin/node\\n\\tinherited environment = {\\n\\t\\tstate = nested\\n\\t\\tpid = 1\\n\\t}\\n'
    printf '\\n\\tminimum runtime = 30\\n\\truns = 3\\n'
    if [ -f "$FAKES/runs" ]; then printf '\\tpid = 4242\\n'; fi
    printf '\\tlast exit code = 1\\n\\n\\tspawn type = interactive (4)\\n}\\n' ;;
esac
`

const SYSTEMCTL = `${RECORD}
[ "$1" = --user ] && shift
fail "$1"
unit="$HOME/.config/systemd/user/imsg-gateway.service"
case "$1" in
  restart|start) touch "$FAKES/runs" ;;
  stop|disable) rm -f "$FAKES/runs" ;;
  show)
    if [ -f "$unit" ]; then echo LoadState=loaded; else echo LoadState=not-found; fi
    if [ -f "$FAKES/runs" ]; then printf 'ActiveState=active\\nMainPID=4242\\n'; else printf 'ActiveState=inactive\\nMainPID=0\\n'; fi
    cat "$FAKES/shown" 2>/dev/null || printf 'ExecMainCode=0\\nExecMainStatus=0\\nEnvironment=\\n' ;;
esac
`

const LOGINCTL = `${RECORD}
cat "$FAKES/linger" 2>/dev/null || echo no
`

/**
 * A user. `service` runs a subcommand as they would; `calls` are those that reached the service manager since the
 * last look. `fail` makes a verb of it fail from now on.
 */
export const makeUser = (options: { readonly name?: string; readonly config?: string } = {}) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const dir = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-gateway-service-" })
    const home = path.join(dir, options.name ?? "home")
    const bin = path.join(dir, "bin")
    const fakes = path.join(dir, "fakes")
    const configFile = path.join(home, "config.json5")
    yield* Effect.forEach([home, bin, fakes], (folder) => fs.makeDirectory(folder))
    yield* fs.writeFileString(configFile, options.config ?? "{}")
    const programs = { launchctl: LAUNCHCTL, systemctl: SYSTEMCTL, loginctl: LOGINCTL }
    yield* Effect.forEach(Object.entries(programs), ([name, text]) =>
      fs.writeFileString(path.join(bin, name), text, { mode: 0o755 })
    )
    const env = { HOME: home, PATH: `${bin}:${process.env.PATH}`, NO_COLOR: "1" }
    const calls = path.join(fakes, "calls")
    return {
      home,
      /** With the stand-ins in its path. */
      env,
      configFile,
      plist: path.join(home, "Library", "LaunchAgents", "dev.imsg-gateway.plist"),
      unit: path.join(home, ".config", "systemd", "user", "imsg-gateway.service"),
      logs: path.join(home, ".imsg-gateway", "logs"),
      set: (file: string, text: string) => fs.writeFileString(path.join(fakes, file), text),
      unset: (file: string) => fs.remove(path.join(fakes, file), { force: true }),
      fail: (verb: string, exitCode: number, says: string) =>
        fs.writeFileString(path.join(fakes, verb), `${exitCode}\n${says}\n`),
      calls: Effect.tap(readLines(calls), () => fs.remove(calls, { force: true })),
      run: (variables: Record<string, string>, ...args: ReadonlyArray<string>) =>
        runWith({ ...env, ...variables }, process.execPath, MAIN, ...args),
      service: (...args: ReadonlyArray<string>) =>
        runWith(env, process.execPath, MAIN, "service", ...args, "--config", configFile)
    }
  }).pipe(Effect.provide(NodeContext.layer))

export type User = Effect.Effect.Success<ReturnType<typeof makeUser>>

/** A test of one user. */
export const withUser = (
  name: string,
  body: (user: User) => Effect.Effect<void, unknown, FileSystem.FileSystem>,
  options: Parameters<typeof makeUser>[0] = {}
) =>
  it.scopedLive(name, () => Effect.flatMap(makeUser(options), body).pipe(Effect.provide(NodeContext.layer)))

/** A home folder that trips over one syntax or another. */
export const STRANGE_HOME = { name: `an "other" home & <é> 100%` }

export const LAUNCHD = ["--platform", "launchd"]
export const SYSTEMD = ["--platform", "systemd"]

export const exists = (file: string) => Effect.flatMap(FileSystem.FileSystem, (fs) => fs.exists(file))

/** The permissions of a file. */
export const modeOf = (file: string) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.map(fs.stat(file), ({ mode }) => mode & 0o777))

/** A property list as Python reads it. */
export const readAgent = (file: string) =>
  python("import json, plistlib, sys; print(json.dumps(plistlib.load(open(sys.argv[1], 'rb'))))", file)
