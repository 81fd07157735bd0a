/** A real systemd for one user, in namespaces of its own, on a machine that need not have booted with systemd. */
import { Command, FileSystem, Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect, Option, Stream } from "effect"
import { MAIN, runWith } from "./command.ts"
import { asRoot, program, programs } from "./programs.ts"
import { eventually } from "./simulator.ts"

const RUNTIME = "/run/user/0"

/** The shell prints its pid outside of the namespace, which is what `nsenter` has to know, and stays its first process. */
const start = (
  systemd: string
) => `mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system ${RUNTIME} && chmod 700 ${RUNTIME}
${systemd} --user >/dev/null 2>&1 &
wait $!`

const childOf = (pid: number) =>
  Effect.flatMap(FileSystem.FileSystem, (fs) =>
    Effect.map(fs.readFileString(`/proc/${pid}/task/${pid}/children`), (text) =>
      Option.filter(Option.some(Number(text.trim().split(" ")[0])), (child) => child > 0)
    )
  )

/**
 * Starts systemd for a user with a home folder of their own; everything ends with the scope. `run` runs a program
 * beside it, `gateway` a command of the built gateway, `commandLine` is what that runs, `property` asks it about the gateway's unit.
 */
export const makeUserSystemd = Effect.gen(function* () {
  yield* programs("systemctl", "unshare", "nsenter")
  const systemd = yield* program("systemd")
  // The namespaces take it.
  yield* asRoot
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const dir = yield* fs.makeTempDirectoryScoped({ prefix: "imsg-gateway-systemd-" })
  const home = path.join(dir, `a "home" & é 100% $x`)
  const configFile = path.join(home, "config.json5")
  yield* fs.makeDirectory(home)
  yield* fs.writeFileString(configFile, "{imessage: {enabled: false}}")
  const env = { HOME: home, XDG_RUNTIME_DIR: RUNTIME, NO_COLOR: "1", SYSTEMD_PAGER: "" }
  const namespaces = yield* Command.start(
    Command.make(
      "unshare",
      "--mount",
      "--pid",
      "--fork",
      "--mount-proc",
      "--kill-child",
      "--propagation",
      "private",
      "sh",
      "-c",
      start(systemd)
    ).pipe(Command.env(env))
  )
  yield* Effect.forkScoped(Stream.runDrain(namespaces.stderr))
  const inside = yield* eventually("a process inside", childOf(namespaces.pid), Option.isSome)
  const run = (program: string, ...args: ReadonlyArray<string>) =>
    runWith(env, "nsenter", "-t", String(Option.getOrElse(inside, () => 0)), "-m", "-p", program, ...args)
  yield* eventually(
    "systemd",
    run("systemctl", "--user", "is-system-running"),
    ({ stdout }) => stdout.trim() === "running",
    "20 seconds"
  )
  const property = (name: string) =>
    Effect.map(
      run("systemctl", "--user", "show", "imsg-gateway.service", "-p", name, "--value"),
      ({ stdout }) => stdout.trim()
    )
  const commandLine = (...args: ReadonlyArray<string>) => [
    process.execPath,
    MAIN,
    ...args,
    "--config",
    configFile
  ]
  return {
    home,
    configFile,
    unit: path.join(home, ".config", "systemd", "user", "imsg-gateway.service"),
    run,
    commandLine,
    gateway: (...args: ReadonlyArray<string>) => run("env", ...commandLine(...args)),
    property,
    /** Waits until systemd says so of the unit. */
    awaitProperty: (name: string, isIt: (value: string) => boolean) =>
      eventually(name, property(name), isIt, "40 seconds")
  }
}).pipe(Effect.provide(NodeContext.layer))
