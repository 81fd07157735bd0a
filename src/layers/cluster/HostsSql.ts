/**
 * The hosts of a cluster in the database that they share. Each writes that it is there, and how the accounts are that it
 * runs; what is known of the others is what they wrote last.
 */
import {
  Array as Arr,
  Clock,
  Effect,
  Equivalence,
  Option,
  Ref,
  Schedule,
  type Scope,
  Stream,
  SubscriptionRef
} from "effect"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import type { AccountStatus } from "../../services/Accounts.ts"
import type { Cluster } from "../../services/Hosts.ts"
import { VERSION } from "../../version.ts"
import { Database } from "../database/Database.ts"
import type { Step } from "../database/Step.ts"
import { waitAtMost } from "../process/waitAtMost.ts"
import { DATABASE_CLOCK, makeReader } from "./hostsRead.ts"
import { writeStatus } from "./statusJson.ts"

/** How often is looked whether an account is otherwise than was written. */
const LOOK_EVERY = "1 second"
/** How often a host says that it is there, in ms. */
const BEAT_MS = 4000
/** How long the last word of a host may take, in ms. */
const LAST_WORD_MS = 1000
/** A host that has been away for so long, in ms, is forgotten. */
const FORGOTTEN_AFTER_MS = 30 * 24 * 60 * 60 * 1000

/** Who a host is. */
export interface Self {
  readonly name: string
  /** `host:port`. */
  readonly address: string
}

/** How an account is now, on this host. */
type StatusHere = (accountId: string) => Effect.Effect<Option.Option<AccountStatus>>

/** What was written of an account that runs here: the text, and whether the row is this host's. */
type Written = ReadonlyMap<string, string | undefined>

const makeWriter = ({ address, name }: Self) =>
  Effect.gen(function* () {
    const database = yield* Database
    const putHost = database.prepare(
      `INSERT INTO hosts (name, address, version, pid, started_at, seen_at, clock_behind_ms, stopped_at)
       VALUES (?, ?, ?, ?, ?, ${DATABASE_CLOCK}, ?, NULL)
       ON CONFLICT (name) DO UPDATE SET address = excluded.address, version = excluded.version, pid = excluded.pid,
         started_at = excluded.started_at, seen_at = excluded.seen_at, clock_behind_ms = excluded.clock_behind_ms,
         stopped_at = NULL`
    )
    const forget = database.prepare(`DELETE FROM hosts WHERE seen_at < ${DATABASE_CLOCK} - CAST(? AS BIGINT)`)
    const markStopped = database.prepare(
      `UPDATE hosts SET stopped_at = ${DATABASE_CLOCK} WHERE name = ? AND pid = ?`
    )
    const claim = database.prepare(
      `INSERT INTO account_statuses (account_id, host, status, at) VALUES (?, ?, ?, ${DATABASE_CLOCK})
       ON CONFLICT (account_id) DO UPDATE SET host = excluded.host, status = excluded.status, at = excluded.at`
    )
    const update = database.prepare(
      `UPDATE account_statuses SET status = ?, at = ${DATABASE_CLOCK} WHERE account_id = ? AND host = ?`
    )

    /** Whether it is written: what another host has claimed since is that one's. */
    const put = (accountId: string, status: string, isClaimed: boolean): Step<boolean> => ({
      *[Symbol.iterator]() {
        const { changes } = yield* isClaimed
          ? update.run(status, accountId, name)
          : claim.run(accountId, name, status)
        return changes > 0
      }
    })

    return {
      stopped: Effect.asVoid(database.write(() => markStopped.run(name, process.pid))),
      write: (
        statuses: ReadonlyArray<readonly [id: string, status: string, isClaimed: boolean]>,
        beat: { readonly startedAt: number; readonly behindMs: number } | undefined
      ) =>
        database.write(
          (): Step<Written> => ({
            *[Symbol.iterator]() {
              if (beat !== undefined) {
                const { behindMs, startedAt } = beat
                yield* putHost.run(name, address, VERSION, process.pid, startedAt + behindMs, behindMs)
                yield* forget.run(FORGOTTEN_AFTER_MS)
              }
              const written = new Map<string, string | undefined>()
              for (const [id, status, isClaimed] of statuses) {
                written.set(id, (yield* put(id, status, isClaimed)) ? status : undefined)
              }
              return written
            }
          })
        )
    }
  })

