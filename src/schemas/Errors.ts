/**
 * Every failure that a person can act on. Each carries a `code` for machines, a `message` that names what is
 * wrong and where, and a `hint` that says what to do about it. None of them carries the text of a message.
 */
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

/** One problem of a config file: where (`imessage.dmPolicy`), and what was expected there. */
export class ConfigProblem extends Schema.Class<ConfigProblem>("ConfigProblem")({
  path: Schema.String,
  message: Schema.String
}) {}

/** The config cannot be used. `problems` has one entry for each key that is wrong. */
export class ConfigInvalid extends Schema.TaggedError<ConfigInvalid>()("ConfigInvalid", {
  file: Schema.String,
  problems: Schema.NonEmptyArray(ConfigProblem)
}) {
  readonly code = "config_invalid"
  override get message(): string {
    return this.problems
      .map(({ message, path }) =>
        path === "" ? `${this.file}: ${message}` : `${this.file}: ${path}: ${message}`
      )
      .join("\n")
  }
  get hint(): string {
    return "Every key is described in docs/configuration.md; `imsg-gateway config schema` prints a JSON Schema."
  }
}

/** A config that is valid, but changes what only a start can change. */
export class ConfigNeedsRestart extends Schema.TaggedError<ConfigNeedsRestart>()("ConfigNeedsRestart", {
  file: Schema.optional(Schema.String),
  key: Schema.String
}) {
  readonly code = "config_needs_restart"
  override get message(): string {
    return `${this.file ?? "the config"}: ${this.key} cannot change while the gateway runs; the old config stays in force`
  }
  get hint(): string {
    return "Restart the gateway to apply it, or change it back and reload again."
  }
}

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

