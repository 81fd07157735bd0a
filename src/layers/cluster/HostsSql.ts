/**
 * The hosts of a cluster in the database that they share. Each writes that it is there, and how the accounts are that it
 * runs; what is known of the others is what they wrote last.
 */
import {
  Array as Arr,
  Clock,
  Deferred,
  Effect,
  Equivalence,
  Option,
  Ref,
  Schedule,
  type Scope,
  Stream,
  SubscriptionRef
} from "effect"
import type { HostPutOut, HostTaken, StoreUnavailable } from "../../schemas/errors/store.ts"
import type { AccountStatus } from "../../services/Accounts.ts"
import { ActsFor } from "../../services/ActsFor.ts"
import type { Cluster } from "../../services/Hosts.ts"
import { Database } from "../database/Database.ts"
import type { Step } from "../database/Step.ts"
import { DATABASE_CLOCK, makeReader } from "./hostsRead.ts"
import { type Beat, makeOwnRow, type Self } from "./ownRow.ts"
import { writeStatus } from "./statusJson.ts"

/** How often is looked whether an account is otherwise than was written. */
const LOOK_EVERY = "1 second"
/** How often a host says that it is there, in ms. */
const BEAT_MS = 4000
/** A host that has been away for so long, in ms, is forgotten. */
const FORGOTTEN_AFTER_MS = 30 * 24 * 60 * 60 * 1000

/** How an account is now, on this host. */
type StatusHere = (accountId: string) => Effect.Effect<Option.Option<AccountStatus>>

/** An account that runs here: the shard that it is run for, and what was written of it, where its row is this host's. */
interface Own {
  readonly shard: Option.Option<string>
  readonly written: string | undefined
}

const makeWriter = (self: Self) =>
  Effect.gen(function* () {
    const database = yield* Database
    const { incarnation, name } = self
    const row = yield* makeOwnRow(self)
    const forget = database.prepare(`DELETE FROM hosts WHERE seen_at < ${DATABASE_CLOCK} - CAST(? AS BIGINT)`)
    const claim = database.prepare(
      `INSERT INTO account_statuses (account_id, host, status, at) VALUES (?, ?, ?, ${DATABASE_CLOCK})
       ON CONFLICT (account_id) DO UPDATE SET host = excluded.host, status = excluded.status, at = excluded.at`
    )
    // One statement for all: every host waits while one writes. A row is written by the process that has the host's name.
    const putStatuses = database.prepare<{ readonly account_id: string }>(
      `UPDATE account_statuses SET status = news.status, at = ${DATABASE_CLOCK}
       FROM json_to_recordset(CAST(? AS JSON)) AS news (account_id TEXT, status TEXT)
       WHERE account_statuses.account_id = news.account_id
         AND host IN (SELECT name FROM hosts WHERE name = ? AND incarnation = ?)
       RETURNING account_statuses.account_id`
    )

    /** Writes how accounts are whose rows are this host's; answers which are not any more. */
    const putAll = (
      statuses: ReadonlyArray<readonly [id: string, status: string]>
    ): Step<ReadonlyArray<string>> => ({
      *[Symbol.iterator]() {
        if (statuses.length === 0) return []
        const news = statuses.map(([id, status]) => ({ account_id: id, status }))
        const written = new Set(
          (yield* putStatuses.all(JSON.stringify(news), name, incarnation)).map(
            ({ account_id }) => account_id
          )
        )
        return statuses.flatMap(([id]) => (written.has(id) ? [] : [id]))
      }
    })

    return {
      /** A host that has lost the account, and does not know it yet, is refused. */
      claim: (id: string, status: string, shard: Option.Option<string>) =>
        Effect.provideService(
          Effect.asVoid(database.write(() => claim.run(id, name, status))),
          ActsFor,
          shard
        ),
      /** Writes how accounts are, and that the host is there, unless it is not any more. */
      update: (statuses: ReadonlyArray<readonly [id: string, status: string]>, beat: Beat | undefined) =>
        database.write(function* () {
          const over = beat === undefined ? undefined : yield* row.beat(beat)
          if (over !== undefined) return { over, lost: [] }
          if (beat !== undefined) yield* forget.run(FORGOTTEN_AFTER_MS)
          return { over, lost: yield* putAll(statuses) }
        })
    }
  })

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
  done: Effect.flatMap(Ref.getAndSet(wasRefused, false), (before) =>
    before ? Effect.logInfo("the other hosts are told again how this one is") : Effect.void
  )
}))

