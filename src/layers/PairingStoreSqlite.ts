/** Pairing in the gateway's store, so that an approval made by another process counts at once. */
import { randomInt } from "node:crypto"
import { Clock, Effect, Layer } from "effect"
import { PairingNotFound } from "../schemas/Errors.ts"
import { type PairingOutcome, type PairingRequest, PairingStore } from "../services/PairingStore.ts"
import { Database } from "./sqlite/Database.ts"

/** Without letters and digits that are read for one another. */
const ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
const CODE_LENGTH = 8

/** A code admits whoever it was made for, so it comes from the system's secure source, not from Effect's Random. */
const makeCode = (): string =>
  Array.from({ length: CODE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join("")

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

const make = Effect.gen(function* () {
  const database = yield* Database
  const approval = database.prepare("SELECT 1 FROM pairing_approvals WHERE account_id = ? AND sender = ?")
  const admit = database.prepare(
    "INSERT OR REPLACE INTO pairing_approvals (account_id, sender, approved_at) VALUES (?, ?, ?)"
  )
  const dropExpired = database.prepare("DELETE FROM pairing_requests WHERE expires_at <= ?")
  const seen = database.prepare<RequestRow>(
    "UPDATE pairing_requests SET last_seen_at = ? WHERE account_id = ? AND sender = ? RETURNING *"
  )
  const count = database.prepare<{ readonly count: number }>(
    "SELECT count(*) AS count FROM pairing_requests WHERE account_id = ?"
  )
  const add = database.prepare<RequestRow>(`
    INSERT INTO pairing_requests (account_id, sender, code, created_at, expires_at, last_seen_at)
    VALUES (?, ?, ?, ?, ?, ?) RETURNING *`)
  const take = database.prepare<RequestRow>("DELETE FROM pairing_requests WHERE code = ? RETURNING *")
  const pending = database.prepare<RequestRow>(
    "SELECT * FROM pairing_requests WHERE expires_at > ? ORDER BY created_at"
  )

  return PairingStore.of({
    isApproved: (accountId, sender) => database.read(() => approval.get(accountId, sender) !== undefined),

    request: ({ accountId, maxPending, sender, ttlMs }) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        database.write((): PairingOutcome => {
          dropExpired.run(now)
          const known = seen.get(now, accountId, sender)
          if (known !== undefined) return { _tag: "Pending", request: requestOf(known) }
          if ((count.get(accountId)?.count ?? 0) >= maxPending) return { _tag: "Full" }
          const request = { accountId, sender, code: makeCode(), createdAt: now, expiresAt: now + ttlMs }
          add.all(accountId, sender, request.code, now, request.expiresAt, now)
          return { _tag: "Created", request }
        })
      ),

    approve: (input) => {
      const code = input.trim().toUpperCase()
      return Effect.flatMap(Clock.currentTimeMillis, (now) =>
        database.write(() => {
          dropExpired.run(now)
          const row = take.get(code)
          if (row !== undefined) admit.run(row.account_id, row.sender, now)
          return row
        })
      ).pipe(
        Effect.flatMap((row) =>
          row === undefined ? new PairingNotFound({ pairingCode: code }) : Effect.succeed(requestOf(row))
        )
      )
    },

    pending: Effect.flatMap(Clock.currentTimeMillis, (now) =>
      database.read(() => pending.all(now).map(requestOf))
    )
  })
})

export const layer: Layer.Layer<PairingStore, never, Database> = Layer.effect(PairingStore, make)
