/** What became of a transaction whose end was lost: it is asked until that is known. */
import { Clock, Duration, Effect, Exit, Schedule } from "effect"
import type pg from "pg"
import { StoreUnavailable } from "../../schemas/errors/store.ts"
import { ask } from "./asking.ts"
import { isUnheardOf, OutcomeUnknown } from "./failures.ts"
import { namedIn } from "./namedIn.ts"
import { connected } from "./server.ts"

const BECAME = "SELECT pg_xact_status(CAST(CAST(? AS TEXT) AS xid8)) AS became"
/** Whoever waits behind it is patient for so long. */
const PATIENCE = Duration.seconds(5)
const again = Schedule.exponential("50 millis").pipe(Schedule.union(Schedule.spaced("1 second")))

const notKnown = (file: string) =>
  new StoreUnavailable({
    file,
    detail: "it is not known whether what was written last is there: the connection was lost at its end",
    trouble: "unreachable"
  })

/** The server itself does not know any more. */
const forgotten = (file: string) =>
  new OutcomeUnknown({
    cause: new StoreUnavailable({
      file,
      detail: "what was written last may be there or not: the connection was lost at its end, too long ago"
    })
  })

const asking = (connections: pg.Pool, id: string) =>
  Effect.acquireUseRelease(
    connected(connections),
    (client) => ask(client, { sql: BECAME, bound: [id] }),
    // One that does not answer is not asked again.
    (client, exit) => Effect.sync(() => client.release(Exit.isFailure(exit)))
  ).pipe(
    Effect.map((answer) => namedIn(answer, "became")[0]),
    // A server that took the place of the one that was asked, and has not got so far.
    Effect.catchIf(isUnheardOf, () => Effect.succeed("aborted"))
  )

/**
 * Whether the transaction of a number was committed. Asks for as long as it takes: what is neither known to be there nor
 * known to be missing cannot be answered for. After a while `whileUnknown` is run each time that it is still not known.
 */
export const isCommitted = (
  { connections, file, id }: { readonly connections: pg.Pool; readonly file: string; readonly id: string },
  whileUnknown: (error: StoreUnavailable) => Effect.Effect<void>
): Effect.Effect<boolean, OutcomeUnknown> =>
  Effect.flatMap(Clock.currentTimeMillis, (begun) =>
    asking(connections, id).pipe(
      Effect.mapError(() => notKnown(file)),
      Effect.filterOrFail(
        (became) => became !== "in progress",
        () => notKnown(file)
      ),
      Effect.filterOrFail(
        (became) => became !== undefined,
        () => forgotten(file)
      ),
      Effect.tapErrorTag("StoreUnavailable", (error) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) =>
          now - begun < Duration.toMillis(PATIENCE) ? Effect.void : whileUnknown(error)
        )
      ),
      Effect.retry({ schedule: again, while: (error) => error._tag === "StoreUnavailable" }),
      Effect.catchTag("StoreUnavailable", () => forgotten(file)),
      Effect.map((became) => became === "committed")
    )
  )
