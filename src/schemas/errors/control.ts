/** Failures of commands that talk to the running gateway, or send a message. */
import { Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

/** No gateway answers on the socket of a state folder. */
export class GatewayNotRunning extends GatewayError<GatewayNotRunning>()("GatewayNotRunning", {
  code: "gateway_not_running",
  fields: { socket: Schema.String, detail: Schema.String },
  message: ({ detail, socket }) => `no gateway answers on ${socket}: ${detail}`,
  hint:
    "Start it with `imsg-gateway` or `imsg-gateway service start`; if it runs, check that --config names its config " +
    "file, and that stateDir there is what it was when the gateway was started."
}) {}

/** A process has the state folder, and does not answer yet: a gateway that waits for its database has no socket. */
export class GatewayStarting extends GatewayError<GatewayStarting>()("GatewayStarting", {
  code: "gateway_starting",
  fields: { stateDir: Schema.String, pid: Schema.Int },
  message: ({ pid, stateDir }) =>
    `the gateway (pid ${pid}) on ${stateDir} is starting, or waits for something such as its database, and cannot be asked yet`,
  hint:
    "It goes on by itself: `imsg-gateway logs` says what for, if it waits. Ask again once it is up. A `send` without a " +
    "gateway has the folder for a moment too."
}) {}

/** The gateway took a request and gave no answer: it ended meanwhile, or it hangs. */
export class GatewaySilent extends GatewayError<GatewaySilent>()("GatewaySilent", {
  code: "gateway_silent",
  fields: { socket: Schema.String, detail: Schema.String },
  message: ({ detail, socket }) => `the gateway on ${socket} gave no answer: ${detail}`,
  hint: "What was asked may have been done. Look with `imsg-gateway status`, and for a message into its chat, before you ask again."
}) {}

/** The gateway answered something that is not its own interface: it is of another version. */
export class GatewayIncompatible extends GatewayError<GatewayIncompatible>()("GatewayIncompatible", {
  code: "gateway_incompatible",
  fields: { socket: Schema.String, detail: Schema.String },
  message: ({ detail, socket }) =>
    `the gateway on ${socket} gave an answer that this version does not understand: ${detail}`,
  hint: "Restart the gateway, so that it and the command are of the same version."
}) {}

/** A request to the gateway is not as its interface wants it. `detail` names each field that is not. */
export class RequestInvalid extends GatewayError<RequestInvalid>()("RequestInvalid", {
  code: "request_invalid",
  fields: { detail: Schema.String },
  message: ({ detail }) => `the request cannot be taken: ${detail}`,
  hint: "Correct what is named; the gateway's /openapi.json says what each request takes."
}) {}

/** A message has neither text nor files. */
export class NothingToSend extends GatewayError<NothingToSend>()("NothingToSend", {
  code: "nothing_to_send",
  fields: {},
  message: "there is nothing to send",
  hint: "Give --text TEXT (or --text - to read it from stdin), --file FILE, or both."
}) {}

/** An account that is switched off cannot do what was asked. */
export class AccountDisabled extends GatewayError<AccountDisabled>()("AccountDisabled", {
  code: "account_disabled",
  fields: { account: Schema.String },
  message: ({ account }) => `the account ${account} is disabled by the config`,
  hint: "Set its `enabled` to true, and reload the config."
}) {}

/** Another host of the cluster is the one that sends for an account; `host` is its name. */
export class AccountElsewhere extends GatewayError<AccountElsewhere>()("AccountElsewhere", {
  code: "account_elsewhere",
  fields: { account: Schema.String, host: Schema.String },
  message: ({ account, host }) =>
    `the account ${account} is the host ${host}'s, and nothing else may send for it`,
  hint: ({ host }) =>
    `Send from ${host}; or start the gateway on this host: whatever host a gateway is on, it has the account's host send.`
}) {}

/** How it is with the hosts of an account that this one cannot ask, and what to do then. */
const READ_NEXT = {
  /** None of them is up. */
  away: (runsOn: string) =>
    `Start the gateway on ${runsOn}, or give this command there, where it reads without a gateway too.`,
  /** One of them that is up is about to run it, or was too busy. */
  soon: () => "Give the command again in half a minute.",
  /** It is up, and lets this one not in. */
  secret: () =>
    "Give all hosts the same cluster.secret: stop every one, change it, and start them. `imsg-gateway doctor` says who has another.",
  /** It is up, and there is no gateway here that could ask it. */
  unasked: (runsOn: string) =>
    `Start the gateway on this host, which asks the account's; or give this command on ${runsOn}.`,
  /** It is up, and the gateway here does not reach it. */
  unreached: (runsOn: string) =>
    `\`imsg-gateway doctor\` says why it is not reached; or give this command on ${runsOn}.`,
  /** It is up, and the account does not run on it. */
  down: (runsOn: string) =>
    `\`imsg-gateway status\` says what to do about that; or give this command on ${runsOn}.`,
  /** The database does not say. */
  unknown: (runsOn: string) => `Give this command on ${runsOn}, which reads without a gateway too.`
}

/**
 * What Messages has of an account that other hosts of the cluster run (`runsOn`) is not read on this one (`here`), whose
 * Messages are another account's. `detail` says why none of them was asked.
 */
export class AccountReadElsewhere extends GatewayError<AccountReadElsewhere>()("AccountReadElsewhere", {
  code: "account_read_elsewhere",
  fields: {
    account: Schema.String,
    runsOn: Schema.Array(Schema.String),
    here: Schema.String,
    how: Schema.Literal("away", "soon", "secret", "unasked", "unreached", "down", "unknown"),
    detail: Schema.String
  },
  message: ({ account, detail, here, runsOn }) =>
    `the account ${account} runs on ${runsOn.join(", then ")}, and is not read on this host (${here}): ${detail}`,
  hint: ({ how, runsOn }) => READ_NEXT[how](runsOn.length === 0 ? "its host" : runsOn.join(" or "))
}) {}

/** An account has no child now that could be asked. */
export class AccountNotRunning extends GatewayError<AccountNotRunning>()("AccountNotRunning", {
  code: "account_not_running",
  fields: { account: Schema.String },
  message: ({ account }) => `the account ${account} has no imsg that runs`,
  hint: "`imsg-gateway status` says why, and what to do."
}) {}

/** As many as may listen to events do. */
export class TooManyListeners extends GatewayError<TooManyListeners>()("TooManyListeners", {
  code: "too_many_listeners",
  fields: { most: Schema.Int },
  message: ({ most }) => `${most} listen to events already, and more would slow the gateway`,
  hint: "Close a page or a program that listens, and try again."
}) {}

/** As many uploaded files as may wait to be sent do. */
export class TooManyUploads extends GatewayError<TooManyUploads>()("TooManyUploads", {
  code: "too_many_uploads",
  fields: { most: Schema.Int },
  message: ({ most }) => `${most} uploaded files wait to be sent already`,
  hint: "Send what was uploaded, or wait: each is forgotten ten minutes after it came."
}) {}

/** There is no such upload, or no more. */
export class UploadNotFound extends GatewayError<UploadNotFound>()("UploadNotFound", {
  code: "upload_not_found",
  fields: { file: Schema.String },
  message: ({ file }) => `nothing was uploaded as ${file}, or it was sent or forgotten since`,
  hint: "Upload the file again with POST /uploads, and send it within ten minutes by the name that is answered."
}) {}

/** Over TCP a path of the machine is no file to send. */
export class PathNotOpen extends GatewayError<PathNotOpen>()("PathNotOpen", {
  code: "path_not_open",
  fields: { path: Schema.String },
  message: ({ path }) => `${path} is not sent: over TCP a path must lead into the mediaRoots of an agent`,
  hint:
    "Upload the file with POST /uploads, put it into a folder of agents.list[].mediaRoots, or send it on the gateway's " +
    "machine with `imsg-gateway send --file`."
}) {}

/** An address is no file to send by hand: nothing is fetched for whoever asks. `address` has no query and no credentials. */
export class AddressNotSent extends GatewayError<AddressNotSent>()("AddressNotSent", {
  code: "address_not_sent",
  fields: { address: Schema.String },
  message: ({ address }) => `${address} is not sent: files are paths or uploads, and nothing is fetched`,
  hint: "Fetch it, and send the file: by its path on the gateway's machine, or with POST /uploads."
}) {}
