/** What ssh prints, in the words of OpenSSH on Linux and on macOS. */
import { expect, it } from "@effect/vitest"
import { Option } from "effect"
import { sshFailureIn } from "../../../src/layers/remote/sshFailure.ts"

it.each([
  ["me@mac: Permission denied (publickey,keyboard-interactive).", "authentication", "me@mac"],
  [
    "Received disconnect from 192.0.2.1 port 22:2: Too many authentication failures",
    "authentication",
    undefined
  ],
  ["Host key verification failed.", "unknown-host-key", undefined],
  [
    "No ED25519 host key is known for mac and you have requested strict checking.\nHost key verification failed.",
    "unknown-host-key",
    undefined
  ],
  [
    "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.",
    "changed-host-key",
    undefined
  ],
  [
    "ssh: Could not resolve hostname mac: nodename nor servname provided, or not known",
    "unresolvable",
    "mac"
  ],
  ["ssh: connect to host mac port 22: Connection refused", "unreachable", "mac"],
  ["ssh: connect to host mac port 22: Operation timed out", "unreachable", "mac"],
  ["ssh: connect to host mac port 22: Undefined error: 0", "unreachable", "mac"],
  ["Timeout, server mac not responding.", "lost", undefined],
  ["client_loop: send disconnect: Broken pipe", "lost", undefined],
  ["Connection to mac closed by remote host.", "lost", undefined],
  ["Connection closed by 192.0.2.1 port 22", "lost", undefined],
  ["kex_exchange_identification: read: Connection reset by peer", "lost", undefined]
])("%s", (said, reason, host) => {
  const failure = Option.getOrUndefined(sshFailureIn(`Warning: something\n${said}\n`, undefined))
  expect([failure?.reason, failure?.host]).toEqual([reason, host])
  expect(Option.getOrUndefined(sshFailureIn(said, "mini"))).toMatchObject({ reason, host: "mini" })
})

it("what stood in the way of the key is said with the refusal", () => {
  const said =
    "no such identity: /home/me/k: No such file or directory\nme@mac: Permission denied (publickey).\n"
  expect(Option.getOrUndefined(sshFailureIn(said, undefined))?.detail).toBe(
    "me@mac: Permission denied (publickey). (no such identity: /home/me/k: No such file or directory)"
  )
})

it.each(["", "imsg: fatal error", "permissionDenied(path: x)"])("other words are not ssh's: %j", (said) => {
  expect(Option.isNone(sshFailureIn(said, "mini"))).toBe(true)
})
