/** What can go wrong around running as a service: installing it, its log, and the programs of the system. */
import { Schema } from "effect"

/** There is no service manager that the gateway knows on this system. `platform` is Node's name for it. */
export class ServiceUnsupported extends Schema.TaggedError<ServiceUnsupported>()("ServiceUnsupported", {
  platform: Schema.String
}) {
  readonly code = "service_unsupported"
  override get message(): string {
    return `services are for launchd (macOS) and systemd (Linux); this is ${this.platform}`
  }
  get hint(): string {
    return "Run `imsg-gateway --config FILE --log-file FILE` under what starts programs here; `imsg-gateway service print --platform systemd` shows what it needs."
  }
}

/** Nothing is installed at `file`. */
export class ServiceNotInstalled extends Schema.TaggedError<ServiceNotInstalled>()("ServiceNotInstalled", {
  file: Schema.String
}) {
  readonly code = "service_not_installed"
  override get message(): string {
    return `the service is not installed: there is no ${this.file}`
  }
  get hint(): string {
    return "`imsg-gateway service install` installs and starts it."
  }
}

/** The file that describes the service to the system cannot be read, written or understood. */
export class ServiceFileUnusable extends Schema.TaggedError<ServiceFileUnusable>()("ServiceFileUnusable", {
  file: Schema.String,
  detail: Schema.String
}) {
  readonly code = "service_file_unusable"
  override get message(): string {
    return `${this.file} cannot be used: ${this.detail}`
  }
  get hint(): string {
    return "Check who owns it and its folder; if it was edited by hand, `imsg-gateway service install` writes it anew."
  }
}

/** A program of the system refused. `exitCode` is none where it could not be run; `remedy` is for people. */
export class ServiceCommandFailed extends Schema.TaggedError<ServiceCommandFailed>()("ServiceCommandFailed", {
  command: Schema.String,
  exitCode: Schema.optionalWith(Schema.Int, { exact: true }),
  detail: Schema.String,
  remedy: Schema.String
}) {
  readonly code = "service_command_failed"
  override get message(): string {
    const how = this.exitCode === undefined ? "could not be run" : `ended with exit code ${this.exitCode}`
    return `\`${this.command}\` ${how}${this.detail === "" ? "" : `: ${this.detail}`}`
  }
  get hint(): string {
    return this.remedy
  }
}

/** The service was told to stop, and is still there after the time that it is allowed. `seconds` is how long it was waited for. */
export class ServiceStillRunning extends Schema.TaggedError<ServiceStillRunning>()("ServiceStillRunning", {
  seconds: Schema.Number
}) {
  readonly code = "service_still_running"
  override get message(): string {
    return `the service was told to stop, and has not ended within ${this.seconds} seconds`
  }
  get hint(): string {
    return "`imsg-gateway service status` shows its process, and `imsg-gateway logs` what it is doing: end it with `kill -9 PID`, then run the command again."
  }
}

/** The log file of `--log-file` cannot be written. */
export class LogFileUnusable extends Schema.TaggedError<LogFileUnusable>()("LogFileUnusable", {
  file: Schema.String,
  detail: Schema.String
}) {
  readonly code = "log_file_unusable"
  override get message(): string {
    return `the log file ${this.file} cannot be written: ${this.detail}`
  }
  get hint(): string {
    return "Check that its folder can be written by this user and that the disk has room, or name another with --log-file."
  }
}

/** There is no log to show. */
export class LogNotFound extends Schema.TaggedError<LogNotFound>()("LogNotFound", { file: Schema.String }) {
  readonly code = "log_not_found"
  override get message(): string {
    return `there is no log at ${this.file}`
  }
  get hint(): string {
    return "The gateway writes it when it runs as a service (`imsg-gateway service install`), or with `--log-file` and that path. In a terminal it logs to stderr."
  }
}

/** There is a log, and it cannot be read. */
export class LogUnreadable extends Schema.TaggedError<LogUnreadable>()("LogUnreadable", {
  file: Schema.String,
  detail: Schema.String
}) {
  readonly code = "log_unreadable"
  override get message(): string {
    return `the log ${this.file} cannot be read: ${this.detail}`
  }
  get hint(): string {
    return "It belongs to the user that the gateway runs as, and nobody else may read it: run the command as that user."
  }
}
