/** The store of a gateway that ran alone, carried over into the database of a cluster that has not begun yet. */
import { Effect, Exit, Fiber, Schedule, type Scope } from "effect"
import { CarryOverRefused } from "../../../schemas/errors/cluster.ts"
import type { StoreUnavailable } from "../../../schemas/errors/store.ts"
import { tryAgain } from "../../../schemas/errors/tryAgain.ts"
import type { Database } from "../../database/Database.ts"
import { runSync, type Step } from "../../database/Step.ts"
import { copyTable } from "./copyTable.ts"
import { CARRIED } from "./tables.ts"

type Store = Database["Type"]

/** What is in a store that ran alone. */
export interface Found {
  /** The accounts that it has a position of, by their ids. */
  readonly accounts: ReadonlyArray<string>
  /** How many rows each table has. */
  readonly rows: Readonly<Record<string, number>>
  /** What was not finished: messages that wait to be answered, and replies that wait to be sent. */
  readonly waiting: { readonly messages: number; readonly replies: number }
  /** The deliveries whose files are still wanted: those that wait, and dead letters. */
  readonly withFiles: ReadonlyArray<string>
}

interface Name {
  readonly name: string
}
interface Count {
  readonly rows: number
}

const named = (rows: ReadonlyArray<Name>): ReadonlyArray<string> => rows.map(({ name }) => name)

/** Looks at a store that ran alone. */
export const findIn = ({ prepare, read }: Store): Effect.Effect<Found, StoreUnavailable> => {
  const count = (from: string) => prepare<Count>(`SELECT count(*) AS rows FROM ${from}`)
  const accounts = prepare<Name>("SELECT account_id AS name FROM cursors ORDER BY account_id")
  const withFiles = prepare<Name>(`
    SELECT delivery_id AS name FROM outbox WHERE place <> 'ended'
    UNION SELECT id FROM dead_letters WHERE kind = 'delivery' ORDER BY name`)
  const messages = count("mailbox WHERE processed = 0 AND kind = 'Request'")
  const replies = count("outbox WHERE place <> 'ended'")
  return read(function* () {
    const rows: Record<string, number> = {}
    for (const { table } of CARRIED) rows[table] = (yield* count(table).get())?.rows ?? 0
    return {
      accounts: named(yield* accounts.all()),
      rows,
      waiting: {
        messages: (yield* messages.get())?.rows ?? 0,
        replies: (yield* replies.get())?.rows ?? 0
      },
      withFiles: named(yield* withFiles.all())
    }
  })
}

/**
 * Why nothing may be carried over into a database: a host may be up, which knows what is there and writes more; or there
 * is something of the stores already, which would have to become one with what comes.
 */
const objection = ({ prepare }: Store): Step<CarryOverRefused | undefined> => {
  const hosts = prepare<Name>("SELECT name FROM hosts WHERE stopped_at IS NULL ORDER BY name")
  const filled = prepare<Name>(
    CARRIED.map(
      ({ holds, table }) => `SELECT '${holds ?? table}' AS name WHERE EXISTS (SELECT 1 FROM ${table})`
    ).join(" UNION ALL ")
  )
  return {
    *[Symbol.iterator]() {
      const up = named(yield* hosts.all())
      if (up.length > 0) return new CarryOverRefused({ reason: "hosts-up", what: up.join(", ") })
      const there = named(yield* filled.all())
      return there.length === 0
        ? undefined
        : new CarryOverRefused({ reason: "not-empty", what: there.join(", ") })
    }
  }
}

const refusing = <A>(asked: Effect.Effect<CarryOverRefused | A, StoreUnavailable>) =>
  Effect.flatMap(asked, (found) =>
    found instanceof CarryOverRefused ? Effect.fail(found) : Effect.succeed(found)
  )

/** Fails where nothing may be carried over into a database. */
export const mayBegin = (into: Store): Effect.Effect<void, CarryOverRefused | StoreUnavailable> =>
  Effect.asVoid(refusing(into.read(() => objection(into))))

/** How another program that writes into the store just now is waited for. */
const whileBusy = {
  schedule: Schedule.spaced("100 millis").pipe(Schedule.upTo("5 seconds")),
  while: ({ trouble }: StoreUnavailable) => trouble === "busy"
}

/**
 * Holds a store that ran alone as it is until the scope closes: a command of its former config, which knows of no hosts,
 * waits meanwhile or is refused, and does not write what nobody would find any more.
 */
export const holdStill = ({ prepare, read }: Store): Effect.Effect<void, StoreUnavailable, Scope.Scope> =>
  Effect.asVoid(
    Effect.acquireRelease(tryAgain(whileBusy)(read(() => prepare("BEGIN IMMEDIATE").run())), () =>
      Effect.sync(() => runSync(prepare("ROLLBACK").run()))
    )
  )

/**
 * Copies every table in one transaction, or none. It is looked once more in it whether that may be: no host begins
 * meanwhile, since the first thing that one does is a write, which waits. Answers how many rows each table has.
 *
 * It can be interrupted until all of it is copied, also where nothing else can; what is committed is answered, whoever
 * interrupted it then.
 */
export const carryOver = (
  from: Store,
  into: Store
): Effect.Effect<Readonly<Record<string, number>>, CarryOverRefused | StoreUnavailable> =>
  Effect.uninterruptible(
    Effect.gen(function* () {
      let isStopped = false
      const goOn = (): void => {
        if (isStopped) throw new Error("it was stopped")
      }
      const copying = yield* Effect.fork(
        refusing(
          into.write(function* () {
            const refused = yield* objection(into)
            if (refused !== undefined) return refused
            const rows: Record<string, number> = {}
            for (const { table } of CARRIED) rows[table] = yield* copyTable(from, into, table, goOn)
            return rows
          })
        )
      )
      const waited = yield* Effect.exit(Effect.interruptible(Fiber.join(copying)))
      if (!Exit.isInterrupted(waited)) return yield* waited
      isStopped = true
      const copied = yield* Fiber.await(copying)
      return Exit.isSuccess(copied) ? copied.value : yield* Effect.interrupt
    })
  )
