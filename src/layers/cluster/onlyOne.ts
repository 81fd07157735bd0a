/**
 * A host's name and its address are its own. By the address it holds what it took: of two hosts with one address each would
 * run what the other does, and everybody would be answered twice. A config that was copied and not changed is refused.
 */
import { Effect, Layer } from "effect"
import { HostTaken, type StoreUnavailable } from "../../schemas/errors/store.ts"
import { Database } from "../database/Database.ts"
import { BEAT_MS, type Self } from "./HostsSql.ts"
import { DATABASE_CLOCK } from "./hostsRead.ts"

/** A process that has not said so for so long, in ms, has ended without a word: a beat may be late. */
const ENDED_AFTER_MS = BEAT_MS + 2000
const LOOK_AGAIN = "250 millis"

interface Row {
  readonly name: string
  readonly address: string
  readonly pid: number
  readonly seen_at: number
}

/**
 * Whoever is there by this name or address says so again, or is this host before it was killed: which of the two, is
 * waited for. Nobody is waited for who has said that it ends.
 */
const refuseTwins = ({ address, name }: Self): Effect.Effect<void, HostTaken | StoreUnavailable, Database> =>
  Effect.gen(function* () {
    const database = yield* Database
    const select = database.prepare<Row>(
      `SELECT name, address, pid, seen_at FROM hosts
       WHERE (name = ? OR address = ?) AND stopped_at IS NULL AND ${DATABASE_CLOCK} - seen_at <= CAST(? AS BIGINT)`
    )
    const look = database.read(() => select.all(name, address, ENDED_AFTER_MS))
    const known = new Map((yield* look).map((row) => [row.name, row.seen_at]))
    const wait: Effect.Effect<ReadonlyArray<Row>, HostTaken | StoreUnavailable> = Effect.flatMap(
      look,
      (rows) => {
        const twin = rows.find((row) => row.seen_at !== known.get(row.name))
        if (twin !== undefined) {
          const { address, name, pid } = twin
          return Effect.fail(new HostTaken({ name, address, pid }))
        }
        return rows.length === 0
          ? Effect.succeed(rows)
          : Effect.delay(
              Effect.suspend(() => wait),
              LOOK_AGAIN
            )
      }
    )
    if (known.size > 0) yield* wait
  })

/** Fails where another host is there under the name or the address of this one. */
export const layer = (self: Self): Layer.Layer<never, HostTaken | StoreUnavailable, Database> =>
  Layer.effectDiscard(refuseTwins(self))
