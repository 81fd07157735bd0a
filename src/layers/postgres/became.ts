/**
 * What became of a transaction whose end was lost. Each leaves a mark of its own: the server's numbers of transactions are
 * given away again after a crash, or by a standby that took over, and then the one of a lost transaction is another's.
 */
import { Clock, Duration, Effect, Exit, Schedule } from "effect"
import type pg from "pg"
import { StoreUnavailable } from "../../schemas/errors/store.ts"
import { ask, askAhead } from "./asking.ts"
import { namedIn } from "./namedIn.ts"
import { connected, giveBack } from "./server.ts"
import { TAKE_TURN } from "./turn.ts"

/** A transaction, by the process that writes it and its number there. */
export interface Mark {
  readonly writer: string
  readonly number: number
}

/** Within a transaction: what there is of it afterwards if it was committed, and only then. */
export const MARK = `
  INSERT INTO writers (writer, written, at) VALUES (?, ?, now())
  ON CONFLICT (writer) DO UPDATE SET written = excluded.written, at = excluded.at`

/** A server that follows another one may not have heard of the last ones. */
const WRITTEN = `
  SELECT CAST(coalesce((SELECT written FROM writers WHERE writer = ?), 0) AS TEXT) AS written
  WHERE NOT pg_is_in_recovery()`
/** Whoever waits behind it is patient for so long. */
const PATIENCE = Duration.seconds(5)
const again = Schedule.exponential("50 millis").pipe(Schedule.union(Schedule.spaced("1 second")))

const notKnown = (file: string) =>
  new StoreUnavailable({
    file,
    detail: "it is not known whether what was written last is there: the connection was lost at its end",
    trouble: "unreachable"
  })

/** In the turn of those that write: while that transaction goes on it has it, and afterwards its mark is there or not. */
const lastWritten = (writer: string) => (client: pg.ClientBase) =>
  Effect.gen(function* () {
    const begun = yield* askAhead(client, "BEGIN ISOLATION LEVEL READ COMMITTED")
    const turn = yield* askAhead(client, TAKE_TURN)
    yield* begun
    yield* turn
    return namedIn(yield* ask(client, { sql: WRITTEN, bound: [writer] }), "written")[0]
  })

const asking = (connections: pg.Pool, writer: string) =>
  Effect.acquireUseRelease(connected(connections), lastWritten(writer), (client, exit) =>
    // One that does not answer is not asked again.
    Exit.isSuccess(exit) ? giveBack("COMMIT")(client) : Effect.sync(() => client.release(true))
  )

/**
 * Whether the transaction of a mark was committed. Asks for as long as it takes: what is neither known to be there nor
 * known to be missing cannot be answered for. After a while `whileUnknown` is run each time that it is still not known.
 */
export const isCommitted = (
  { connections, file, mark }: { readonly connections: pg.Pool; readonly file: string; readonly mark: Mark },
  whileUnknown: (error: StoreUnavailable) => Effect.Effect<void>
): Effect.Effect<boolean> =>
  Effect.flatMap(Clock.currentTimeMillis, (begun) =>
    asking(connections, mark.writer).pipe(
      Effect.mapError(() => notKnown(file)),
      Effect.filterOrFail(
        (written) => written !== undefined,
        () => notKnown(file)
      ),
      Effect.tapError((error) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          now - begun < Duration.toMillis(PATIENCE) ? Effect.void : whileUnknown(error)
        )
      ),
      Effect.retry(again),
      Effect.orDie,
      Effect.map((written) => Number(written) === mark.number)
    )
  )
