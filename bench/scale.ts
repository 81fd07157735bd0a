/** One to four hosts and many accounts on one database: what a setting carries, and what it costs. */
import { Effect, Schedule } from "effect"
import type { Server } from "../test/support/postgres.ts"
import { type HostedAccount, type Hosts, startHosts } from "./clusterHosts.ts"
import { busyTurnDuring, type Counters, countersOf } from "./databaseCounters.ts"
import { type Fleet, makeFleet } from "./fleet.ts"
import { type FleetResult, pace, saturate } from "./fleetLoad.ts"
import { usageOf } from "./processes.ts"
import { sum } from "./statistics.ts"
import { makeFolder } from "./subject.ts"

/** How many hosts and, over all of them, how many accounts. */
export interface Setting {
  readonly hosts: number
  readonly accounts: number
}

const NAMES = ["a", "b", "c", "d"]
export const MOST_HOSTS = NAMES.length
/** In how many chats is written at once, whatever the number of accounts: so settings differ by nothing else. */
const SESSIONS = 200
const OUTSTANDING = 2
const SATURATED_SECONDS = 5
const WARM_UP_MS = 2000
/** Of the gentle load: so many messages over all accounts, and what lies between two of them. */
const GENTLE = { count: 80, everyMs: 125 }
/** What hosts do by the clock they do every one, three or four seconds. */
const IDLE = "12 seconds"
const SETTLE = "3 seconds"
/** A host with many accounts reaches them over SSH: it sees no files of theirs, and asks for rows once a second. */
const ELSEWHERE = "nobody@127.0.0.1"
const START_WITHIN_MS = 180_000
/** How it is looked whether all have started. */
const LOOKING = Schedule.spaced("20 millis").pipe(Schedule.upTo(START_WITHIN_MS))

/** What was measured of a setting; times are milliseconds. */
export interface Scaled extends Setting {
  /** From the start of the first host until each account was subscribed on its own host, and had answered. */
  readonly subscribedMs: number
  readonly gentleMs: ReadonlyArray<number>
  readonly turnsPerSecond: number
  readonly connections: number
  /** Transactions a second while nobody writes, and how much of one core each host has in use (0 to 1). */
  readonly atRest: { readonly transactions: number; readonly cpu: number }
  /** A message's, without what is done at rest meanwhile; while little is written, and while there is much. */
  readonly gentle: Costs
  readonly saturated: Costs
  /** Resident bytes × 10⁻⁶ of all gateways together, without their children: at rest and after the load. */
  readonly memoryMb: { readonly atRest: number; readonly loaded: number }
  /** Messages that were not answered, answered twice or out of order, and children that ended. */
  readonly wrong: number
}

/** What a message costs in the database. */
export interface Costs {
  readonly transactions: number
  readonly rows: number
  /** Bytes. */
  readonly logged: number
  /** Milliseconds of the one turn to write. */
  readonly writing: number
}

const idOf = (index: number) => `account${String(index + 1).padStart(3, "0")}`

/** The accounts, each of which has its host. */
const spread = ({ accounts, hosts }: Setting) =>
  Array.from({ length: accounts }, (_, index) => ({
    id: idOf(index),
    host: NAMES[index % hosts] ?? ""
  }))

type Accounts = ReturnType<typeof spread>

/** Until each account has answered what waited for it, on its own host. The time is from before the first was started. */
const subscribed = (fleet: Fleet, accounts: Accounts, begunAt: number) =>
  Effect.suspend(() => {
    const missing = accounts.filter(({ host, id }) => {
      const known = fleet.known(id)
      return known?.host !== host || !known.isGreeted
    })
    return missing.length === 0
      ? Effect.succeed(Math.max(...accounts.map(({ id }) => fleet.known(id)?.subscribedAt ?? 0)) - begunAt)
      : Effect.fail(missing)
  }).pipe(
    Effect.retry(LOOKING),
    Effect.catchAll((missing) =>
      Effect.fail(
        new Error(
          `${missing.length} of ${accounts.length} accounts did not answer within ${START_WITHIN_MS} ms`
        )
      )
    )
  )

const usageOfAll = (hosts: Hosts) =>
  Effect.map(
    Effect.forEach(hosts, ({ pid }) => usageOf(pid)),
    (usages) => ({
      residentMb: sum(usages.map(({ residentMb }) => residentMb)),
      cpuMs: sum(usages.map(({ cpuMs }) => cpuMs))
    })
  )

