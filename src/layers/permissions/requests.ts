/** Requests for leave: in the store, and who waits for them in this process. */
import { Array as Arr, Clock, Effect, Option } from "effect"
import { replyTarget } from "../../schemas/Envelope.ts"
import type { PermissionRecord } from "../../schemas/Permission.ts"
import { titleOf } from "../../schemas/PermissionPolicy.ts"
import { print } from "../../schemas/Target.ts"
import { Events } from "../../services/Events.ts"
import type { Wanted } from "../../services/Permissions.ts"
import { Database } from "../database/Database.ts"
import { map } from "../database/Step.ts"
import { makeDecide } from "./decide.ts"
import { type Asked, type Ending, isOver, makeRows, type Rows } from "./rows.ts"
import { makeWaiting, type Waiting } from "./waiting.ts"
import { makeWithdrawals } from "./withdraw.ts"

const askedBy = ({ turn, ...wanted }: Wanted, askedAt: number): Asked => {
  const last = Arr.lastNonEmpty(turn.envelopes)
  return {
    agentId: turn.agentId,
    accountId: last.accountId,
    turnId: turn.id,
    chat: print(replyTarget(last)),
    kind: wanted.kind,
    title: titleOf(wanted).title,
    askedAt
  }
}

const now = Effect.map(Clock.currentTimeMillis, Math.trunc)

/** What is told of the end of a request. */
const ended = ({ accountId, agentId, decided, kind, number, turnId }: PermissionRecord) => ({
  ...{ _tag: "PermissionDecided" as const, number, accountId, agentId, turnId, kind },
  allowed: decided?.allowed ?? false,
  reason: decided?.reason ?? "stopped"
})

/**
 * The function that begins a request that waits, and has what an owner answers; it answers none where too many wait.
 * A turn is one host's at a time: what another one left waiting of it is closed. What waits here tells which that is,
 * so one begins after the other.
 */
const makeBegin = (rows: Rows, waiting: Waiting, withdrawEnded: (number: number) => Effect.Effect<void>) =>
  Effect.gen(function* () {
    const database = yield* Database
    const oneAtATime = yield* Effect.makeSemaphore(1)
    return (wanted: Wanted, withinMs: number) =>
      Effect.gen(function* () {
        const at = yield* now
        const asked = askedBy(wanted, at)
        const { left, record } = yield* database.write(function* () {
          const left = database.isShared ? yield* rows.closeOthers(asked.turnId, waiting.numbers(), at) : []
          return { left, record: yield* rows.begin(asked, at + withinMs) }
        })
        yield* Effect.forEach(left, ({ number }) => withdrawEnded(number), { discard: true })
        return record === undefined ? undefined : { record, answer: yield* waiting.add(record.number) }
      }).pipe(oneAtATime.withPermits(1), Effect.uninterruptible)
  })

export const makeRequests = Effect.gen(function* () {
  const database = yield* Database
  const events = yield* Events
  const rows = makeRows(database)
  const waiting = makeWaiting()
  const { withdrawAll, withdrawEnded } = yield* makeWithdrawals(rows)
  const publish = (record: PermissionRecord) => events.publish(ended(record))

  return {
    withdrawEnded,
    ...(yield* makeDecide(rows, waiting, publish)),
    begin: yield* makeBegin(rows, waiting, withdrawEnded),
    /** The numbers of those that are waited for here. */
    awaited: waiting.numbers,
    forget: waiting.remove,
    /** Ends a request, and tells of it; none where it has an end. */
    end: (number: number, ending: Ending) =>
      Effect.flatMap(now, (at) => database.write(() => rows.end(number, ending, at))).pipe(
        Effect.map(Option.fromNullable),
        Effect.tap(Option.match({ onNone: () => Effect.void, onSome: publish })),
        Effect.uninterruptible
      ),
    /** Answers a request that nobody is asked about. */
    note: (wanted: Wanted, ending: Ending) =>
      Effect.flatMap(now, (at) => database.write(() => rows.note(askedBy(wanted, at), ending))).pipe(
        Effect.tap((record) => (record === undefined ? Effect.void : publish(record))),
        Effect.as(ending.allowed)
      ),
    /**
     * Closes what a process left waiting that is gone. Where there are other hosts theirs may still be waited for: it
     * is what has waited for longer than it may.
     */
    closeLeft: Effect.flatMap(now, (at) =>
      database.write(() => rows.closeUntil(database.isShared ? at : Number.MAX_SAFE_INTEGER, at))
    ).pipe(Effect.flatMap(withdrawAll)),
    allWaiting: Effect.flatMap(now, (at) =>
      database.read(() => map(rows.waiting(), (all) => all.filter((record) => !isOver(record, at))))
    ),
    decided: (limit: number) => database.read(() => rows.decided(limit))
  }
})

export type Requests = Effect.Effect.Success<typeof makeRequests>
