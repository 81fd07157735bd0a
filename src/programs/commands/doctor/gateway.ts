/** The gateway that runs: what it says of its accounts holds in the surroundings in which it was started. */
import { Option } from "effect"
import { apart } from "../../../schemas/inWords.ts"
import { type Check, failed, ok, warning } from "./Check.ts"
import type { RunningAccount } from "./RunningGateway.ts"

const PLACE = { id: "gateway", title: "Running gateway" } as const

const clockOf = ({ clockBehindMs = 0 }: RunningAccount): string =>
  clockBehindMs === 0 ? "" : `; the clock of its Mac is ${apart(clockBehindMs)} this one`

const line = (account: RunningAccount): string => {
  const { id, lastError, reason, state } = account
  const why = lastError === undefined ? (state === "running" ? "" : ` (${reason})`) : `: ${lastError.message}`
  return `${id}: ${state}${why}${clockOf(account)}`
}

/** `accounts` is what the gateway says of itself, if it could be asked. */
export const gatewayCheck = (
  pid: Option.Option<number>,
  accounts: Option.Option<ReadonlyArray<RunningAccount>>
): Check => {
  if (Option.isNone(pid) && Option.isNone(accounts)) return ok(PLACE, "none; it need not run for this")
  const running = `it runs${Option.isSome(pid) ? ` with pid ${pid.value}` : ""}`
  if (Option.isNone(accounts)) return ok(PLACE, running)
  const found = [running, ...accounts.value.map(line)].join("\n")
  const troubled = (...states: ReadonlyArray<RunningAccount["state"]>) =>
    accounts.value.find(({ state }) => states.includes(state))
  const degraded = troubled("degraded")
  if (degraded !== undefined) {
    return failed(
      PLACE,
      found,
      degraded.lastError?.hint ?? "`imsg-gateway logs` says why an account is degraded."
    )
  }
  const waiting = troubled("backoff", "starting", "stopped")
  if (waiting === undefined) {
    return accounts.value.every(({ clockBehindMs = 0 }) => clockBehindMs === 0)
      ? ok(PLACE, found)
      : warning(
          PLACE,
          found,
          "Let both machines set their time by the network. Until then the difference is taken into account."
        )
  }
  return warning(
    PLACE,
    found,
    waiting.lastError?.hint ?? "Look again in a minute; `imsg-gateway logs` says what it waits for."
  )
}
