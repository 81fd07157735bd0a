/** What was measured of several settings, as lines to read, and what follows from it. */
import {
  type Capacity,
  CONNECTIONS,
  capacityOf,
  MESSAGES_A_DAY,
  PEAK,
  type Shares,
  sharesOf
} from "./capacity.ts"
import type { Scaled } from "./scale.ts"
import { median, percentile } from "./statistics.ts"

const HEAD = [
  "hosts, accounts",
  "subscribed after",
  "one message: median, 95 of 100",
  "turns a second",
  "a turn: transactions, rows, log, turn to write",
  "under load",
  "at rest: transactions a second, cpu a host",
  "connections",
  "memory a host: at rest, after load"
]

const costs = ({ logged, rows, transactions, writing }: Scaled["gentle"]) =>
  `${transactions.toFixed(0)}, ${rows.toFixed(0)}, ${(logged / 1000).toFixed(0)} kB, ${writing.toFixed(1)} ms`

/** A row of the table, as Markdown. */
export const rowOf = (scaled: Scaled): string => {
  const {
    accounts,
    atRest,
    connections,
    gentle,
    gentleMs,
    hosts,
    memoryMb,
    saturated,
    subscribedMs,
    turnsPerSecond
  } = scaled
  const cells = [
    `${hosts}, ${accounts}`,
    `${(subscribedMs / 1000).toFixed(1)} s`,
    `${median(gentleMs).toFixed(0)} ms, ${percentile(gentleMs, 0.95).toFixed(0)} ms`,
    turnsPerSecond.toFixed(0),
    costs(gentle),
    costs(saturated),
    `${atRest.transactions.toFixed(1)}, ${(atRest.cpu * 100).toFixed(1)} %`,
    String(connections),
    `${(memoryMb.atRest / hosts).toFixed(0)} MB, ${(memoryMb.loaded / hosts).toFixed(0)} MB`
  ]
  return `| ${cells.join(" | ")} |${scaled.wrong === 0 ? "" : ` WRONG ${scaled.wrong}`}`
}

export const head: string = `| ${HEAD.join(" | ")} |\n|${HEAD.map(() => " --- |").join("")}`

const shares = (name: string, { off, perAccount, perHost }: Shares, unit: string) =>
  `${name}: ${perHost.toFixed(1)} ${unit} a host and ${perAccount.toFixed(3)} an account (off by ${(off * 100).toFixed(0)} % at most)`

const carried = (
  { accounts, hosts, hostsAtRest, loggedADay, messagesADay, mostTurnsPerSecond }: Capacity,
  turnsPerSecond: number
) => [
  `${turnsPerSecond.toFixed(0)} turns a second in the busiest minute, ${PEAK} times the average one: ${messagesADay} messages a day, ` +
    `which is ${accounts} accounts with ${MESSAGES_A_DAY} each, and ${(loggedADay / 1e9).toFixed(1)} GB of the database's log`,
  `the turn to write alone would allow ${mostTurnsPerSecond.toFixed(0)} turns a second`,
  `${hosts} hosts by the ${CONNECTIONS.all} connections of a server's defaults; ${hostsAtRest} hosts with an account each ask a tenth of what was carried while nobody writes`
]

/** What follows from the settings that were measured, by the one with the most accounts that carried the least. */
export const conclusions = (all: ReadonlyArray<Scaled>): ReadonlyArray<string> => {
  const most = Math.max(...all.map(({ accounts }) => accounts))
  const [weakest] = all
    .filter(({ accounts }) => accounts === most)
    .sort((one, other) => one.turnsPerSecond - other.turnsPerSecond)
  if (weakest === undefined) return []
  const of = (amount: (scaled: Scaled) => number) =>
    sharesOf(
      all.map((scaled) => ({ hosts: scaled.hosts, accounts: scaled.accounts, amount: amount(scaled) }))
    )
  const atRest = of(({ atRest }) => atRest.transactions)
  const capacity = capacityOf({
    turnsPerSecond: weakest.turnsPerSecond,
    writingMsPerTurn: weakest.saturated.writing,
    transactionsPerTurn: weakest.saturated.transactions,
    loggedPerTurn: weakest.saturated.logged,
    connectionsPerHost: Math.max(...all.map(({ connections, hosts }) => connections / hosts)),
    atRest
  })
  return [
    shares("transactions a second at rest", atRest, ""),
    shares(
      "cpu at rest, percent of a core",
      of(({ atRest, hosts }) => atRest.cpu * hosts * 100),
      "%"
    ),
    shares(
      "memory at rest",
      of(({ memoryMb }) => memoryMb.atRest),
      "MB"
    ),
    ...carried(capacity, weakest.turnsPerSecond)
  ]
}
