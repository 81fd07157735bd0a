/**
 * What several writes of this process are committed by: one transaction. In the whole cluster there is one at a time,
 * so that what is read in it is as true at its end, and what is numbered in it is committed in the order of its numbers.
 */
import { Data, Effect, Exit, Option, Schedule } from "effect"
import type pg from "pg"
import { StoreUnavailable } from "../../schemas/errors/store.ts"
import type { Answer } from "../database/Step.ts"
import { ask, askAhead } from "./asking.ts"
import { isPassing, troubleOf } from "./failures.ts"
import { connected, giveBack } from "./server.ts"

/** By which all that write agree on who is next; of this database only. "imsg" in ASCII. */
export const WRITERS = 0x69_6d_73_67
/** The number of the transaction, by which it can be asked what became of it. */
const TAKE_TURN = `SELECT pg_advisory_xact_lock(${WRITERS}), CAST(pg_current_xact_id() AS TEXT) AS id`
/** Nobody takes a shard over before the transaction is over. */
const HELD = `
  SELECT shard_id FROM cluster_locks WHERE address = ? AND shard_id IN (SELECT value FROM json_each(?)) FOR SHARE`
const BECAME = "SELECT pg_xact_status(CAST(CAST(? AS TEXT) AS xid8)) AS became"

export interface Write {
  /** The shard of the actor for which it is written. */
  readonly shard: Option.Option<string>
  /** Runs the statements, and keeps what they come to for its own caller. */
  readonly run: (client: pg.ClientBase) => Effect.Effect<void, unknown>
  readonly settle: (outcome: Effect.Effect<void, unknown>) => void
}

/** Some of the writes are of shards that this runner has not any more; nothing was written. */
export class NotHeld extends Data.TaggedError("NotHeld")<{ readonly shards: ReadonlySet<string> }> {}

const namedIn = ({ rows }: Answer, column: string): ReadonlyArray<string> =>
  rows.flatMap((row) => {
    const value: unknown = typeof row === "object" && row !== null ? Reflect.get(row, column) : undefined
    return typeof value === "string" ? [value] : []
  })

/** The connection was lost while the end was on its way: what became of it is asked until that is known. */
const askWhatBecame = (connections: pg.Pool, file: string, id: string) => {
  const asking = Effect.acquireUseRelease(
    connected(connections),
    (client) => ask(client, { sql: BECAME, bound: [id] }),
    (client) => Effect.sync(() => client.release())
  )
  return asking.pipe(
    Effect.map((answer) => namedIn(answer, "became")[0]),
    Effect.filterOrFail(
      (became) => became !== "in progress",
      () =>
        new StoreUnavailable({
          file,
          detail:
            "it is not known whether what was written last is there: the connection was lost at its end",
          trouble: "unreachable"
        })
    ),
    Effect.retry({
      schedule: Schedule.exponential("50 millis").pipe(
        Schedule.union(Schedule.spaced("1 second")),
        Schedule.upTo("1 minute")
      ),
      while: (error) => error instanceof StoreUnavailable || isPassing(error)
    }),
    Effect.map((became) => became === "committed")
  )
}

/** Commits writes together, or none of them. `address` is by what this runner holds shards. */
export const makeTransaction = (
  { reading, writing }: { readonly reading: pg.Pool; readonly writing: pg.Pool },
  { address, file }: { readonly address: string | undefined; readonly file: string }
) => {
  const begin = (client: pg.ClientBase, shards: ReadonlyArray<string>) =>
    Effect.gen(function* () {
      const begun = yield* askAhead(client, "BEGIN")
      const turn = yield* askAhead(client, TAKE_TURN)
      const held =
        address === undefined || shards.length === 0
          ? Effect.succeed(shards)
          : Effect.map(yield* askAhead(client, HELD, address, JSON.stringify(shards)), (answer) =>
              namedIn(answer, "shard_id")
            )
      return Effect.all([begun, turn, held])
    })

  const end = (client: pg.ClientBase, id: string) =>
    ask(client, { sql: "COMMIT", bound: [] }).pipe(
      Effect.asVoid,
      Effect.catchIf(
        (error) => troubleOf(error) === "unreachable",
        (error) =>
          Effect.flatMap(askWhatBecame(reading, file, id), (isCommitted) =>
            isCommitted ? Effect.void : Effect.fail(error)
          )
      )
    )

  const within = (writes: ReadonlyArray<Write>) => (client: pg.ClientBase) =>
    Effect.gen(function* () {
      const shards = [...new Set(writes.flatMap(({ shard }) => Option.toArray(shard)))]
      // Its answers come with that of the first statement; whatever it says goes before what that says.
      const beginning = yield* begin(client, shards)
      const written = yield* Effect.exit(Effect.forEach(writes, ({ run }) => run(client), { discard: true }))
      const [, turn, held] = yield* beginning
      const lost = shards.filter((shard) => !held.includes(shard))
      if (lost.length > 0) return yield* new NotHeld({ shards: new Set(lost) })
      yield* written
      yield* end(client, namedIn(turn, "id")[0] ?? "")
    })

  return (writes: ReadonlyArray<Write>): Effect.Effect<void, unknown> =>
    Effect.acquireUseRelease(connected(writing), within(writes), (client, exit) =>
      Exit.isSuccess(exit) ? Effect.sync(() => client.release()) : giveBack("ROLLBACK")(client)
    )
}
