/** Failures of a child, and of what it needs on its Mac. */
import { Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

const HINT_FULL_DISK_ACCESS =
  "Open System Settings → Privacy & Security → Full Disk Access and switch on the program that started the " +
  "gateway (the terminal, launchd's node, or sshd for a remote Mac); if it is already on, switch it off and on " +
  "again, then restart that program."
/** The permissions of macOS that stand between the gateway and Messages. */
export const Permission = Schema.Literal("FullDiskAccess", "Automation", "Contacts")
export type Permission = typeof Permission.Type

const PERMISSIONS: Readonly<Record<Permission, { readonly name: string; readonly hint: string }>> = {
  FullDiskAccess: { name: "Full Disk Access", hint: HINT_FULL_DISK_ACCESS },
  Automation: {
    name: "Automation of Messages",
    hint:
      "Open System Settings → Privacy & Security → Automation and allow the program that started the gateway to " +
      "control Messages. Over SSH macOS may offer no such switch: run the gateway in the signed-in user's session."
  },
  Contacts: {
    name: "Contacts",
    hint: "Open System Settings → Privacy & Security → Contacts and allow the program."
  }
}

/** The program at `cliPath` does not exist or cannot be executed; with `host`, the one that it runs on that host. */
export class ImsgNotFound extends GatewayError<ImsgNotFound>()("ImsgNotFound", {
  code: "imsg_not_found",
  fields: { cliPath: Schema.String, detail: Schema.String, host: Schema.optional(Schema.String) },
  message: ({ cliPath, detail, host }) =>
    `cannot run ${cliPath}: ${host === undefined ? "" : `on ${host}: `}${detail}`,
  hint: ({ host }) => {
    if (host !== undefined) {
      return (
        `Install it there with \`brew install steipete/tap/imsg\`, and write its full path into the wrapper, such as ` +
        "/opt/homebrew/bin/imsg: a command over SSH does not get the PATH of a terminal."
      )
    }
    return "Install it with `brew install steipete/tap/imsg`, or set imessage.cliPath to where it (or a wrapper script) is."
  }
}) {}

/** The program answers, but it has no `rpc` command. */
export class ImsgUnsupported extends GatewayError<ImsgUnsupported>()("ImsgUnsupported", {
  code: "imsg_unsupported",
  fields: { cliPath: Schema.String, detail: Schema.String },
  message: ({ cliPath, detail }) => `${cliPath} has no \`rpc\` command: ${detail}`,
  hint: "Update it with `brew upgrade imsg`, and check that imessage.cliPath names imsg or a wrapper that runs it."
}) {}

/** macOS refuses something that the account needs. */
export class PermissionDenied extends GatewayError<PermissionDenied>()("PermissionDenied", {
  code: "permission_denied",
  fields: { permission: Permission, detail: Schema.String },
  message: ({ detail, permission }) => `macOS denies ${PERMISSIONS[permission].name}: ${detail}`,
  hint: ({ permission }) => PERMISSIONS[permission].hint
}) {}

/** The child runs, but cannot read the Messages database. */
export class DatabaseUnavailable extends GatewayError<DatabaseUnavailable>()("DatabaseUnavailable", {
  code: "database_unavailable",
  fields: { detail: Schema.String },
  message: ({ detail }) => `the Messages database cannot be read: ${detail}`,
  hint: `Check that Messages is signed in and that imessage.dbPath is right. ${HINT_FULL_DISK_ACCESS}`
}) {}

/** The child ended. `exitCode` is absent when a signal ended it; `stderr` is the end of what it wrote there. */
export class ChildExited extends GatewayError<ChildExited>()("ChildExited", {
  code: "child_exited",
  fields: {
    command: Schema.String,
    exitCode: Schema.optional(Schema.Int),
    signal: Schema.optional(Schema.String),
    stderr: Schema.String
  },
  message: ({ command, exitCode, signal, stderr }) => {
    const how =
      exitCode !== undefined
        ? `exited with code ${exitCode}`
        : signal !== undefined
          ? `was ended by ${signal}`
          : "closed its pipes"
    const said = stderr.trim()
    return `${command} ${how}${said === "" ? "" : `: ${said}`}`
  },
  hint: "It is started again by itself. If it keeps ending, run the same command in a terminal and read what it says."
}) {}

/** The child runs but does not react. `watch` says which of the gateway's watches noticed. */
export class ChildStuck extends GatewayError<ChildStuck>()("ChildStuck", {
  code: "child_stuck",
  fields: {
    command: Schema.String,
    watch: Schema.Literal("start", "heartbeat", "stall"),
    method: Schema.String,
    afterMs: Schema.Number
  },
  message: ({ afterMs, command, method, watch }) =>
    watch === "start"
      ? `${command} started but did not answer \`${method}\` within ${afterMs} ms`
      : watch === "heartbeat"
        ? `${command} did not answer the heartbeat \`${method}\` within ${afterMs} ms`
        : `${command} has been silent for ${afterMs} ms while the database moved on`,
  hint: ({ watch }) =>
    watch === "start"
      ? "If it is a wrapper script, check that it passes stdin and stdout through unbuffered and asks no questions " +
        "(ssh: use -T and BatchMode); else look for a permission dialog on the Mac's screen."
      : "It is replaced by itself. If this repeats, look for a permission dialog on the Mac's screen."
}) {}

/** No answer came within the time that the request was given. */
export class RpcTimeout extends GatewayError<RpcTimeout>()("RpcTimeout", {
  code: "rpc_timeout",
  fields: { method: Schema.String, afterMs: Schema.Number },
  message: ({ afterMs, method }) => `\`${method}\` was not answered within ${afterMs} ms`,
  hint: "Messages may be busy or waiting for a person; look at the Mac's screen."
}) {}

/** Characters of what imsg says of an error that are shown. */
const LONGEST_DETAIL = 300

/** What imsg says of an error: up to 0.13 a text, from 0.14 a field. */
const detailIn = (data: unknown): string => {
  const detail = typeof data === "object" && data !== null && "detail" in data ? data.detail : data
  return typeof detail === "string" ? detail.trim().slice(0, LONGEST_DETAIL) : ""
}

/** The child answered a request with an error. `rpcCode` and `data` are as it sent them. */
export class RpcFailed extends GatewayError<RpcFailed>()("RpcFailed", {
  code: "rpc_failed",
  fields: {
    method: Schema.String,
    rpcCode: Schema.Int,
    reason: Schema.String,
    data: Schema.optional(Schema.Unknown)
  },
  message: ({ data, method, reason, rpcCode }) => {
    const detail = detailIn(data)
    return `\`${method}\` failed: ${reason} (${rpcCode})${detail === "" ? "" : `: ${detail}`}`
  },
  hint: "The code is explained in imsg's documentation of `imsg rpc`."
}) {
  /** Imsg's own reason; empty where it gives none. */
  get detail(): string {
    return detailIn(this.data)
  }
}

/** What a request was answered with is longer than a line may be, and was not kept. */
export class ResponseTooLong extends GatewayError<ResponseTooLong>()("ResponseTooLong", {
  code: "response_too_long",
  fields: { method: Schema.String, limitBytes: Schema.Int },
  message: ({ limitBytes, method }) => `the answer to \`${method}\` is longer than ${limitBytes} bytes`,
  hint: "The chat has very long messages; ask for fewer of them at once."
}) {}

/** The child broke the protocol in a way that cannot be repaired, such as a line without end. */
export class ProtocolViolation extends GatewayError<ProtocolViolation>()("ProtocolViolation", {
  code: "protocol_violation",
  fields: { command: Schema.String, detail: Schema.String },
  message: ({ command, detail }) => `${command} broke the protocol: ${detail}`,
  hint: "Check that imessage.cliPath runs `imsg rpc` and that nothing else writes to its stdout."
}) {}

/** The child runs, but its watch is over; what it has not shown is fetched by the next one. */
export class WatchEnded extends GatewayError<WatchEnded>()("WatchEnded", {
  code: "watch_ended",
  fields: { command: Schema.String, detail: Schema.String },
  message: ({ command, detail }) => `${command}: ${detail}`,
  hint: "It is subscribed again by itself, from where it was."
}) {}
