/** The Journal in SQLite. */
import { SqlClient, type SqlError } from "@effect/sql"
import { Clock, Effect, Layer, Option, Schema } from "effect"
import { Part, type PartRecord, PartState } from "../schemas/Delivery.ts"
import type { StoreUnavailable } from "../schemas/Errors.ts"
import { Journal } from "../services/Journal.ts"
import { storeError } from "./Store.ts"

interface PartRow {
  readonly part_index: number
  readonly part: string
  readonly state: PartState["_tag"]
  readonly tries: number
  readonly tried_at: number | null
  readonly after_row_id: number | null
  readonly guid: string | null
  readonly row_id: number | null
  readonly detail: string | null
}

const PartJson = Schema.parseJson(Part)
const encodePart = Schema.encode(PartJson)
const decodePart = Schema.decode(PartJson)

const stateOf = (row: PartRow): PartState => {
  switch (row.state) {
    case "Queued":
      return PartState.Queued()
    case "Sending":
      return PartState.Sending({ triedAt: row.tried_at ?? 0, afterRowId: row.after_row_id ?? 0 })
    case "Sent":
      return PartState.Sent({ guid: row.guid ?? undefined, rowId: row.row_id ?? undefined })
    case "Uncertain":
      return PartState.Uncertain({ detail: row.detail ?? "" })
    case "Failed":
      return PartState.Failed({ detail: row.detail ?? "" })
  }
}

