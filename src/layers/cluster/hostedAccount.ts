/** How an account is that another host runs, or none: as its host wrote it, and why it does not run where that is away. */
import type { AccountConfig } from "../../schemas/Config.ts"
import { type AccountStatus, HOST_AWAY } from "../../services/Accounts.ts"
import type { Host, HostedAccount } from "../../services/Hosts.ts"

/** What the config says of where an account runs: on any host, or on these, the preferred one first. */
type Chosen = Pick<AccountConfig, "enabled" | "name"> & { readonly runsOn?: ReadonlyArray<string> }

const TAKEN_OVER = "another host takes it over"

const listed = (names: ReadonlyArray<string>): string => names.join(" or ")

/** The time of day of a moment, or its date as well where that is another day. */
const timeOf = (at: number, now: number): string => {
  const [day = "", time = ""] = new Date(at).toISOString().split("T")
  const clock = `${time.slice(0, 5)} UTC`
  return new Date(now).toISOString().startsWith(day) ? clock : `${day} ${clock}`
}

const isUp = ({ state }: Host): boolean => state === "up" || state === "here"

/** Why an account runs nowhere, and whether that is over by itself: a host that may run it is up. */
export const absence = (
  { runsOn }: Pick<Chosen, "runsOn">,
  host: Host | string | undefined,
  hosts: ReadonlyArray<Host>,
  now: number
): Pick<AccountStatus, "state" | "reason" | "lastError"> => {
  const others = hosts.filter((one) => isUp(one) && (runsOn?.includes(one.name) ?? true))
  const where = runsOn === undefined ? "a host that is up" : listed(runsOn)
  if (host === undefined && others.length > 0) {
    return {
      state: "stopped",
      reason: `${listed(others.map(({ name }) => name))} is to run it`,
      lastError: undefined
    }
  }
  const away =
    host === undefined
      ? "no host that may run it is up"
      : typeof host === "string"
        ? `its host ${host} is not known any more`
        : isUp(host)
          ? `its host ${host.name} does not run it any more`
          : host.state === "silent"
            ? `its host ${host.name} is silent since ${timeOf(host.seenAt, now)}`
            : `its host ${host.name} was stopped at ${timeOf(host.seenAt, now)}`
  if (others.length > 0) return { state: "backoff", reason: `${away}; ${TAKEN_OVER}`, lastError: undefined }
  const reason = `${away}; it waits for ${where}`
  return {
    state: "stopped",
    reason,
    lastError: {
      code: HOST_AWAY,
      message: reason,
      hint: `Start the gateway on ${where}, and look there why it does not run. Nothing is lost meanwhile.`
    }
  }
}

/**
 * The status of an account that does not run here. `hosted` is what its host wrote last; `local` is what is known here of
 * one that never ran. `now` is Unix ms.
 */
export const elsewhere = (
  account: Chosen,
  local: AccountStatus,
  hosted: HostedAccount | undefined,
  hosts: ReadonlyArray<Host>,
  now: number
): AccountStatus => {
  if (!account.enabled) return local
  if (hosted === undefined) {
    return { ...local, pid: undefined, ...absence(account, undefined, hosts, now) }
  }
  const host = hosts.find(({ name }) => name === hosted.host)
  const status = { ...hosted.status, name: account.name, host: hosted.host }
  // One that was disabled when its host wrote it is about to be taken up.
  if (host?.state === "up" && status.state !== "disabled") return status
  const since = host === undefined || isUp(host) ? status.since : host.seenAt
  return { ...status, pid: undefined, since, ...absence(account, host ?? hosted.host, hosts, now) }
}
