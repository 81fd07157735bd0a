/** The user unit; see systemd.service(5), systemd.exec(5) and systemd.kill(5). */
import type { ServiceDefinition, ServiceProgram } from "../definition.ts"
import { programOf } from "../programOf.ts"
import { quote, words } from "./quoting.ts"

/** The name of the unit. */
export const UNIT = "imsg-gateway.service"

/** A gateway that says nothing for so long is killed and started again, in seconds. */
const WATCHDOG_SECONDS = 60
const RESTART_SECONDS = 5
/** A start checks the store's integrity, which takes seconds for a large one. */
const START_SECONDS = 180

/** Exit code 2: the config is wrong, and a restart would find it so again. */
const CONFIG_EXIT_CODE = 2

/** systemd refuses quotes and backslashes in the program's own path, whatever quoting there is. */
const launched = (program: string): ReadonlyArray<string> =>
  /["'\\]/u.test(program) ? ["/usr/bin/env", program] : [program]

/**
 * The unit's text. Not for a user's units, or not for programs that start whatever an agent is: file system
 * protections (they need user namespaces), `MemoryDenyWriteExecute` (V8 compiles at run time), restricted address
 * families and system calls.
 */
export const render = (definition: ServiceDefinition): string => {
  const [program = "", ...rest] = [...launched(definition.program), ...definition.arguments]
  const environment = Object.entries(definition.environment).map(
    ([name, value]) => `Environment=${quote(`${name}=${value}`)}`
  )
  return [
    "[Unit]",
    "Description=imsg-gateway: connects Apple Messages to agents",
    "# It never gives up: a Mac or a disk that is away comes back.",
    "StartLimitIntervalSec=0",
    "",
    "[Service]",
    "Type=notify",
    "# systemd-notify, a child, speaks for the gateway.",
    "NotifyAccess=all",
    `ExecStart=${[`:${program}`, ...rest].map(quote).join(" ")}`,
    "ExecReload=kill -HUP $MAINPID",
    "WorkingDirectory=~",
    ...environment,
    `TimeoutStartSec=${START_SECONDS}`,
    `WatchdogSec=${WATCHDOG_SECONDS}`,
    "# A core would hold messages.",
    "WatchdogSignal=SIGKILL",
    "Restart=always",
    `RestartSec=${RESTART_SECONDS}`,
    `RestartPreventExitStatus=${CONFIG_EXIT_CODE}`,
    "# The gateway ends its own children, after their turns and sends are finished.",
    "KillMode=mixed",
    `TimeoutStopSec=${definition.stopSeconds}`,
    "UMask=0077",
    "NoNewPrivileges=yes",
    "LockPersonality=yes",
    "RestrictRealtime=yes",
    "",
    "[Install]",
    "WantedBy=default.target",
    ""
  ].join("\n")
}

/** What a unit of ours runs; nothing where its text has no such line. */
export const parse = (text: string): ServiceProgram | undefined => {
  const line = /^ExecStart=(.*)$/mu.exec(text)?.[1]
  if (line === undefined) return undefined
  const [first = "", ...rest] = words(line)
  const program = first.replace(/^:/u, "")
  return programOf(program === "/usr/bin/env" ? rest : [program, ...rest])
}
