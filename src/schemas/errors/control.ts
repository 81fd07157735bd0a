/** Failures of commands that talk to the running gateway, or send a message. */
import { Schema } from "effect"

/** No gateway answers on the socket of a state folder. */
export class GatewayNotRunning extends Schema.TaggedError<GatewayNotRunning>()("GatewayNotRunning", {
  socket: Schema.String,
  detail: Schema.String
}) {
  readonly code = "gateway_not_running"
  override get message(): string {
    return `no gateway answers on ${this.socket}: ${this.detail}`
  }
  get hint(): string {
    return (
      "Start it with `imsg-gateway` or `imsg-gateway service start`; if it runs, check that --config names its config " +
      "file, and that stateDir there is what it was when the gateway was started."
    )
  }
}

/** The gateway took a request and gave no answer: it ended meanwhile, or it hangs. */
export class GatewaySilent extends Schema.TaggedError<GatewaySilent>()("GatewaySilent", {
  socket: Schema.String,
  detail: Schema.String
}) {
  readonly code = "gateway_silent"
  override get message(): string {
    return `the gateway on ${this.socket} gave no answer: ${this.detail}`
  }
  get hint(): string {
    return "What was asked may have been done. Look with `imsg-gateway status`, and for a message into its chat, before you ask again."
  }
}

/** The gateway answered something that is not its own interface: it is of another version. */
export class GatewayIncompatible extends Schema.TaggedError<GatewayIncompatible>()("GatewayIncompatible", {
  socket: Schema.String,
  detail: Schema.String
}) {
  readonly code = "gateway_incompatible"
  override get message(): string {
    return `the gateway on ${this.socket} gave an answer that this version does not understand: ${this.detail}`
  }
  get hint(): string {
    return "Restart the gateway, so that it and the command are of the same version."
  }
}

/** A request to the gateway is not as its interface wants it. `detail` names each field that is not. */
export class RequestInvalid extends Schema.TaggedError<RequestInvalid>()("RequestInvalid", {
  detail: Schema.String
}) {
  readonly code = "request_invalid"
  override get message(): string {
    return `the request cannot be taken: ${this.detail}`
  }
  get hint(): string {
    return "Correct what is named; the gateway's /openapi.json says what each request takes."
  }
}

/** A message has neither text nor files. */
export class NothingToSend extends Schema.TaggedError<NothingToSend>()("NothingToSend", {}) {
  readonly code = "nothing_to_send"
  override get message(): string {
    return "there is nothing to send"
  }
  get hint(): string {
    return "Give --text TEXT (or --text - to read it from stdin), --file FILE, or both."
  }
}

/** An account that is switched off cannot do what was asked. */
export class AccountDisabled extends Schema.TaggedError<AccountDisabled>()("AccountDisabled", {
  account: Schema.String
}) {
  readonly code = "account_disabled"
  override get message(): string {
    return `the account ${this.account} is disabled by the config`
  }
  get hint(): string {
    return "Set its `enabled` to true, and reload the config."
  }
}

/** As many as may listen to events do. */
export class TooManyListeners extends Schema.TaggedError<TooManyListeners>()("TooManyListeners", {
  most: Schema.Int
}) {
  readonly code = "too_many_listeners"
  override get message(): string {
    return `${this.most} listen to events already, and more would slow the gateway`
  }
  get hint(): string {
    return "Close a page or a program that listens, and try again."
  }
}

/** As many uploaded files as may wait to be sent do. */
export class TooManyUploads extends Schema.TaggedError<TooManyUploads>()("TooManyUploads", {
  most: Schema.Int
}) {
  readonly code = "too_many_uploads"
  override get message(): string {
    return `${this.most} uploaded files wait to be sent already`
  }
  get hint(): string {
    return "Send what was uploaded, or wait: each is forgotten ten minutes after it came."
  }
}

/** There is no such upload, or no more. */
export class UploadNotFound extends Schema.TaggedError<UploadNotFound>()("UploadNotFound", {
  file: Schema.String
}) {
  readonly code = "upload_not_found"
  override get message(): string {
    return `nothing was uploaded as ${this.file}, or it was sent or forgotten since`
  }
  get hint(): string {
    return "Upload the file again with POST /uploads, and send it within ten minutes by the name that is answered."
  }
}

/** Over TCP a path of the machine is no file to send. */
export class PathNotOpen extends Schema.TaggedError<PathNotOpen>()("PathNotOpen", {
  path: Schema.String
}) {
  readonly code = "path_not_open"
  override get message(): string {
    return `${this.path} is not sent: over TCP a path must lead into the mediaRoots of an agent`
  }
  get hint(): string {
    return (
      "Upload the file with POST /uploads, put it into a folder of agents.list[].mediaRoots, or send it on the gateway's " +
      "machine with `imsg-gateway send --file`."
    )
  }
}

/** An address is no file to send by hand: nothing is fetched for whoever asks. `address` has no query and no credentials. */
export class AddressNotSent extends Schema.TaggedError<AddressNotSent>()("AddressNotSent", {
  address: Schema.String
}) {
  readonly code = "address_not_sent"
  override get message(): string {
    return `${this.address} is not sent: files are paths or uploads, and nothing is fetched`
  }
  get hint(): string {
    return "Fetch it, and send the file: by its path on the gateway's machine, or with POST /uploads."
  }
}
