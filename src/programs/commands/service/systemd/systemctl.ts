/** `systemctl --user`, for one unit. */
import { Effect } from "effect"
import { call, failed, type Outcome } from "../call.ts"
import { UNIT } from "./unit.ts"

const NO_SYSTEMD = "systemd is not here; on a Mac use --platform launchd."

const remedyOf = ({ stderr }: Outcome): string =>
  /connect to (user scope )?bus|No medium found|XDG_RUNTIME_DIR/iu.test(stderr)
    ? "The user's own systemd is not reachable: sign in as that user (with ssh or `machinectl shell`, not with su or sudo), after `sudo loginctl enable-linger USER` if nobody is signed in, and run the command again."
    : `\`journalctl --user -u ${UNIT}\` and \`imsg-gateway logs\` show what happened.`

export const run = (...args: ReadonlyArray<string>) =>
  call(NO_SYSTEMD, "systemctl", "--user", ...args).pipe(
    Effect.filterOrFail(
      ({ exitCode }) => exitCode === 0,
      (outcome) => failed(outcome, remedyOf(outcome))
    )
  )

const PROPERTIES = ["LoadState", "ActiveState", "MainPID", "ExecMainCode", "ExecMainStatus"] as const

/** What systemd knows of the unit, property by property. */
export const show = Effect.map(run("show", UNIT, "-p", PROPERTIES.join(",")), ({ stdout }) => {
  const properties = new Map(
    stdout.split("\n").flatMap((line): ReadonlyArray<readonly [string, string]> => {
      const at = line.indexOf("=")
      return at === -1 ? [] : [[line.slice(0, at), line.slice(at + 1)]]
    })
  )
  return (name: (typeof PROPERTIES)[number]): string => properties.get(name) ?? ""
})
