/** Pairing in SQLite, so that an approval made by another process counts at once. */
import { randomInt } from "node:crypto"
import { SqlClient, type SqlError } from "@effect/sql"
import { Clock, Effect, Layer } from "effect"
import { PairingNotFound, type StoreUnavailable } from "../schemas/Errors.ts"
import { type PairingOutcome, type PairingRequest, PairingStore } from "../services/PairingStore.ts"
import { storeError } from "./Store.ts"

/** Without letters and digits that are read for one another. */
const ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
const CODE_LENGTH = 8

// A code admits whoever it was made for, so it comes from the system's secure source, not from Effect's Random.
const makeCode = Effect.sync(() =>
  Array.from({ length: CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("")
)

interface RequestRow {
  readonly account_id: string
  readonly sender: string
  readonly code: string
  readonly created_at: number
  readonly expires_at: number
}

const requestOf = (row: RequestRow): PairingRequest => ({
  accountId: row.account_id,
  sender: row.sender,
  code: row.code,
  createdAt: row.created_at,
  expiresAt: row.expires_at
})

const make = (file: string) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const stored = <A>(effect: Effect.Effect<A, SqlError.SqlError>): Effect.Effect<A, StoreUnavailable> =>
      effect.pipe(Effect.mapError(storeError(file)), Effect.withTracerEnabled(false))
    const dropExpired = (now: number) => sql`DELETE FROM pairing_requests WHERE expires_at <= ${now}`

    return PairingStore.of({
      isApproved: (accountId, sender) =>
        stored(
          sql`SELECT 1 FROM pairing_approvals WHERE account_id = ${accountId} AND sender = ${sender}`
        ).pipe(Effect.map((rows) => rows.length > 0)),

      request: ({ accountId, maxPending, sender, ttlMs }) =>
        stored(
          Effect.gen(function* () {
            const now = yield* Clock.currentTimeMillis
            yield* dropExpired(now)
            const [known] = yield* sql<RequestRow>`
              UPDATE pairing_requests SET last_seen_at = ${now}
              WHERE account_id = ${accountId} AND sender = ${sender} RETURNING *`
            if (known !== undefined)
              return { _tag: "Pending", request: requestOf(known) } satisfies PairingOutcome
            const [pending] = yield* sql<{ count: number }>`
              SELECT count(*) AS count FROM pairing_requests WHERE account_id = ${accountId}`
            if ((pending?.count ?? 0) >= maxPending) return { _tag: "Full" } satisfies PairingOutcome
            const code = yield* makeCode
            const request = { accountId, sender, code, createdAt: now, expiresAt: now + ttlMs }
            yield* sql`INSERT INTO pairing_requests (account_id, sender, code, created_at, expires_at, last_seen_at)
                       VALUES (${accountId}, ${sender}, ${code}, ${now}, ${request.expiresAt}, ${now})`
            return { _tag: "Created", request } satisfies PairingOutcome
          }).pipe(sql.withTransaction)
        ),

      approve: (input) => {
        const code = input.trim().toUpperCase()
        return stored(
          Effect.gen(function* () {
            const now = yield* Clock.currentTimeMillis
            yield* dropExpired(now)
            const [row] =
              yield* sql<RequestRow>`DELETE FROM pairing_requests WHERE code = ${code} RETURNING *`
            if (row === undefined) return undefined
            yield* sql`INSERT OR REPLACE INTO pairing_approvals (account_id, sender, approved_at)
                       VALUES (${row.account_id}, ${row.sender}, ${now})`
            return requestOf(row)
          }).pipe(sql.withTransaction)
        ).pipe(
          Effect.flatMap((request) =>
            request === undefined ? new PairingNotFound({ pairingCode: code }) : Effect.succeed(request)
          )
        )
      },

      pending: stored(
        Clock.currentTimeMillis.pipe(
          Effect.flatMap(
            (now) =>
              sql<RequestRow>`SELECT * FROM pairing_requests WHERE expires_at > ${now} ORDER BY created_at`
          ),
          Effect.map((rows) => rows.map(requestOf))
        )
      )
    })
  })

/** `file` names the store in errors. */
export const layer = (file: string): Layer.Layer<PairingStore, never, SqlClient.SqlClient> =>
  Layer.effect(PairingStore, make(file))
