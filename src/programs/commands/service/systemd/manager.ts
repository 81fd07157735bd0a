/** systemd: a unit of the user. */
import { userInfo } from "node:os"
import { Path } from "@effect/platform"
import { Effect, Option } from "effect"
import { ServiceCommandFailed } from "../../../../schemas/errors/service.ts"
import { look } from "../advice.ts"
import { call } from "../call.ts"
import { home, missingVariables } from "../definition.ts"
import * as files from "../files.ts"
import type { ServiceManager } from "../ServiceManager.ts"
import { givenVariables } from "./environment.ts"
import * as systemctl from "./systemctl.ts"
import * as unit from "./unit.ts"

const unitFile = Effect.gen(function* () {
  const path = yield* Path.Path
  return path.join(yield* home, ".config", "systemd", "user", unit.UNIT)
})

/** `waitid`'s codes for a process that a signal ended. */
const KILLED = ["2", "3"]

/** Whether the user's services run while they are not signed in; nothing where it cannot be found out. */
const lingers = (user: string) =>
  call("", "loginctl", "show-user", user, "-p", "Linger", "--value").pipe(
    Effect.map(({ exitCode, stdout }) => exitCode === 0 && stdout.trim() === "yes"),
    Effect.orElseSucceed(() => false)
  )

const variableRemedy = (names: ReadonlyArray<string>): string =>
  `The config reads ${names.join(", ")} from the environment, which systemd does not set. Run \`systemctl --user edit ${unit.UNIT}\`, add

[Service]
${names.map((name) => `Environment="${name}=…"`).join("\n")}

(a later install keeps that), or write the value into the config; then run \`imsg-gateway service start\`.`

const variableWarning = (names: ReadonlyArray<string>): string =>
  names.length === 0
    ? ""
    : `Warning: so that it does not fail, it is not started yet. ${variableRemedy(names)}\n\n`

/** Starts it anew; not `enable --now`, with which one that runs would go on with its old settings. */
const restart = (missing: ReadonlyArray<string>) =>
  Effect.mapError(systemctl.run("restart", unit.UNIT), (error) => {
    const { command, detail, exitCode } = error
    return missing.length === 0
      ? error
      : new ServiceCommandFailed({
          command,
          detail,
          remedy: variableRemedy(missing),
          ...(exitCode === undefined ? {} : { exitCode })
        })
  })

/** Whether a unit in this state has no process, and is not about to have one. */
const isDown = (activeState: string): boolean => ["inactive", "failed"].includes(activeState)

const lingerAdvice = (user: string): string =>
  `It ends when ${user} signs out, unless \`sudo loginctl enable-linger ${user}\` is done once: then it also starts with the system.\n\n`

const pidOf = (text: string): number | undefined => (text === "" || text === "0" ? undefined : Number(text))

export const systemd: ServiceManager = {
  platform: "systemd",
  render: (definition) => Effect.succeed(unit.render(definition)),
  install: (definition) =>
    Effect.gen(function* () {
      const file = yield* unitFile
      const user = yield* Effect.sync(() => userInfo().username)
      yield* files.makeLogDir(definition.output)
      yield* files.write(file, unit.render(definition), 0o644)
      yield* systemctl.run("daemon-reload")
      yield* systemctl.run("enable", unit.UNIT)
      const missing = yield* missingVariables(definition, yield* givenVariables)
      const isLeft = missing.length > 0 && isDown((yield* systemctl.show)("ActiveState"))
      if (!isLeft) yield* restart(missing)
      const linger = (yield* lingers(user)) ? "" : lingerAdvice(user)
      return {
        file,
        started: isLeft ? "not started" : "started",
        advice: `${variableWarning(isLeft ? missing : [])}${linger}${look}`
      }
    }),
  uninstall: Effect.gen(function* () {
    const file = yield* unitFile
    yield* files.demand(file)
    yield* systemctl.run("disable", "--now", unit.UNIT)
    yield* files.remove(file)
    yield* systemctl.run("daemon-reload")
    return `The service is stopped, and ${file} is removed. What the gateway keeps, logs included, stays in its state folder.`
  }),
  start: Effect.gen(function* () {
    yield* files.demand(yield* unitFile)
    const show = yield* systemctl.show
    if (show("ActiveState") === "active") return `The service is running already (pid ${show("MainPID")}).`
    yield* systemctl.run("start", unit.UNIT)
    return "The service is started."
  }),
  stop: Effect.gen(function* () {
    yield* files.demand(yield* unitFile)
    yield* systemctl.run("stop", unit.UNIT)
    return "The service is stopped. It starts again with `imsg-gateway service start`, and at the next login."
  }),
  inspect: Effect.gen(function* () {
    const file = yield* unitFile
    const text = yield* files.read(file)
    const show = yield* systemctl.show
    const [code, status] = [show("ExecMainCode"), show("ExecMainStatus")]
    return {
      file,
      installed: Option.getOrUndefined(Option.flatMapNullable(text, unit.parse)),
      loaded: show("LoadState") === "loaded",
      state: show("ActiveState"),
      pid: pidOf(show("MainPID")),
      lastExitCode: code === "1" ? Number(status) : undefined,
      lastSignal: KILLED.includes(code) ? status : undefined
    }
  })
}