const areSame = Arr.getEquivalence(Equivalence.string)

/** Says that the database cannot be written once, and once that it can again. */
const makeTell = Effect.map(Ref.make(false), (wasRefused) => ({
  failed: ({ hint, message }: StoreUnavailable) =>
    Effect.flatMap(Ref.getAndSet(wasRefused, true), (before) =>
      before
        ? Effect.void
        : Effect.annotateLogs(Effect.logWarning(`the other hosts are not told how this one is: ${message}`), {
            hint
          })
    ),
  done: Ref.set(wasRefused, false)
}))

/**
 * The hosts as this one sees them, and tells the others of itself until the scope closes. `listen` is how it hears of
 * what happens on them.
 */
export const make = (
  self: Self,
  statusHere: StatusHere
): Effect.Effect<Omit<Cluster, "listen">, never, Database | Scope.Scope> =>
  Effect.gen(function* () {
    const reader = yield* makeReader(self.name)
    const writer = yield* makeWriter(self)
    const tell = yield* makeTell
    const startedAt = yield* Clock.currentTimeMillis
    /** The accounts that run here, and what was written of each. */
    const own = yield* SubscriptionRef.make<Written>(new Map())
    const beaten = yield* Ref.make(Number.NEGATIVE_INFINITY)

    const changed = Effect.flatMap(SubscriptionRef.get(own), (accounts) =>
      Effect.forEach([...accounts], ([id, before]) =>
        Effect.map(
          statusHere(id),
          Option.match({
            onNone: () => [],
            onSome: (status) => {
              const now = writeStatus(status)
              return now === before ? [] : [[id, now, before !== undefined] as const]
            }
          })
        )
      )
    )
    const look = Effect.gen(function* () {
      const statuses = (yield* changed).flat()
      const now = yield* Clock.currentTimeMillis
      const isDue = now - (yield* Ref.get(beaten)) >= BEAT_MS
      if (!isDue && statuses.length === 0) return
      const beat = isDue ? { startedAt, behindMs: (yield* reader.clock).behindMs } : undefined
      const written = yield* writer.write(statuses, beat)
      if (isDue) yield* Ref.set(beaten, now)
      yield* SubscriptionRef.update(
        own,
        (accounts) =>
          // What stopped running here meanwhile is not taken in again.
          new Map([...accounts].map(([id, before]) => [id, written.has(id) ? written.get(id) : before]))
      )
      yield* tell.done
    })
    yield* Effect.addFinalizer(() => waitAtMost(Effect.ignore(writer.stopped), LAST_WORD_MS))
    yield* Effect.catchAll(look, tell.failed).pipe(
      Effect.repeat(Schedule.spaced(LOOK_EVERY)),
      Effect.interruptible,
      Effect.forkScoped
    )

    return {
      here: self.name,
      all: reader.all,
      accounts: reader.accounts,
      hosted: own.changes.pipe(
        Stream.map((accounts) => [...accounts.keys()].sort()),
        Stream.changesWith(areSame)
      ),
      runsHere: (id) => Effect.map(SubscriptionRef.get(own), (accounts) => accounts.has(id)),
      hosting: (id) => (effect) =>
        Effect.acquireUseRelease(
          SubscriptionRef.update(own, (before) => new Map([...before, [id, undefined]])),
          () => effect,
          () =>
            SubscriptionRef.update(own, (before) => new Map([...before].filter(([other]) => other !== id)))
        )
    }
  })