/** One that is otherwise than was written. */
interface Changed extends Own {
  readonly id: string
  readonly status: string
}

const areSame = Arr.getEquivalence(Equivalence.string)

/** Fails once another process has the name or the address of this one, or this one was put out. */
type Taken = Deferred.Deferred<never, HostTaken | HostPutOut>

type Owned = SubscriptionRef.SubscriptionRef<ReadonlyMap<string, Own>>

/** The look whether there is anything to write, of a host that was started now. */
const makeLook = (self: Self, own: Owned, statusHere: StatusHere, taken: Taken) =>
  Effect.gen(function* () {
    const reader = yield* makeReader(self.name)
    const writer = yield* makeWriter(self)
    const startedAt = yield* Clock.currentTimeMillis
    const beaten = yield* Ref.make(Number.NEGATIVE_INFINITY)
    /** What stopped running here meanwhile is not taken in again. */
    const note = (id: string, written: string | undefined) =>
      SubscriptionRef.update(own, (before) => {
        const known = before.get(id)
        return known === undefined ? before : new Map([...before, [id, { ...known, written }]])
      })

    /** The accounts that are otherwise than was written. */
    const changed = Effect.gen(function* () {
      const found: Array<Changed> = []
      for (const [id, known] of yield* SubscriptionRef.get(own)) {
        const status = Option.map(yield* statusHere(id), writeStatus)
        if (Option.isSome(status) && status.value !== known.written) {
          found.push({ ...known, id, status: status.value })
        }
      }
      return found
    })
    /** What another host holds by now is left to that one. */
    const claim = ({ id, shard, status }: Changed) =>
      writer.claim(id, status, shard).pipe(
        Effect.zipRight(note(id, status)),
        Effect.catchIf(
          ({ trouble }) => trouble === "fenced",
          () => Effect.void
        )
      )
    const look = Effect.gen(function* () {
      const [updates, claims] = Arr.partition(yield* changed, ({ written }) => written === undefined)
      // What waits to be written together is committed together.
      yield* Effect.forEach(claims, claim, { concurrency: "unbounded", discard: true })
      const now = yield* Clock.currentTimeMillis
      const isDue = now - (yield* Ref.get(beaten)) >= BEAT_MS
      if (!isDue && updates.length === 0) return
      const beat = isDue ? { startedAt, behindMs: (yield* reader.clock).behindMs } : undefined
      const { lost, over } = yield* writer.update(
        updates.map(({ id, status }) => [id, status] as const),
        beat
      )
      if (over !== undefined) {
        yield* Deferred.fail(taken, over)
        return
      }
      if (isDue) yield* Ref.set(beaten, now)
      yield* Effect.forEach(updates, ({ id, status }) => note(id, lost.includes(id) ? undefined : status), {
        discard: true
      })
    })
    return { look, reader }
  })

/**
 * The hosts as this one sees them, and tells the others of itself until the scope closes. `statusHere` is how the accounts
 * are that run here.
 */
export const make = (
  self: Self,
  statusHere: StatusHere
): Effect.Effect<Omit<Cluster, "listen">, never, Database | Scope.Scope> =>
  Effect.gen(function* () {
    const own = yield* SubscriptionRef.make<ReadonlyMap<string, Own>>(new Map())
    const taken = yield* Deferred.make<never, HostTaken | HostPutOut>()
    const { look, reader } = yield* makeLook(self, own, statusHere, taken)
    const tell = yield* makeTell
    yield* Effect.matchEffect(look, { onFailure: tell.failed, onSuccess: () => tell.done }).pipe(
      Effect.repeat(Schedule.spaced(LOOK_EVERY)),
      Effect.interruptible,
      Effect.forkScoped
    )

    return {
      here: self.name,
      taken: Deferred.await(taken),
      all: reader.all,
      accounts: reader.accounts,
      hosted: own.changes.pipe(
        Stream.map((accounts) => [...accounts.keys()].sort()),
        Stream.changesWith(areSame)
      ),
      runsHere: (id) => Effect.map(SubscriptionRef.get(own), (accounts) => accounts.has(id)),
      hosting: (id) => (effect) =>
        Effect.acquireUseRelease(
          Effect.flatMap(ActsFor, (shard) =>
            SubscriptionRef.update(own, (before) => new Map([...before, [id, { shard, written: undefined }]]))
          ),
          () => effect,
          () =>
            SubscriptionRef.update(own, (before) => new Map([...before].filter(([other]) => other !== id)))
        )
    }
  })
