/** What a database carries in a day, by what was measured of it. */
import { sum } from "./statistics.ts"

/** So much more is written in the busiest minute of a day than in one of its minutes on the average. */
export const PEAK = 10
/** What is answered for an account in a day, in what is said of accounts. */
export const MESSAGES_A_DAY = 200
/** What a server lets in without being told otherwise, and what of it is not for hosts: its owner's, and commands beside. */
export const CONNECTIONS = { all: 100, others: 10 }
const SECONDS_A_DAY = 86_400

/** Something that so many hosts with so many accounts in all have been measured to take. */
export interface Taken {
  readonly hosts: number
  readonly accounts: number
  readonly amount: number
}

export interface Shares {
  readonly perHost: number
  readonly perAccount: number
  /** By how much of it (0 to 1) the measurement that fits least is off: it grows otherwise than by hosts and accounts. */
  readonly off: number
}

/**
 * What one host and one account take, by least squares. Where all measurements are of as many accounts a host, nobody can
 * tell the two apart, and it is the hosts'.
 */
export const sharesOf = (all: ReadonlyArray<Taken>): Shares => {
  const products = (one: (taken: Taken) => number, other: (taken: Taken) => number) =>
    sum(all.map((taken) => one(taken) * other(taken)))
  const hosts = ({ hosts }: Taken) => hosts
  const accounts = ({ accounts }: Taken) => accounts
  const amount = ({ amount }: Taken) => amount
  const [hh, ha, aa] = [products(hosts, hosts), products(hosts, accounts), products(accounts, accounts)]
  const [hy, ay] = [products(hosts, amount), products(accounts, amount)]
  const determinant = hh * aa - ha * ha
  const isTold = determinant > 1e-9 * hh * aa
  const perHost = isTold ? (hy * aa - ay * ha) / determinant : hy / hh
  const perAccount = isTold ? (ay * hh - hy * ha) / determinant : 0
  const off = Math.max(
    ...all.map((taken) => {
      const expected = perHost * taken.hosts + perAccount * taken.accounts
      return taken.amount === 0 ? 0 : Math.abs(expected - taken.amount) / taken.amount
    })
  )
  return { perHost, perAccount, off }
}

/** Of one database. */
export interface Measured {
  /** Answered while as much was written as was answered. */
  readonly turnsPerSecond: number
  /** How long a message has the one turn to write, all its writes together. */
  readonly writingMsPerTurn: number
  /** While as much was written as was answered. */
  readonly transactionsPerTurn: number
  readonly loggedPerTurn: number
  readonly connectionsPerHost: number
  /** Transactions a second while nobody writes. */
  readonly atRest: Shares
}

export interface Capacity {
  /** A day whose busiest minute is all that was measured. */
  readonly messagesADay: number
  readonly accounts: number
  /** Bytes that the server writes into its log on such a day. */
  readonly loggedADay: number
  /** What the turn to write alone would allow, were the rest of everything free. */
  readonly mostTurnsPerSecond: number
  /** By the connections of a server that was not told otherwise. */
  readonly hosts: number
  /** How many hosts with one account each ask a tenth of what was measured while nobody writes. */
  readonly hostsAtRest: number
}

export const capacityOf = ({
  atRest,
  connectionsPerHost,
  loggedPerTurn,
  transactionsPerTurn,
  turnsPerSecond,
  writingMsPerTurn
}: Measured): Capacity => {
  const messagesADay = (turnsPerSecond * SECONDS_A_DAY) / PEAK
  return {
    messagesADay: Math.floor(messagesADay),
    accounts: Math.floor(messagesADay / MESSAGES_A_DAY),
    loggedADay: messagesADay * loggedPerTurn,
    mostTurnsPerSecond: 1000 / writingMsPerTurn,
    hosts: Math.floor((CONNECTIONS.all - CONNECTIONS.others) / connectionsPerHost),
    hostsAtRest: Math.floor(
      (turnsPerSecond * transactionsPerTurn) / 10 / (atRest.perHost + Math.max(0, atRest.perAccount))
    )
  }
}
