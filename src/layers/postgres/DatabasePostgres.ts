/** The database of several gateways: a PostgreSQL server, on which every store stands as it does on a file. */
import { Effect, Layer, Ref, Schedule, SubscriptionRef } from "effect"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { Database } from "../database/Database.ts"
import { prepare } from "./asking.ts"
import { makeCommitter } from "./commits.ts"
import { unavailable } from "./failures.ts"
import { migrate } from "./migrate.ts"
import { makeRead, READ_ONLY } from "./reads.ts"
import { connectingStores, nameOf, pool, type Server } from "./server.ts"

export type { Server } from "./server.ts"

import { makeTold, tell } from "./told.ts"
import { makeTransaction } from "./transaction.ts"

/** Reads at the same time; the server has a hundred connections in all, of this host and of others. */
export const READERS = 6

/** Troubles that pass by themselves once somebody has mended what is wrong: until then writes are refused. */
const PASSING: ReadonlySet<StoreUnavailable["trouble"]> = new Set([
  "contended",
  "denied",
  "forbidden",
  "unreachable",
  "unwritable"
])

/** How a server that is not there yet is asked again. */
const AGAIN = Schedule.exponential("250 millis").pipe(Schedule.union(Schedule.spaced("5 seconds")))

/**
 * Waits while the server cannot be reached, or somebody works on all of it, and says so once: a host and its server may boot
 * together, or while what a gateway had that ran alone is carried over.
 */
const onceReached = (opened: Effect.Effect<void, StoreUnavailable>): Effect.Effect<void, StoreUnavailable> =>
  Effect.gen(function* () {
    const isWaiting = yield* Ref.make(false)
    const passes = ({ trouble }: StoreUnavailable) => trouble === "unreachable" || trouble === "contended"
    const say = ({ hint, message }: StoreUnavailable) =>
      Effect.annotateLogs(Effect.logWarning(`the start waits for the database: ${message}`), { hint })
    yield* opened.pipe(
      Effect.tapError((error) =>
        Effect.unlessEffect(passes(error) ? say(error) : Effect.void, Ref.getAndSet(isWaiting, true))
      ),
      Effect.retry({ schedule: AGAIN, while: passes })
    )
    if (yield* Ref.get(isWaiting)) yield* Effect.logInfo("the database is there, and the start goes on")
  })

interface Options {
  /** Whether a server that cannot be reached, or is held by others, is waited for; else it is refused. */
  readonly waits?: boolean
}

const make = (server: Server, { waits = false }: Options) =>
  Effect.gen(function* () {
    const file = yield* nameOf(server)
    const reading = yield* pool({ ...connectingStores(server, "reads"), ...READ_ONLY, max: READERS })
    const writing = yield* pool({ ...connectingStores(server, "writes"), max: 1, idleTimeoutMillis: 0 })
    const opened = migrate(writing, file)
    yield* waits ? onceReached(opened) : opened

    const refusal = yield* SubscriptionRef.make<StoreUnavailable | undefined>(undefined)
    let isRefused = false
    const onCommit = Effect.suspend(() => {
      if (!isRefused) return Effect.void
      isRefused = false
      return SubscriptionRef.set(refusal, undefined)
    })
    const failed = (cause: unknown) =>
      Effect.suspend(() => {
        const error = unavailable(file)(cause)
        if (!PASSING.has(error.trouble)) return Effect.fail(error)
        isRefused = true
        return Effect.zipRight(SubscriptionRef.set(refusal, error), Effect.fail(error))
      })

    const transaction = makeTransaction({ reading, writing }, { holder: server.holder, file })
    const write = yield* makeCommitter(transaction, { file, onCommit })
    const read = makeRead(reading)
    return Database.of({
      isShared: true,
      prepare,
      read: (steps) => Effect.catchAll(read(steps), failed),
      write: (steps) => Effect.catchAll(write(steps), failed),
      tell,
      told: yield* makeTold(server),
      refusal,
      // A server mends its own disk, or somebody does: nothing is begun anew in its place.
      corrupted: Effect.never
    })
  })

/** The store on a server, created and migrated as needed. */
export const layer = (server: Server, options: Options = {}): Layer.Layer<Database, StoreUnavailable> =>
  Layer.scoped(Database, make(server, options))
