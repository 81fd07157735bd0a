/** What is asked of a service manager, launchd or systemd. */
import type { CommandExecutor, FileSystem, Path } from "@effect/platform"
import type { Effect } from "effect"
import type {
  ServiceCommandFailed,
  ServiceFileUnusable,
  ServiceNotInstalled,
  ServiceStillRunning
} from "../../../schemas/errors/service.ts"
import type { ServiceDefinition, ServiceProgram } from "./definition.ts"

export type Platform = "launchd" | "systemd"

/** What a service manager knows of the service. */
export interface Inspection {
  /** The file that describes the service to it. */
  readonly file: string
  /** What that file runs; nothing where it is not there. */
  readonly installed: ServiceProgram | undefined
  readonly loaded: boolean
  /** In the service manager's own word: `running`, `activating`, … */
  readonly state: string | undefined
  readonly pid: number | undefined
  readonly lastExitCode: number | undefined
  readonly lastSignal: string | undefined
}

/** What an install came to. */
export interface Installed {
  readonly file: string
  /** Whether the gateway runs now, as far as can be told; else why not, in a few words. */
  readonly started: "started" | "not started" | "cannot run yet"
  /** What people should know. */
  readonly advice: string
}

type Host = CommandExecutor.CommandExecutor | FileSystem.FileSystem | Path.Path
type Failure = ServiceCommandFailed | ServiceFileUnusable
type StopFailure = Failure | ServiceStillRunning

export interface ServiceManager {
  readonly platform: Platform
  /** The text of the file that `install` writes. */
  readonly render: (definition: ServiceDefinition) => Effect.Effect<string>
  /**
   * Writes the file, replacing an older one, and starts the service; one that runs is started anew. Where variables are
   * missing that the config reads, one that does not run may be left so.
   */
  readonly install: (definition: ServiceDefinition) => Effect.Effect<Installed, StopFailure, Host>
  /** Stops the service and removes the file. */
  readonly uninstall: Effect.Effect<string, StopFailure | ServiceNotInstalled, Host>
  /** Starts what is installed; the answer says what was done. */
  readonly start: Effect.Effect<string, Failure | ServiceNotInstalled, Host>
  /** Stops it until it is started again or, for launchd and systemd alike, until the next login. */
  readonly stop: Effect.Effect<string, StopFailure | ServiceNotInstalled, Host>
  readonly inspect: Effect.Effect<Inspection, Failure, Host>
}
