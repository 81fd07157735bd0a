/** From what ssh prints to the error that it means. */
import { Option } from "effect"
import { SshFailed, type SshReason } from "../../schemas/errors/ssh.ts"

/** What ssh ends with where it failed itself, and not what it ran. */
export const SSH_EXIT = 255

/** In this order: a changed host key also fails to verify, and a refused key may follow a warning about its file. */
const MESSAGES: ReadonlyArray<readonly [SshReason, RegExp]> = [
  ["changed-host-key", /REMOTE HOST IDENTIFICATION HAS CHANGED|host key for \S+ has changed/u],
  ["unknown-host-key", /Host key verification failed|No \S+ host key is known for/u],
  ["authentication", /Permission denied \(|Too many authentication failures/u],
  ["unresolvable", /Could not resolve hostname/u],
  ["unreachable", /connect to (?:host|address) .*port \d+:|Connection timed out during banner exchange/u],
  [
    "lost",
    /Timeout, server \S+ not responding|Connection (?:to \S+ )?(?:closed|reset|timed out)|Broken pipe|kex_exchange_identification|client_loop: |Connection to \S+ closed by/u
  ]
]

/** What ssh says besides, about a key that it could not use. */
const KEY_TROUBLE = /no such identity|bad permissions|UNPROTECTED PRIVATE KEY|Load key .*:|Enter passphrase/iu

const tidy = (line: string): string => line.trim().slice(0, 300)

/** Who refused, as ssh puts it: `user@host: Permission denied (publickey).` */
const NAMED = [
  /^(\S+@\S+): Permission denied/mu,
  /connect to (?:host|address) (\S+)/u,
  /resolve hostname ([^\s:]+)/u
]

const hostIn = (said: string): string | undefined =>
  NAMED.map((pattern) => pattern.exec(said)?.[1]).find((host) => host !== undefined)

/**
 * The failure of ssh itself, by its last words; none where they are not ssh's. `host` is where it was to go, if that
 * is known.
 */
export const sshFailureIn = (stderr: string, host: string | undefined): Option.Option<SshFailed> => {
  const lines = stderr.split("\n")
  for (const [reason, pattern] of MESSAGES) {
    const line = lines.findLast((line) => pattern.test(line))
    if (line === undefined) continue
    const trouble = reason === "authentication" ? lines.find((other) => KEY_TROUBLE.test(other)) : undefined
    const to = host ?? hostIn(stderr)
    return Option.some(
      new SshFailed({
        ...(to === undefined ? {} : { host: to }),
        reason,
        detail: trouble === undefined ? tidy(line) : `${tidy(line)} (${tidy(trouble)})`
      })
    )
  }
  return Option.none()
}
