/** What owners decide, about requests that wait in this process or in that of another host. */
import { Clock, Effect } from "effect"
import { actorInWords } from "../../schemas/actorWords.ts"
import { PermissionNotFound } from "../../schemas/errors/permissions.ts"
import type { PermissionRecord } from "../../schemas/Permission.ts"
import { OnBehalfOf } from "../../services/Audit.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { makeTrail } from "../audit/auditTrail.ts"
import { readCode } from "../codes/makeCode.ts"
import { Database } from "../database/Database.ts"
import { type Ending, isOver, type Rows } from "./rows.ts"
import type { Waiting } from "./waiting.ts"

/** `publish` tells this process of the end of a request. */
export const makeDecide = (
  rows: Rows,
  waiting: Waiting,
  publish: (record: PermissionRecord) => Effect.Effect<void>
) =>
  Effect.gen(function* () {
    const database = yield* Database
    const config = yield* ConfigService
    const trail = makeTrail(database)

    /** Tells who waits here for a request that has an end, and all of this process, once. */
    const settle = (record: PermissionRecord) =>
      waiting.tell(record.number, record.decided?.allowed === true).pipe(
        Effect.flatMap((isNews) => (isNews ? publish(record) : Effect.void)),
        Effect.uninterruptible
      )

    /** Only what somebody waits for can be decided; of what waits on another host only the store says so. */
    const isWaitedFor = (record: PermissionRecord, at: number): boolean =>
      record.decided === null && !isOver(record, at) && (database.isShared || waiting.has(record.number))

    return {
      decide: (typed: string, allowed: boolean) =>
        Effect.gen(function* () {
          const code = readCode(typed)
          const [now, by, known] = yield* Effect.all([Clock.currentTimeMillis, OnBehalfOf, config.current])
          const at = Math.trunc(now)
          const ending: Ending = { allowed, reason: "owner", by: actorInWords(known)(by) }
          const record = yield* database.write(function* () {
            const found = yield* rows.byCode(code)
            if (found === undefined || !isWaitedFor(found, at)) return undefined
            const { agentId, kind, number } = found
            const done = yield* rows.end(number, ending, at)
            if (done !== undefined) {
              yield* trail({ at, by, event: { _tag: "PermissionDecided", number, agentId, kind, allowed } })
              yield* database.tell({ topic: "permissions", of: String(number) })
            }
            return done
          })
          if (record === undefined) return yield* new PermissionNotFound({ subject: code })
          yield* settle(record)
          return record
        }).pipe(Effect.uninterruptible),
      /** Looks whether a request that waits here has its end, which another host may have given it. */
      look: (number: number) =>
        Effect.flatMap(
          database.read(() => rows.byNumber(number)),
          (record) =>
            record !== undefined && record.decided !== null && waiting.has(number)
              ? settle(record)
              : Effect.void
        )
    }
  })
