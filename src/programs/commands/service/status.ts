/** The service beside the program that asks about it. */
import { FileSystem } from "@effect/platform"
import { Effect } from "effect"
import type { ServiceProgram } from "./definition.ts"
import type { Inspection, Platform } from "./ServiceManager.ts"

/** What `service status --json` prints. `differences` says where the installed service is not this program's. */
export interface ServiceStatus {
  readonly platform: Platform
  readonly file: string
  readonly installed: boolean
  readonly loaded: boolean
  readonly running: boolean
  readonly state: string | null
  readonly pid: number | null
  readonly lastExitCode: number | null
  readonly lastSignal: string | null
  readonly program: string | null
  readonly main: string | null
  readonly configFile: string | null
  readonly differences: ReadonlyArray<string>
}

const PARTS = [
  ["program", "node", "this is"],
  ["main", "the program", "this is"],
  ["configFile", "the config", "this command would use"]
] as const

/** How an installed service differs from this program. */
const differences = (installed: ServiceProgram, here: ServiceProgram): ReadonlyArray<string> =>
  PARTS.flatMap(([part, what, here_]) =>
    installed[part] === here[part]
      ? []
      : [`${what} of the service is ${installed[part] || "not named"}; ${here_} ${here[part]}`]
  )

/** Those of an installed service's files that are gone: an upgrade of node removes the old one. */
const missing = (installed: ServiceProgram) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const gone = yield* Effect.filter([installed.program, installed.main, installed.configFile], (file) =>
      fs.exists(file).pipe(
        Effect.map((exists) => !exists),
        Effect.orElseSucceed(() => false)
      )
    )
    return gone.map((file) => `${file}, which the service needs, does not exist`)
  })

/** Puts together what the service manager knows and what this program is. */
export const statusOf = (platform: Platform, inspection: Inspection, here: ServiceProgram) =>
  Effect.gen(function* () {
    const { installed } = inspection
    const status: ServiceStatus = {
      platform,
      file: inspection.file,
      installed: installed !== undefined,
      loaded: inspection.loaded,
      running: inspection.pid !== undefined,
      state: inspection.state ?? null,
      pid: inspection.pid ?? null,
      lastExitCode: inspection.lastExitCode ?? null,
      lastSignal: inspection.lastSignal ?? null,
      program: installed?.program ?? null,
      main: installed?.main ?? null,
      configFile: installed?.configFile ?? null,
      differences:
        installed === undefined ? [] : [...(yield* missing(installed)), ...differences(installed, here)]
    }
    return status
  })

const lastEnd = ({ lastExitCode, lastSignal }: ServiceStatus): string => {
  if (lastSignal !== null) return `ended by signal ${lastSignal}`
  return lastExitCode === null ? "none yet" : `exit code ${lastExitCode}`
}

const running = ({ pid, running: isRunning, state }: ServiceStatus): string =>
  isRunning ? `yes (pid ${pid})` : state === null ? "no" : `no (${state})`

/** The status for people. */
export const showStatus = (status: ServiceStatus): string => {
  if (!status.installed && !status.loaded) {
    return `not installed (${status.platform}): \`imsg-gateway service install\` installs it`
  }
  return [
    `installed  ${status.installed ? status.file : `no, but ${status.platform} still knows it: \`service stop\``}`,
    `loaded     ${status.loaded ? "yes" : "no: `imsg-gateway service start` loads it"}`,
    `running    ${running(status)}`,
    `last end   ${lastEnd(status)}`,
    ...(status.program === null
      ? []
      : [`node       ${status.program}`, `program    ${status.main}`, `config     ${status.configFile}`]),
    ...(status.differences.length === 0
      ? []
      : ["", ...status.differences, "`imsg-gateway service install` makes it this program's."])
  ].join("\n")
}
