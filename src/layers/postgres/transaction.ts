/**
 * What several writes of this process are committed by: one transaction. In the whole cluster there is one at a time,
 * so that what is read in it is as true at its end, and what is numbered in it is committed in the order of its numbers.
 */
import { randomUUID } from "node:crypto"
import { Cause, Clock, Data, Effect, Exit, Option } from "effect"
import type pg from "pg"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { ask, askAhead } from "./asking.ts"
import { isCommitted, MARK, type Mark } from "./became.ts"
import { NoTurn, OneFailed, troubleOf } from "./failures.ts"
import { namedIn } from "./namedIn.ts"
import { connected, giveBack } from "./server.ts"
import { BEGIN_WRITE, endWhoStandsStill, TAKE_TURN } from "./turn.ts"

/**
 * Nobody takes a shard over before the transaction is over. Whoever renews it is not held up: a row's key is what an
 * index of its own has of it, which is the shard and its holder.
 */
const HELD = `
  SELECT shard_id FROM cluster_locks WHERE address = ? AND shard_id IN (SELECT value FROM json_each(?))
  ORDER BY shard_id COLLATE "C" FOR KEY SHARE`

/** How long a transaction goes on to write after its first write, in ms: every other host waits meanwhile. */
const TOGETHER_MS = 300

export interface Write {
  /** The shard of the actor for which it is written. */
  readonly shard: Option.Option<string>
  /** Runs the statements, and keeps what they come to for its own caller. */
  readonly run: (client: pg.ClientBase) => Effect.Effect<void, unknown>
  readonly settle: (outcome: Effect.Effect<void, unknown>) => void
}

/** Some of the writes are of shards that this runner has not any more; nothing was written. */
export class NotHeld extends Data.TaggedError("NotHeld")<{ readonly shards: ReadonlySet<string> }> {}

type WhileUnknown = (error: StoreUnavailable) => Effect.Effect<void>

/** Runs writes one after the other, at least one, until the time is up. Those that are left over are the answer. */
const runInTime = (client: pg.ClientBase, writes: ReadonlyArray<Write>) =>
  Effect.gen(function* () {
    let until: number | undefined
    for (const [at, { run }] of writes.entries()) {
      if (until !== undefined && (yield* Clock.currentTimeMillis) >= until) return writes.slice(at)
      yield* Effect.mapError(run(client), (cause) => new OneFailed({ at, cause }))
      // The first one had to wait until others were done.
      until ??= (yield* Clock.currentTimeMillis) + TOGETHER_MS
    }
    return []
  })

/** Ends it, or the connection where that does not answer any more. */
const endWithout = (client: pg.PoolClient, exit: Exit.Exit<unknown, unknown>) => {
  const error = Option.flatMap(Exit.causeOption(exit), Cause.failureOption)
  const isLost = Option.exists(error, (failure) => troubleOf(failure) === "unreachable")
  return isLost ? Effect.sync(() => client.release(true)) : giveBack("ROLLBACK")(client)
}

/**
 * Commits writes together, or none of them, and answers those that it left to the next one. `holder` is as whom
 * this process holds shards. `whileUnknown` is run while nobody can say whether they were committed.
 */
export const makeTransaction = (
  { reading, writing }: { readonly reading: pg.Pool; readonly writing: pg.Pool },
  { file, holder }: { readonly file: string; readonly holder: string | undefined }
) => {
  const writer = randomUUID()
  let last = 0

  const begin = (client: pg.ClientBase, shards: ReadonlyArray<string>, { number }: Mark) =>
    Effect.gen(function* () {
      const begun = yield* askAhead(client, BEGIN_WRITE)
      const turn = yield* askAhead(client, TAKE_TURN)
      const marked = yield* askAhead(client, MARK, writer, number)
      const held =
        holder === undefined || shards.length === 0
          ? Effect.succeed(shards)
          : Effect.map(yield* askAhead(client, HELD, holder, JSON.stringify(shards)), (answer) =>
              namedIn(answer, "shard_id")
            )
      return Effect.mapError(Effect.all([begun, turn, marked, held]), (cause) => new NoTurn({ cause }))
    })

  const end = (client: pg.ClientBase, mark: Mark, whileUnknown: WhileUnknown) =>
    ask(client, { sql: "COMMIT", bound: [] }).pipe(
      Effect.asVoid,
      Effect.catchIf(
        (error) => troubleOf(error) === "unreachable",
        (error) =>
          Effect.flatMap(isCommitted({ connections: reading, file, mark }, whileUnknown), (isThere) =>
            isThere ? Effect.void : Effect.fail(error)
          )
      )
    )

  const within = (writes: ReadonlyArray<Write>, whileUnknown: WhileUnknown) => (client: pg.ClientBase) =>
    Effect.gen(function* () {
      const shards = [...new Set(writes.flatMap(({ shard }) => Option.toArray(shard)))]
      // Its answers come with that of the first statement; whatever it says goes before what that says.
      const mark = { writer, number: ++last }
      const beginning = yield* begin(client, shards, mark)
      const written = yield* Effect.exit(runInTime(client, writes))
      const [, , , held] = yield* beginning
      const lost = shards.filter((shard) => !held.includes(shard))
      if (lost.length > 0) return yield* new NotHeld({ shards: new Set(lost) })
      const rest = yield* written
      yield* end(client, mark, whileUnknown)
      return rest
    })

  return (
    writes: ReadonlyArray<Write>,
    whileUnknown: WhileUnknown
  ): Effect.Effect<ReadonlyArray<Write>, unknown> =>
    Effect.acquireUseRelease(connected(writing), within(writes, whileUnknown), (client, exit) =>
      Exit.isSuccess(exit) ? Effect.sync(() => client.release()) : endWithout(client, exit)
    ).pipe(
      Effect.tapError((error) => (error instanceof NoTurn ? endWhoStandsStill(reading, error) : Effect.void))
    )
}
