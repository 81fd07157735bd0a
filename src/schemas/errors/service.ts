/** What can go wrong around running as a service: installing it, its log, and the programs of the system. */
import { Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

/** There is no service manager that the gateway knows on this system. `platform` is Node's name for it. */
export class ServiceUnsupported extends GatewayError<ServiceUnsupported>()("ServiceUnsupported", {
  code: "service_unsupported",
  fields: { platform: Schema.String },
  message: ({ platform }) => `services are for launchd (macOS) and systemd (Linux); this is ${platform}`,
  hint: "Run `imsg-gateway --config FILE --log-file FILE` under what starts programs here; `imsg-gateway service print --platform systemd` shows what it needs."
}) {}

/** The program lies where npm removes it again: `npx` ran it. */
export class ServiceProgramPassing extends GatewayError<ServiceProgramPassing>()("ServiceProgramPassing", {
  code: "service_program_passing",
  fields: { file: Schema.String },
  message: ({ file }) => `this program was run by npx, and its file does not stay: ${file}`,
  hint: "Install it first, and then the service: `npm install -g imsg-gateway && imsg-gateway service install`."
}) {}

/** Nothing is installed at `file`. */
export class ServiceNotInstalled extends GatewayError<ServiceNotInstalled>()("ServiceNotInstalled", {
  code: "service_not_installed",
  fields: { file: Schema.String },
  message: ({ file }) => `the service is not installed: there is no ${file}`,
  hint: "`imsg-gateway service install` installs and starts it."
}) {}

/** The file that describes the service to the system cannot be read, written or understood. */
export class ServiceFileUnusable extends GatewayError<ServiceFileUnusable>()("ServiceFileUnusable", {
  code: "service_file_unusable",
  fields: { file: Schema.String, detail: Schema.String },
  message: ({ detail, file }) => `${file} cannot be used: ${detail}`,
  hint: "Check who owns it and its folder; if it was edited by hand, `imsg-gateway service install` writes it anew."
}) {}

/** A program of the system refused. `exitCode` is none where it could not be run; `remedy` is for people. */
export class ServiceCommandFailed extends GatewayError<ServiceCommandFailed>()("ServiceCommandFailed", {
  code: "service_command_failed",
  fields: {
    command: Schema.String,
    exitCode: Schema.Int.pipe(Schema.optionalWith({ exact: true })),
    detail: Schema.String,
    remedy: Schema.String
  },
  message: ({ command, detail, exitCode }) => {
    const how = exitCode === undefined ? "could not be run" : `ended with exit code ${exitCode}`
    return `\`${command}\` ${how}${detail === "" ? "" : `: ${detail}`}`
  },
  hint: ({ remedy }) => remedy
}) {}

/** The service was told to stop, and is still there after the time that it is allowed. `seconds` is how long it was waited for. */
export class ServiceStillRunning extends GatewayError<ServiceStillRunning>()("ServiceStillRunning", {
  code: "service_still_running",
  fields: { seconds: Schema.Number },
  message: ({ seconds }) => `the service was told to stop, and has not ended within ${seconds} seconds`,
  hint: "`imsg-gateway service status` shows its process, and `imsg-gateway logs` what it is doing: end it with `kill -9 PID`, then run the command again."
}) {}

/** The log file of `--log-file` cannot be written. */
export class LogFileUnusable extends GatewayError<LogFileUnusable>()("LogFileUnusable", {
  code: "log_file_unusable",
  fields: { file: Schema.String, detail: Schema.String },
  message: ({ detail, file }) => `the log file ${file} cannot be written: ${detail}`,
  hint: "Check that its folder can be written by this user and that the disk has room, or name another with --log-file."
}) {}

/** There is no log to show. */
export class LogNotFound extends GatewayError<LogNotFound>()("LogNotFound", {
  code: "log_not_found",
  fields: { file: Schema.String },
  message: ({ file }) => `there is no log at ${file}`,
  hint: "The gateway writes it when it runs as a service (`imsg-gateway service install`), or with `--log-file` and that path. In a terminal it logs to stderr."
}) {}

/** There is a log, and it cannot be read. */
export class LogUnreadable extends GatewayError<LogUnreadable>()("LogUnreadable", {
  code: "log_unreadable",
  fields: { file: Schema.String, detail: Schema.String },
  message: ({ detail, file }) => `the log ${file} cannot be read: ${detail}`,
  hint: "It belongs to the user that the gateway runs as, and nobody else may read it: run the command as that user."
}) {}
