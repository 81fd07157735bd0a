/**
 * The row by which a host says that it is there. It is of one process: another one that was given the same name or the same
 * address takes it only once this one has not been heard of for as long as its locks live, and this one notices.
 */
import { Duration, Effect } from "effect"
import { HostPutOut, HostTaken } from "../../schemas/errors/store.ts"
import { VERSION } from "../../version.ts"
import { Database } from "../database/Database.ts"
import type { Step } from "../database/Step.ts"
import { DATABASE_CLOCK } from "./hostsRead.ts"
import { EXPIRES } from "./timing.ts"

/** Who a host is. */
export interface Self {
  readonly name: string
  /** `host:port`. */
  readonly address: string
  /** This process, by a text that no other has. */
  readonly incarnation: string
}

/** When the host started, in Unix ms of its clock, and by how much that is behind the database's. */
export interface Beat {
  readonly startedAt: number
  readonly behindMs: number
}

/** Another process that has the name or the address; `seen_at` is in Unix ms of the database's clock. */
export interface Twin {
  readonly name: string
  readonly address: string
  readonly pid: number
  readonly seen_at: number
}

export const takenBy = ({ address, name, pid }: Twin): HostTaken => new HostTaken({ name, address, pid })

const PUT = `
  INSERT INTO hosts (name, address, version, pid, started_at, seen_at, clock_behind_ms, stopped_at, incarnation)
  VALUES (?, ?, ?, ?, ?, ${DATABASE_CLOCK}, ?, NULL, ?)
  ON CONFLICT (name) DO UPDATE SET address = excluded.address, version = excluded.version, pid = excluded.pid,
    started_at = excluded.started_at, seen_at = excluded.seen_at, clock_behind_ms = excluded.clock_behind_ms,
    stopped_at = NULL, incarnation = excluded.incarnation`

export const makeOwnRow = ({ address, incarnation, name }: Self) =>
  Effect.map(Database, (database) => {
    const put = database.prepare(PUT)
    const keep = database.prepare(`${PUT} WHERE hosts.incarnation = excluded.incarnation`)
    const takeAddress = database.prepare(
      `UPDATE hosts SET incarnation = ?, stopped_at = coalesce(stopped_at, ${DATABASE_CLOCK}), places = NULL
       WHERE address = ? AND name <> ?`
    )
    const setPlaces = database.prepare("UPDATE hosts SET places = ? WHERE name = ? AND incarnation = ?")
    // Without its places: the version before this one left those of the process before in a row that it took.
    const markStopped = database.prepare(
      `UPDATE hosts SET stopped_at = ${DATABASE_CLOCK}, places = NULL WHERE name = ? AND incarnation = ?`
    )
    const selectTwins = database.prepare<Twin>(
      `SELECT name, address, pid, seen_at FROM hosts
       WHERE (name = ? OR address = ?) AND incarnation IS DISTINCT FROM CAST(? AS TEXT) AND stopped_at IS NULL
         AND ${DATABASE_CLOCK} - seen_at <= ${Duration.toMillis(EXPIRES)}`
    )
    // Who puts it out leaves the rest of the row as it was.
    const selectPutOut = database.prepare(
      "SELECT 1 FROM hosts WHERE name = ? AND address = ? AND pid = ? AND stopped_at IS NOT NULL"
    )
    const bound = ({ behindMs, startedAt }: Beat) =>
      [name, address, VERSION, process.pid, startedAt + behindMs, behindMs, incarnation] as const

    /** The other processes that are there by its name or its address. */
    const twins = (): Step<ReadonlyArray<Twin>> => selectTwins.all(name, address, incarnation)
    /** Writes where its config has what run, unless another process has its row by now. */
    const place = (places: string) => setPlaces.run(places, name, incarnation)
    /** Takes the row, for this process and its config. Whoever may be there was looked for before, in the same write. */
    const take: (beat: Beat, places: string) => Step<void> = function* (beat, places) {
      yield* takeAddress.run(incarnation, address, name)
      yield* put.run(...bound(beat))
      yield* place(places)
    }
    /** Says that it is there, unless another process has its row by now, or it was put out: which of them is the answer. */
    const beat: (beat: Beat) => Step<HostTaken | HostPutOut | undefined> = function* (beat) {
      const { changes } = yield* keep.run(...bound(beat))
      if (changes > 0) return undefined
      const [twin] = yield* twins()
      if (twin !== undefined) return takenBy(twin)
      const putOut = yield* selectPutOut.get(name, address, process.pid)
      return putOut === undefined ? new HostTaken({ name, address, pid: 0 }) : new HostPutOut({ name })
    }
    return { twins, take, place, beat, stopped: () => markStopped.run(name, incarnation) }
  })
