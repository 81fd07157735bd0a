/** Questions that wait to be sent after their request has ended: they are taken back. */
import { Effect } from "effect"
import { toldToOwners } from "../../schemas/owners.ts"
import type { PermissionRecord } from "../../schemas/Permission.ts"
import { withdrawnSince } from "../../schemas/permissionWords.ts"
import { Outbox, type Withdrawn } from "../../services/Outbox.ts"
import { Database } from "../database/Database.ts"
import type { Rows } from "./rows.ts"

/** What the question of a request is called. Not by its code: what a delivery is called is told to whoever listens. */
export const questionId = (number: number): string => `permission:${number}`

/** The questions of a request, once it has ended. Pure. */
const questionsOf = ({ accountId, decided, number }: PermissionRecord): Withdrawn | undefined =>
  decided === null
    ? undefined
    : {
        accountId,
        idsFrom: toldToOwners(accountId, questionId(number)),
        why: withdrawnSince(decided.allowed, decided.reason)
      }

/** Takes questions back, of requests that have ended. */
export const makeWithdrawals = (rows: Rows) =>
  Effect.gen(function* () {
    const database = yield* Database
    const outbox = yield* Outbox
    const withdraw = (record: PermissionRecord | undefined) => {
      const questions = record === undefined ? undefined : questionsOf(record)
      return questions === undefined ? Effect.void : outbox.withdraw(questions)
    }
    return {
      /** Those of a request, by its number. */
      withdrawEnded: (number: number) =>
        Effect.flatMap(
          database.read(() => rows.byNumber(number)),
          withdraw
        ).pipe(
          Effect.catchAll((error) =>
            Effect.logWarning(`a question to the owners that is over is left to be sent: ${error.message}`)
          )
        ),
      withdrawAll: (closed: ReadonlyArray<PermissionRecord>) =>
        Effect.forEach(closed, withdraw, { discard: true })
    }
  })