const make = (file: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const stored = <A>(effect: Effect.Effect<A, SqlError.SqlError>): Effect.Effect<A, StoreUnavailable> =>
      effect.pipe(Effect.mapError(storeError(file)), Effect.withTracerEnabled(false))

    const recordOf = (row: PartRow): Effect.Effect<PartRecord> =>
      // What the gateway wrote itself and cannot read back is a defect, not something a person can act on.
      Effect.orDie(decodePart(row.part)).pipe(
        Effect.map((part) => ({ index: row.part_index, part, state: stateOf(row), tries: row.tries }))
      )

    return Journal.of({
      cursor: (accountId) =>
        stored(
          sql<{ row_id: number; baseline_at: number | null }>`
            SELECT row_id, baseline_at FROM cursors WHERE account_id = ${accountId}`
        ).pipe(
          Effect.map((rows) =>
            Option.fromNullable(rows[0]).pipe(
              Option.map((row) => ({ rowId: row.row_id, baselineAt: row.baseline_at ?? undefined }))
            )
          )
        ),
      begin: (accountId, { baselineAt, rowId }) =>
        stored(
          sql`INSERT OR REPLACE INTO cursors (account_id, row_id, baseline_at)
              VALUES (${accountId}, ${rowId}, ${baselineAt ?? null})`
        ),
      advance: (accountId, rowId) =>
        stored(
          sql`UPDATE cursors SET row_id = ${rowId} WHERE account_id = ${accountId} AND row_id < ${rowId}`
        ),

      remember: (envelope, limit) =>
        stored(
          sql`INSERT OR IGNORE INTO history (account_id, chat_id, row_id, guid, sender, sender_name, text)
              VALUES (${envelope.accountId}, ${envelope.chatId}, ${envelope.rowId}, ${envelope.guid},
                      ${envelope.sender}, ${envelope.senderName ?? null}, ${envelope.text})`.pipe(
            Effect.zipRight(
              sql`DELETE FROM history WHERE account_id = ${envelope.accountId} AND chat_id = ${envelope.chatId}
                  AND row_id <= (SELECT row_id FROM history
                    WHERE account_id = ${envelope.accountId} AND chat_id = ${envelope.chatId}
                    ORDER BY row_id DESC LIMIT 1 OFFSET ${limit})`
            ),
            sql.withTransaction,
            Effect.asVoid
          )
        ),
      history: ({ accountId, beforeRowId, chatId }, limit) =>
        stored(
          sql<{ sender: string; sender_name: string | null; text: string }>`
            SELECT sender, sender_name, text FROM (
              SELECT row_id, sender, sender_name, text FROM history
              WHERE account_id = ${accountId} AND chat_id = ${chatId} AND row_id < ${beforeRowId}
              ORDER BY row_id DESC LIMIT ${limit}
            ) ORDER BY row_id`
        ).pipe(
          Effect.map((rows) =>
            rows.map(({ sender, sender_name, text }) =>
              sender_name === null ? { sender, text } : { sender, senderName: sender_name, text }
            )
          )
        ),
      forget: ({ accountId, chatId, upToRowId }) =>
        stored(
          sql`DELETE FROM history WHERE account_id = ${accountId} AND chat_id = ${chatId} AND row_id <= ${upToRowId}`
        ),

      plan: ({ accountId, deliveryId }, parts) => {
        const planned = sql<PartRow>`SELECT * FROM parts WHERE delivery_id = ${deliveryId} ORDER BY part_index`
        const write = Effect.gen(function* () {
          for (const [index, part] of parts.entries()) {
            const text = yield* Effect.orDie(encodePart(part))
            yield* sql`INSERT OR IGNORE INTO parts (delivery_id, part_index, account_id, part, state)
                       VALUES (${deliveryId}, ${index}, ${accountId}, ${text}, 'Queued')`
          }
          return yield* planned
        }).pipe(sql.withTransaction)
        return planned.pipe(
          // Parts are cut by the config of their time: those of another one must not be added to them.
          Effect.flatMap((before) => (before.length > 0 ? Effect.succeed(before) : write)),
          stored,
          Effect.flatMap((rows) => Effect.forEach(rows, recordOf))
        )
      },
      setPart: (deliveryId, index, state) => {
        const where = sql`WHERE delivery_id = ${deliveryId} AND part_index = ${index}`
        return stored(
          PartState.$match(state, {
            Queued: () => sql`UPDATE parts SET state = 'Queued' ${where}`,
            Sending: ({ afterRowId, triedAt }) =>
              sql`UPDATE parts SET state = 'Sending', tries = tries + 1, tried_at = ${triedAt},
                  after_row_id = ${afterRowId} ${where}`,
            Sent: ({ guid, rowId }) =>
              sql`UPDATE parts SET state = 'Sent', guid = ${guid ?? null}, row_id = ${rowId ?? null} ${where}`,
            Uncertain: ({ detail }) => sql`UPDATE parts SET state = 'Uncertain', detail = ${detail} ${where}`,
            Failed: ({ detail }) => sql`UPDATE parts SET state = 'Failed', detail = ${detail} ${where}`
          })
        )
      },

      isClaimed: (accountId, guid) =>
        stored(
          sql`SELECT 1 FROM parts WHERE guid = ${guid} AND account_id = ${accountId} LIMIT 1`
        ).pipe(Effect.map((rows) => rows.length > 0)),

      bury: (letter) =>
        Clock.currentTimeMillis.pipe(
          Effect.flatMap((now) =>
            stored(
              sql`INSERT OR IGNORE INTO dead_letters
                  (id, kind, account_id, session_key, code, message, payload, buried_at)
                  VALUES (${letter.id}, ${letter.kind}, ${letter.accountId}, ${letter.sessionKey}, ${letter.code},
                          ${letter.message}, ${JSON.stringify(letter.payload)}, ${now})`
            )
          )
        ),
      deadLetters: stored(
        sql<{
          id: string
          kind: "turn" | "delivery"
          account_id: string
          session_key: string
          code: string
          message: string
          payload: string
        }>`SELECT * FROM dead_letters ORDER BY buried_at`
      ).pipe(
        Effect.map((rows) =>
          rows.map((row) => ({
            id: row.id,
            kind: row.kind,
            accountId: row.account_id,
            sessionKey: row.session_key,
            code: row.code,
            message: row.message,
            payload: JSON.parse(row.payload)
          }))
        )
      )
    })
  })

/** `file` names the store in errors. */
export const layer = (file: string): Layer.Layer<Journal, never, SqlClient.SqlClient> =>
  Layer.effect(Journal, make(file))
