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
