/** Failures of a child, and of what it needs on its Mac. */
import { Schema } from "effect"

const HINT_FULL_DISK_ACCESS =
  "Open System Settings → Privacy & Security → Full Disk Access and switch on the program that started the " +
  "gateway (the terminal, launchd's node, or sshd for a remote Mac); if it is already on, switch it off and on " +
  "again, then restart that program."
const HINT_AUTOMATION =
  "Open System Settings → Privacy & Security → Automation and allow the program that started the gateway to " +
  "control Messages. Over SSH macOS may offer no such switch: run the gateway in the signed-in user's session."
const HINT_CONTACTS = "Open System Settings → Privacy & Security → Contacts and allow the program."

/** The permissions of macOS that stand between the gateway and Messages. */
export const Permission = Schema.Literal("FullDiskAccess", "Automation", "Contacts")
export type Permission = typeof Permission.Type

/** The program at `cliPath` does not exist or cannot be executed; with `host`, the one that it runs on that host. */
export class ImsgNotFound extends Schema.TaggedError<ImsgNotFound>()("ImsgNotFound", {
  cliPath: Schema.String,
  detail: Schema.String,
  host: Schema.optional(Schema.String)
}) {
  readonly code = "imsg_not_found"
  override get message(): string {
    return `cannot run ${this.cliPath}: ${this.host === undefined ? "" : `on ${this.host}: `}${this.detail}`
  }
  get hint(): string {
    if (this.host !== undefined) {
      return (
        `Install it there with \`brew install steipete/tap/imsg\`, and write its full path into the wrapper, such as ` +
        "/opt/homebrew/bin/imsg: a command over SSH does not get the PATH of a terminal."
      )
    }
    return "Install it with `brew install steipete/tap/imsg`, or set imessage.cliPath to where it (or a wrapper script) is."
  }
}

/** The program answers, but it has no `rpc` command. */
export class ImsgUnsupported extends Schema.TaggedError<ImsgUnsupported>()("ImsgUnsupported", {
  cliPath: Schema.String,
  detail: Schema.String
}) {
  readonly code = "imsg_unsupported"
  override get message(): string {
    return `${this.cliPath} has no \`rpc\` command: ${this.detail}`
  }
  get hint(): string {
    return "Update it with `brew upgrade imsg`, and check that imessage.cliPath names imsg or a wrapper that runs it."
  }
}

/** macOS refuses something that the account needs. */
export class PermissionDenied extends Schema.TaggedError<PermissionDenied>()("PermissionDenied", {
  permission: Permission,
  detail: Schema.String
}) {
  readonly code = "permission_denied"
  override get message(): string {
    return `macOS denies ${
      { FullDiskAccess: "Full Disk Access", Automation: "Automation of Messages", Contacts: "Contacts" }[
        this.permission
      ]
    }: ${this.detail}`
  }
  get hint(): string {
    return {
      FullDiskAccess: HINT_FULL_DISK_ACCESS,
      Automation: HINT_AUTOMATION,
      Contacts: HINT_CONTACTS
    }[this.permission]
  }
}

/** The child runs, but cannot read the Messages database. */
export class DatabaseUnavailable extends Schema.TaggedError<DatabaseUnavailable>()("DatabaseUnavailable", {
  detail: Schema.String
}) {
  readonly code = "database_unavailable"
  override get message(): string {
    return `the Messages database cannot be read: ${this.detail}`
  }
  get hint(): string {
    return `Check that Messages is signed in and that imessage.dbPath is right. ${HINT_FULL_DISK_ACCESS}`
  }
}

/** The child ended. `exitCode` is absent when a signal ended it; `stderr` is the end of what it wrote there. */
export class ChildExited extends Schema.TaggedError<ChildExited>()("ChildExited", {
  command: Schema.String,
  exitCode: Schema.optional(Schema.Int),
  signal: Schema.optional(Schema.String),
  stderr: Schema.String
}) {
  readonly code = "child_exited"
  override get message(): string {
    const how =
      this.exitCode !== undefined
        ? `exited with code ${this.exitCode}`
        : this.signal !== undefined
          ? `was ended by ${this.signal}`
          : "closed its pipes"
    const said = this.stderr.trim()
    return `${this.command} ${how}${said === "" ? "" : `: ${said}`}`
  }
  get hint(): string {
    return "It is started again by itself. If it keeps ending, run the same command in a terminal and read what it says."
  }
}

