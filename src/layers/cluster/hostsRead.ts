/** The hosts of a cluster as the database that they share has them, for whoever can read it. */
import { Clock, Effect, Option } from "effect"
import type { Host, HostedAccount } from "../../services/Hosts.ts"
import { Database } from "../database/Database.ts"
import { readStatus } from "./statusJson.ts"

/** A host that has not said so for so long, in ms, is silent: three times may fail. */
export const SILENT_AFTER_MS = 15_000
/** The database's clock, in Unix ms. */
export const DATABASE_CLOCK = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"

interface HostRow {
  readonly name: string
  readonly address: string
  readonly version: string
  readonly pid: number
  readonly started_at: number
  readonly seen_at: number
  readonly clock_behind_ms: number
  readonly stopped_at: number | null
  readonly now: number
}

interface AccountRow {
  readonly account_id: string
  readonly host: string
  readonly status: string
}

/** A row as it is read on a host at a time of its clock (Unix ms). */
const hostOf = (row: HostRow, here: string | undefined, readAt: number): Host => {
  const toHere = readAt - row.now
  const isStopped = row.stopped_at !== null
  return {
    name: row.name,
    state:
      row.name === here
        ? "here"
        : isStopped
          ? "stopped"
          : row.now - row.seen_at > SILENT_AFTER_MS
            ? "silent"
            : "up",
    address: row.address,
    version: row.version,
    pid: row.pid,
    startedAt: row.started_at + toHere,
    seenAt: (row.stopped_at ?? row.seen_at) + toHere,
    clockBehindMs: row.clock_behind_ms
  }
}

/** What can be read by whoever has the database: `here` is the host that reads, where it is one. */
export const makeReader = (here?: string) =>
  Effect.gen(function* () {
    const database = yield* Database
    const selectHosts = database.prepare<HostRow>(
      `SELECT name, address, version, pid, started_at, seen_at, clock_behind_ms, stopped_at, ${DATABASE_CLOCK} AS now
       FROM hosts ORDER BY name`
    )
    const selectAccounts = database.prepare<AccountRow>(
      "SELECT account_id, host, status FROM account_statuses"
    )
    const selectNow = database.prepare<{ readonly now: number }>(`SELECT ${DATABASE_CLOCK} AS now`)
    const all = Effect.flatMap(
      database.read(() => selectHosts.all()),
      (rows) => Effect.map(Clock.currentTimeMillis, (now) => rows.map((row) => hostOf(row, here, now)))
    )
    const accounts = Effect.map(
      database.read(() => selectAccounts.all()),
      (rows): ReadonlyMap<string, HostedAccount> =>
        new Map(
          rows.flatMap(({ account_id, host, status }) =>
            Option.match(readStatus(status), {
              onNone: () => [],
              onSome: (known): ReadonlyArray<[string, HostedAccount]> => [
                [account_id, { host, status: known }]
              ]
            })
          )
        )
    )
    /** By how much the clock here is behind the database's, in ms, and how long the question took. */
    const clock = Effect.gen(function* () {
      const asked = yield* Clock.currentTimeMillis
      const row = yield* database.read(() => selectNow.get())
      const answered = yield* Clock.currentTimeMillis
      const behindMs = row === undefined ? 0 : Math.round(row.now - (asked + answered) / 2)
      return { behindMs, tookMs: answered - asked }
    })
    return { all, accounts, clock }
  })
