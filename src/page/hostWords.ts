/** What is said of the hosts of a cluster. */
import type { AccountReport, HostReport } from "../schemas/control/Status.ts"
import type { Tone } from "./words.ts"

/** How far a clock may be off, in ms, before it is said. */
const CLOCK_TOLERANCE_MS = 2000

export const HOST_WORDS: Readonly<Record<HostReport["state"], string>> = {
  here: "up, and shows you this page",
  up: "up",
  silent: "silent",
  stopped: "stopped"
}

export const HOST_TONES: Readonly<Record<HostReport["state"], Tone>> = {
  here: "good",
  up: "good",
  silent: "bad",
  stopped: "doubtful"
}

/** The moment that its state counts from. */
export const hostSince = ({ seenAt, startedAt, state }: HostReport): number =>
  state === "here" || state === "up" ? startedAt : seenAt

/** By what its clock is off, where that is too much: `3s behind the database's`. */
export const clockOff = (
  { clockBehindMs }: HostReport,
  inWords: (ms: number) => string
): string | undefined =>
  Math.abs(clockBehindMs) <= CLOCK_TOLERANCE_MS
    ? undefined
    : `${inWords(Math.abs(clockBehindMs))} ${clockBehindMs > 0 ? "behind" : "ahead of"} the database's`

/** The names of the accounts that a host runs, or ran last. */
export const accountsOn = (accounts: ReadonlyArray<AccountReport>, host: string): ReadonlyArray<string> =>
  accounts.filter((account) => account.host === host).map(({ id, name }) => name ?? id)
