/** What can go wrong between the gateway and a Mac that it reaches over SSH. */
import { Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

/**
 * - `authentication`: the Mac does not accept the key.
 * - `unknown-host-key`, `changed-host-key`: the Mac's own key is not known here, or not the one that is.
 * - `unresolvable`: no address is known for its name.
 * - `unreachable`: no connection came about.
 * - `lost`: the connection broke off.
 * - `no-shell`: the connection stands, but what is run over it is not `/bin/sh`.
 * - `remote`: the Mac itself refuses, such as for a full disk.
 */
export const SshReason = Schema.Literal(
  "authentication",
  "unknown-host-key",
  "changed-host-key",
  "unresolvable",
  "unreachable",
  "lost",
  "no-shell",
  "remote"
)
export type SshReason = typeof SshReason.Type

const WHAT: Readonly<Record<SshReason, string>> = {
  authentication: "it does not accept the key",
  "unknown-host-key": "its host key cannot be verified",
  "changed-host-key": "its host key is not the one that is known",
  unresolvable: "its name cannot be resolved",
  unreachable: "it cannot be reached",
  lost: "the connection was lost",
  "no-shell": "no shell answers there",
  remote: "a file could not be put there"
}

/** A command that runs something there; without a name only the owner knows how it begins. */
const sshTo = (host: string | undefined, options = "", run = "true"): string =>
  host === undefined
    ? `the ssh command of imessage.cliPath or its wrapper, with \`${run}\` in the place of imsg,`
    : `\`ssh ${options}${host} ${run}\``

const HINT: Readonly<Record<SshReason, (host: string | undefined) => string>> = {
  authentication: (host) =>
    `Run ${sshTo(host, "-o BatchMode=yes ")} as the user that runs the gateway, until it works without a question: ` +
    "the key needs no passphrase (or an agent that the gateway can see), its public half belongs into " +
    "~/.ssh/authorized_keys of the user on the Mac, and Remote Login must admit that user. It is tried again by itself.",
  "unknown-host-key": (host) =>
    `Run ${sshTo(host)} once as the user that runs the gateway, compare the fingerprint with the one that the Mac ` +
    "shows, and accept it. It is tried again by itself.",
  "changed-host-key": (host) =>
    `If the Mac was set up anew, remove its old key with \`ssh-keygen -R\` and accept the new one with ${sshTo(host)}; ` +
    "if not, somebody else may be answering in its place.",
  unresolvable: () =>
    "Check the host's name in imessage.cliPath, the wrapper or ~/.ssh/config, and that this machine is on the network. " +
    "It is tried again by itself.",
  unreachable: () =>
    "Check that the Mac is on, awake and on the network, and that Remote Login is on (System Settings → General → " +
    "Sharing). It is tried again by itself.",
  lost: () =>
    "It is connected again by itself. If this repeats, check the network and whether the Mac goes to sleep.",
  "no-shell": (host) =>
    `Files are copied by \`/bin/sh\` over the same SSH: ${sshTo(host, "", "/bin/sh -c true")} must work. A key with a ` +
    "`command=` in authorized_keys, or a login shell that prints without end, prevents that.",
  remote: () => "Check that the home folder of the user on the Mac is writable and that its disk is not full."
}

/** SSH does not get through to the Mac. `host` is the destination as ssh was given it, if that is known; `detail` is in ssh's words. */
export class SshFailed extends GatewayError<SshFailed>()("SshFailed", {
  code: "ssh_failed",
  fields: {
    host: Schema.String.pipe(Schema.optionalWith({ exact: true })),
    reason: SshReason,
    detail: Schema.String
  },
  message: ({ detail, host, reason }) => `ssh to ${host ?? "the other host"}: ${WHAT[reason]}: ${detail}`,
  hint: ({ host, reason }) => HINT[reason](host)
}) {
  /** Whether it does not heal by itself. */
  get needsPerson(): boolean {
    return ["authentication", "unknown-host-key", "changed-host-key"].includes(this.reason)
  }
}