/** The child answered a request with an error. `rpcCode` and `data` are as it sent them. */
export class RpcFailed extends Schema.TaggedError<RpcFailed>()("RpcFailed", {
  method: Schema.String,
  rpcCode: Schema.Int,
  reason: Schema.String,
  data: Schema.optional(Schema.Unknown)
}) {
  readonly code = "rpc_failed"
  override get message(): string {
    const detail = typeof this.data === "string" && this.data !== "" ? `: ${this.data}` : ""
    return `\`${this.method}\` failed: ${this.reason} (${this.rpcCode})${detail}`
  }
  get hint(): string {
    return "The code is explained in imsg's documentation of `imsg rpc`."
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

/** It cannot be known whether a part was sent; it is held, shown, and not sent again. */
export class DeliveryUncertain extends Schema.TaggedError<DeliveryUncertain>()("DeliveryUncertain", {
  deliveryId: Schema.String,
  part: Schema.Int,
  detail: Schema.String
}) {
  readonly code = "delivery_uncertain"
  override get message(): string {
    return `part ${this.part} of ${this.deliveryId} may or may not have been sent: ${this.detail}`
  }
  get hint(): string {
    return "Look into the chat; the gateway will not send it again by itself."
  }
}

/** Messages or imsg refused a part for good. */
export class DeliveryRefused extends Schema.TaggedError<DeliveryRefused>()("DeliveryRefused", {
  deliveryId: Schema.String,
  part: Schema.Int,
  detail: Schema.String
}) {
  readonly code = "delivery_refused"
  override get message(): string {
    return `part ${this.part} of ${this.deliveryId} was refused: ${this.detail}`
  }
  get hint(): string {
    return "Check that the chat still exists and that its service (iMessage, SMS) can reach the other side."
  }
}

/** A text is no delivery target. `expected` says what would be one. */
export class TargetInvalid extends Schema.TaggedError<TargetInvalid>()("TargetInvalid", {
  input: Schema.String,
  expected: Schema.String
}) {
  readonly code = "target_invalid"
  override get message(): string {
    return `${JSON.stringify(this.input)} is no target: expected ${this.expected}`
  }
  get hint(): string {
    return "Use chat_id:123 (preferred), chat_guid:…, chat_identifier:…, imessage:+15555550123, sms:+15555550123, a phone number or an email."
  }
}

/** There is no such pairing request, or no such approval. `subject` is the code or the handle that was asked for. */
export class PairingNotFound extends Schema.TaggedError<PairingNotFound>()("PairingNotFound", {
  kind: Schema.Literal("request", "approval"),
  subject: Schema.String
}) {
  readonly code = "pairing_not_found"
  override get message(): string {
    return this.kind === "request"
      ? `no pending pairing request has the code ${this.subject}`
      : `${this.subject} was not admitted by pairing`
  }
  get hint(): string {
    return this.kind === "request"
      ? "`imsg-gateway pairing list imessage` shows the pending ones; a code expires after an hour unless pairing.ttlMs says otherwise."
      : "`imsg-gateway pairing list imessage --approved` shows who was. Those in allowFrom are taken out of the config."
  }
}

/** There is no dead letter of this number. */
export class DeadLetterNotFound extends Schema.TaggedError<DeadLetterNotFound>()("DeadLetterNotFound", {
  number: Schema.Int
}) {
  readonly code = "dead_letter_not_found"
  override get message(): string {
    return `there is no dead letter ${this.number}`
  }
  get hint(): string {
    return "`imsg-gateway deadletters list` shows those that there are; what was answered in the end is none any more."
  }
}

/** A dead letter is left as it is: of a delivery that may have been sent, or one that is being tried again. */
export class DeadLetterRefused extends Schema.TaggedError<DeadLetterRefused>()("DeadLetterRefused", {
  number: Schema.Int,
  reason: Schema.Literal("uncertain", "retrying")
}) {
  readonly code = "dead_letter_refused"
  override get message(): string {
    return this.reason === "uncertain"
      ? `dead letter ${this.number} is not sent again: nobody knows whether it was sent`
      : `dead letter ${this.number} is being tried again and cannot be dropped now`
  }
  get hint(): string {
    return this.reason === "uncertain"
      ? "Look into the chat. If it is not there, `imsg-gateway deadletters retry --anyway` sends it; if it is, drop the letter."
      : "Drop it once that has failed; if it succeeds there is nothing left to drop."
  }
}

/** The config has no account of this id. */
export class AccountNotFound extends Schema.TaggedError<AccountNotFound>()("AccountNotFound", {
  account: Schema.String,
  known: Schema.Array(Schema.String)
}) {
  readonly code = "account_not_found"
  override get message(): string {
    return `there is no account ${JSON.stringify(this.account)}`
  }
  get hint(): string {
    return `The accounts of the config are: ${this.known.join(", ")}.`
  }
}

/** The agent failed to answer a turn. `attempt` counts from 1. */
export class AgentFailed extends Schema.TaggedError<AgentFailed>()("AgentFailed", {
  agentId: Schema.String,
  detail: Schema.String
}) {
  readonly code = "agent_failed"
  override get message(): string {
    return `agent ${this.agentId} failed: ${this.detail}`
  }
  get hint(): string {
    return "Run the agent's command by hand with the same input; the turn is tried three times, then kept as a dead letter."
  }
}

/** The agent did not answer a turn in time; its whole process group was ended. */
export class AgentTimeout extends Schema.TaggedError<AgentTimeout>()("AgentTimeout", {
  agentId: Schema.String,
  afterMs: Schema.Number
}) {
  readonly code = "agent_timeout"
  override get message(): string {
    return `agent ${this.agentId} did not answer within ${this.afterMs} ms`
  }
  get hint(): string {
    return "Raise agents.list[].runtime.timeoutMs if the agent needs longer."
  }
}

/** A file of a reply is not sent. `source` is its path, or its address without query and credentials. */
export class MediaRejected extends Schema.TaggedError<MediaRejected>()("MediaRejected", {
  source: Schema.String,
  reason: Schema.Literal(
    "too-large",
    "missing",
    "not-a-file",
    "outside-roots",
    "bad-address",
    "private-address",
    "unreachable"
  ),
  detail: Schema.optional(Schema.String)
}) {
  readonly code = "media_rejected"
  override get message(): string {
    const why = {
      "too-large": "it is larger than mediaMaxMb",
      missing: "it does not exist",
      "not-a-file": "it is not a file",
      "outside-roots": "it is outside the agent's mediaRoots",
      "bad-address": "it is neither an absolute path nor an http or https address",
      "private-address": "its host is on a private network",
      unreachable: "it could not be fetched"
    }[this.reason]
    return `${this.source} is left out: ${why}${this.detail === undefined ? "" : ` (${this.detail})`}`
  }
  get hint(): string {
    return "Files must lie in agents.list[].mediaRoots and be within imessage.mediaMaxMb; hosts on a private network must be named in agents.list[].mediaHosts."
  }
}

/** Another gateway already owns the state folder. `pid` is absent where it could not be read. */
export class AlreadyRunning extends Schema.TaggedError<AlreadyRunning>()("AlreadyRunning", {
  stateDir: Schema.String,
  pid: Schema.optional(Schema.Int)
}) {
  readonly code = "already_running"
  override get message(): string {
    return `another gateway${this.pid === undefined ? "" : ` (pid ${this.pid})`} is running on ${this.stateDir}`
  }
  get hint(): string {
    return "Stop it first, or give this one a stateDir of its own."
  }
}

/**
 * The gateway's own store cannot be opened or written. `trouble` says where it is known: the disk is full, read-only
 * or failing, or the file is corrupt.
 */
export class StoreUnavailable extends Schema.TaggedError<StoreUnavailable>()("StoreUnavailable", {
  file: Schema.String,
  detail: Schema.String,
  trouble: Schema.optional(Schema.Literal("disk", "corrupt", "newer"))
}) {
  readonly code = "store_unavailable"
  override get message(): string {
    return `the store ${this.file} cannot be used: ${this.detail}`
  }
  get hint(): string {
    switch (this.trouble) {
      case "corrupt":
        return (
          "Start the gateway (again): at its start it sets a corrupt store aside, says where, and begins a new one. " +
          "Nothing is deleted."
        )
      case "newer":
        return "Run the version that wrote it, or a later one; stores are only brought forward. Or give this one a stateDir of its own."
      default:
        return "Check that the folder exists, belongs to this user, is writable, and that the disk is not full."
    }
  }
}