/** The child runs but does not react. `watch` says which of the gateway's watches noticed. */
export class ChildStuck extends Schema.TaggedError<ChildStuck>()("ChildStuck", {
  command: Schema.String,
  watch: Schema.Literal("start", "heartbeat", "stall"),
  method: Schema.String,
  afterMs: Schema.Number
}) {
  readonly code = "child_stuck"
  override get message(): string {
    return this.watch === "start"
      ? `${this.command} started but did not answer \`${this.method}\` within ${this.afterMs} ms`
      : this.watch === "heartbeat"
        ? `${this.command} did not answer the heartbeat \`${this.method}\` within ${this.afterMs} ms`
        : `${this.command} has been silent for ${this.afterMs} ms while the database moved on`
  }
  get hint(): string {
    return this.watch === "start"
      ? "If it is a wrapper script, check that it passes stdin and stdout through unbuffered and asks no questions " +
          "(ssh: use -T and BatchMode); else look for a permission dialog on the Mac's screen."
      : "It is replaced by itself. If this repeats, look for a permission dialog on the Mac's screen."
  }
}

/** No answer came within the time that the request was given. */
export class RpcTimeout extends Schema.TaggedError<RpcTimeout>()("RpcTimeout", {
  method: Schema.String,
  afterMs: Schema.Number
}) {
  readonly code = "rpc_timeout"
  override get message(): string {
    return `\`${this.method}\` was not answered within ${this.afterMs} ms`
  }
  get hint(): string {
    return "Messages may be busy or waiting for a person; look at the Mac's screen."
  }
}

/** Characters of what imsg says of an error that are shown. */
const LONGEST_DETAIL = 300

/** What imsg says of an error: up to 0.13 a text, from 0.14 a field. */
const detailIn = (data: unknown): string => {
  const detail = typeof data === "object" && data !== null && "detail" in data ? data.detail : data
  return typeof detail === "string" ? detail.trim().slice(0, LONGEST_DETAIL) : ""
}

/** The child answered a request with an error. `rpcCode` and `data` are as it sent them. */
export class RpcFailed extends Schema.TaggedError<RpcFailed>()("RpcFailed", {
  method: Schema.String,
  rpcCode: Schema.Int,
  reason: Schema.String,
  data: Schema.optional(Schema.Unknown)
}) {
  readonly code = "rpc_failed"
  /** Imsg's own reason; empty where it gives none. */
  get detail(): string {
    return detailIn(this.data)
  }
  override get message(): string {
    const detail = this.detail === "" ? "" : `: ${this.detail}`
    return `\`${this.method}\` failed: ${this.reason} (${this.rpcCode})${detail}`
  }
  get hint(): string {
    return "The code is explained in imsg's documentation of `imsg rpc`."
  }
}

/** What a request was answered with is longer than a line may be, and was not kept. */
export class ResponseTooLong extends Schema.TaggedError<ResponseTooLong>()("ResponseTooLong", {
  method: Schema.String,
  limitBytes: Schema.Int
}) {
  readonly code = "response_too_long"
  override get message(): string {
    return `the answer to \`${this.method}\` is longer than ${this.limitBytes} bytes`
  }
  get hint(): string {
    return "The chat has very long messages; ask for fewer of them at once."
  }
}

/** The child broke the protocol in a way that cannot be repaired, such as a line without end. */
export class ProtocolViolation extends Schema.TaggedError<ProtocolViolation>()("ProtocolViolation", {
  command: Schema.String,
  detail: Schema.String
}) {
  readonly code = "protocol_violation"
  override get message(): string {
    return `${this.command} broke the protocol: ${this.detail}`
  }
  get hint(): string {
    return "Check that imessage.cliPath runs `imsg rpc` and that nothing else writes to its stdout."
  }
}

/** The child runs, but its watch is over; what it has not shown is fetched by the next one. */
export class WatchEnded extends Schema.TaggedError<WatchEnded>()("WatchEnded", {
  command: Schema.String,
  detail: Schema.String
}) {
  readonly code = "watch_ended"
  override get message(): string {
    return `${this.command}: ${this.detail}`
  }
  get hint(): string {
    return "It is subscribed again by itself, from where it was."
  }
}
