/** Requests for leave: in the store, and who waits for them in this process. */
import { Array as Arr, Clock, Deferred, Effect, Option } from "effect"
import { actorInWords } from "../../schemas/actorWords.ts"
import { replyTarget } from "../../schemas/Envelope.ts"
import { PermissionNotFound } from "../../schemas/errors/permissions.ts"
import type { PermissionRecord } from "../../schemas/Permission.ts"
import { titleOf } from "../../schemas/PermissionPolicy.ts"
import { print } from "../../schemas/Target.ts"
import { OnBehalfOf } from "../../services/Audit.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { Events } from "../../services/Events.ts"
import type { Wanted } from "../../services/Permissions.ts"
import { makeTrail } from "../audit/auditTrail.ts"
import { readCode } from "../codes/makeCode.ts"
import { Database } from "../database/Database.ts"
import { type Asked, type Ending, makeRows } from "./rows.ts"
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

/** Whether the time of a request is over. */
const isOver = ({ expiresAt }: PermissionRecord, at: number): boolean => expiresAt === null || expiresAt <= at

export const makeRequests = Effect.gen(function* () {
  const database = yield* Database
  const events = yield* Events
  const config = yield* ConfigService
  const rows = makeRows(database)
  const withdrawals = yield* makeWithdrawals(rows)
  const trail = makeTrail(database)
  const waiting = new Map<number, Deferred.Deferred<boolean>>()

  const tell = (record: PermissionRecord) => events.publish(ended(record))

  /** Ends a request, and tells of it; none where it has an end. */
  const end = (number: number, ending: Ending) =>
    Effect.flatMap(now, (at) => database.write(() => rows.end(number, ending, at))).pipe(
      Effect.map(Option.fromNullable),
      Effect.tap(Option.match({ onNone: () => Effect.void, onSome: tell })),
      Effect.uninterruptible
    )

  /** Only what somebody waits for can be decided. */
  const decide = (typed: string, allowed: boolean) =>
    Effect.gen(function* () {
      const code = readCode(typed)
      const [at, by, known] = yield* Effect.all([now, OnBehalfOf, config.current])
      const ending: Ending = { allowed, reason: "owner", by: actorInWords(known)(by) }
      const record = yield* database.write(() => {
        const found = rows.byCode(code)
        if (found === undefined || !waiting.has(found.number) || isOver(found, at)) return undefined
        const { agentId, kind, number } = found
        const done = rows.end(number, ending, at)
        if (done !== undefined) {
          trail({ at, by, event: { _tag: "PermissionDecided", number, agentId, kind, allowed } })
        }
        return done
      })
      if (record === undefined) return yield* new PermissionNotFound({ subject: code })
      const waits = waiting.get(record.number)
      if (waits !== undefined) yield* Deferred.succeed(waits, allowed)
      yield* tell(record)
      return record
    }).pipe(Effect.uninterruptible)

  /** Answers a request that nobody is asked about. */
  const note = (wanted: Wanted, ending: Ending) =>
    Effect.flatMap(now, (at) => database.write(() => rows.note(askedBy(wanted, at), ending))).pipe(
      Effect.tap((record) => (record === undefined ? Effect.void : tell(record))),
      Effect.as(ending.allowed)
    )

  const begin = (wanted: Wanted, withinMs: number) =>
    Effect.flatMap(now, (at) => database.write(() => rows.begin(askedBy(wanted, at), at + withinMs)))

  return {
    ...withdrawals,
    ...{ begin, note, end, decide },
    /** Who waits for a request, by its number: told what an owner says. */
    waiting,
    allWaiting: Effect.flatMap(now, (at) =>
      database.read(() => rows.waiting().filter((record) => !isOver(record, at)))
    ),
    decided: (limit: number) => database.read(() => rows.decided(limit))
  }
})

export type Requests = Effect.Effect.Success<typeof makeRequests>