/** What a load cost a message. `atRest` is of a second. */
const costsOf = (
  { messages }: FleetResult,
  [before, after]: readonly [Counters, Counters],
  atRest: { readonly transactions: number; readonly rows: number; readonly logged: number },
  busy: { readonly share: number; readonly elapsedMs: number }
): Costs => {
  const seconds = (after.at - before.at) / 1000
  const each = (all: number, resting: number) => (all - resting * seconds) / messages.length
  return {
    transactions: each(after.commits - before.commits, atRest.transactions),
    rows: each(after.rows - before.rows, atRest.rows),
    logged: each(after.logged - before.logged, atRest.logged),
    writing: (busy.share * busy.elapsedMs) / messages.length
  }
}

/** Answers a second, from when the first ones were answered that found nothing warm. */
const turnsPerSecondOf = ({ begunAt, endedAt, messages }: FleetResult): number => {
  const from = begunAt + WARM_UP_MS
  return (messages.filter(({ answeredAt }) => answeredAt > from).length * 1000) / (endedAt - from)
}

const wrongOf = ({ answered, disordered, unexpected, written }: FleetResult): number =>
  written - answered + unexpected + disordered

const measureRest = (hosts: Hosts, count: Effect.Effect<Counters>) =>
  Effect.gen(function* () {
    const before = { ...(yield* count), ...(yield* usageOfAll(hosts)) }
    yield* Effect.sleep(IDLE)
    const after = { ...(yield* count), ...(yield* usageOfAll(hosts)) }
    const ms = after.at - before.at
    return {
      counters: after,
      residentMb: after.residentMb,
      cpu: (after.cpuMs - before.cpuMs) / ms / hosts.length,
      aSecond: {
        transactions: ((after.commits - before.commits) * 1000) / ms,
        rows: ((after.rows - before.rows) * 1000) / ms,
        logged: ((after.logged - before.logged) * 1000) / ms
      }
    }
  })

/** Starts the hosts of a setting on a database of their own, has them carry the loads, and ends them. */
export const measureSetting = (server: Server, setting: Setting, database: string) =>
  Effect.gen(function* () {
    const folder = yield* makeFolder
    const fleet = yield* makeFleet(folder)
    const accounts = spread(setting)
    const count = countersOf(server, database)
    const begunAt = Number(process.hrtime.bigint()) / 1e6
    const hosts = yield* startHosts(server, folder, {
      database,
      names: NAMES.slice(0, setting.hosts),
      accountsOf: (here) =>
        Object.fromEntries(
          accounts.map(({ host, id }): [string, HostedAccount] => [
            id,
            { cliPath: fleet.commandOf(id, here), remoteHost: ELSEWHERE, runsOn: [host] }
          ])
        )
    })
    const subscribedMs = yield* subscribed(fleet, accounts, begunAt)
    const lostBefore = fleet.lost()
    yield* Effect.sleep(SETTLE)
    const rest = yield* measureRest(hosts, count)

    const measured = <R>(load: Effect.Effect<FleetResult, never, R>, before: Counters) =>
      Effect.gen(function* () {
        const { share, value } = yield* busyTurnDuring(server, database)(load)
        const counters = yield* count
        const busy = { share, elapsedMs: value.endedAt - value.begunAt }
        return { result: value, counters, costs: costsOf(value, [before, counters], rest.aSecond, busy) }
      })
    const ids = accounts.map(({ id }) => id)
    const first = ids.map((account) => ({ account, chatId: 1 }))
    const gentle = yield* measured(pace(fleet, first, GENTLE), rest.counters)
    const chats = Math.max(1, Math.round(SESSIONS / ids.length))
    const places = Array.from({ length: chats }, (_, at) =>
      ids.map((account) => ({ account, chatId: at + 1 }))
    ).flat()
    const load = { outstanding: OUTSTANDING, seconds: SATURATED_SECONDS }
    const saturated = yield* measured(saturate(fleet, places, load), gentle.counters)
    return {
      ...setting,
      subscribedMs,
      gentleMs: gentle.result.messages.map(({ answeredAt, writtenAt }) => answeredAt - writtenAt),
      turnsPerSecond: turnsPerSecondOf(saturated.result),
      connections: saturated.counters.connections,
      atRest: { transactions: rest.aSecond.transactions, cpu: rest.cpu },
      gentle: gentle.costs,
      saturated: saturated.costs,
      memoryMb: { atRest: rest.residentMb, loaded: (yield* usageOfAll(hosts)).residentMb },
      wrong: wrongOf(gentle.result) + wrongOf(saturated.result) + fleet.lost() - lostBefore
    } satisfies Scaled
  }).pipe(Effect.scoped)
