/** Pairing in the gateway's store, so that an approval made by another process counts at once. */
import { Clock, Effect, Layer, Option, Schema } from "effect"
import { PairingNotFound } from "../../schemas/errors/pairing.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { Target } from "../../schemas/Target.ts"
import { OnBehalfOf } from "../../services/Audit.ts"
import {
  type PairingApproval,
  type PairingOutcome,
  type PairingRequest,
  PairingStore
} from "../../services/PairingStore.ts"
import { makeTrail } from "../audit/auditTrail.ts"
import { makeCode, readCode } from "../codes/makeCode.ts"
import { makeForget } from "../conversations/forget.ts"
import { Database } from "../database/Database.ts"
import { formerApprovals, type IdentityPeriod } from "./formerApprovals.ts"

const TargetJson = Schema.parseJson(Target)
const encodeTarget = Schema.encodeSync(TargetJson)
const decodeTarget = Schema.decodeSync(TargetJson)

/** A request of an earlier version does not say where its sender wrote. */
const toSender = (handle: string): Target => ({ _tag: "Handle", handle, service: "auto" })

interface RequestRow {
  readonly account_id: string
  readonly sender: string
  readonly code: string
  readonly created_at: number
  readonly expires_at: number
  readonly last_seen_at: number
  readonly rejected: number
  readonly target: string | null
}

interface ApprovalRow {
  readonly account_id: string
  readonly sender: string
  readonly approved_at: number
}

interface NoticeRow {
  readonly account_id: string
  readonly sender: string
  readonly code: string
  readonly target: string
}

const requestOf = (row: RequestRow): PairingRequest => ({
  accountId: row.account_id,
  sender: row.sender,
  code: row.code,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastSeenAt: row.last_seen_at
})

const approvalOf = (row: ApprovalRow): PairingApproval => ({
  accountId: row.account_id,
  sender: row.sender,
  approvedAt: row.approved_at
})

const make = Effect.gen(function* () {
  const database = yield* Database
  const trail = makeTrail(database)
  const forget = makeForget(database)
  const approval = database.prepare<{ readonly approved_at: number }>(
    "SELECT approved_at FROM pairing_approvals WHERE account_id = ? AND sender = ?"
  )
  const allApprovals = database.prepare<ApprovalRow>(
    "SELECT * FROM pairing_approvals ORDER BY approved_at, account_id, sender"
  )
  const approvalsOf = database.prepare<ApprovalRow>(
    "SELECT * FROM pairing_approvals WHERE account_id = ? ORDER BY approved_at, sender"
  )
  const periodsOf = database.prepare<IdentityPeriod>(
    "SELECT since, identity FROM account_identities WHERE account_id = ? ORDER BY since"
  )
  const addPeriod = database.prepare(
    "INSERT OR REPLACE INTO account_identities (account_id, since, identity) VALUES (?, ?, ?)"
  )
  const admit = database.prepare(
    "INSERT OR REPLACE INTO pairing_approvals (account_id, sender, approved_at) VALUES (?, ?, ?)"
  )
  const dismiss = database.prepare("DELETE FROM pairing_approvals WHERE account_id = ? AND sender = ?")
  const dropExpired = database.prepare("DELETE FROM pairing_requests WHERE expires_at <= ?")
  const seen = database.prepare<RequestRow>(
    "UPDATE pairing_requests SET last_seen_at = ? WHERE account_id = ? AND sender = ? RETURNING *"
  )
  const countPending = database.prepare<{ readonly count: number }>(
    "SELECT count(*) AS count FROM pairing_requests WHERE account_id = ? AND rejected = 0"
  )
  const isTaken = database.prepare("SELECT 1 FROM pairing_requests WHERE code = ?")
  const add = database.prepare(`
    INSERT INTO pairing_requests (account_id, sender, code, created_at, expires_at, last_seen_at, target)
    VALUES (?, ?, ?, ?, ?, ?, ?)`)
  const take = database.prepare<RequestRow>(
    "DELETE FROM pairing_requests WHERE code = ? AND rejected = 0 RETURNING *"
  )
  const refuse = database.prepare<RequestRow>(
    "UPDATE pairing_requests SET rejected = 1 WHERE code = ? AND rejected = 0 RETURNING *"
  )
  const pending = database.prepare<RequestRow>(
    "SELECT * FROM pairing_requests WHERE expires_at > ? AND rejected = 0 ORDER BY created_at"
  )
  const addNotice = database.prepare(
    "INSERT OR REPLACE INTO approval_notices (code, account_id, sender, target) VALUES (?, ?, ?, ?)"
  )
  const noticesOf = database.prepare<NoticeRow>(
    "SELECT * FROM approval_notices WHERE account_id = ? ORDER BY rowid"
  )
  const dropNotice = database.prepare("DELETE FROM approval_notices WHERE code = ?")
  const dropNoticesTo = database.prepare("DELETE FROM approval_notices WHERE account_id = ? AND sender = ?")

  /** A code that no other request of any account has. */
  const freshCode = (): string => {
    const code = makeCode()
    return isTaken.get(code) === undefined ? code : freshCode()
  }

  /** Looks a code up among the requests that are still valid, and does something with what it finds. */
  const byCode = (
    input: string,
    decision: "PairingApproved" | "PairingRejected",
    act: (code: string, now: number) => RequestRow | undefined
  ): Effect.Effect<PairingRequest, PairingNotFound | StoreUnavailable> => {
    const code = readCode(input)
    return Effect.flatMap(Effect.all([Clock.currentTimeMillis, OnBehalfOf]), ([now, by]) =>
      database.write(() => {
        dropExpired.run(now)
        const row = act(code, now)
        if (row !== undefined) {
          trail({ at: now, by, event: { _tag: decision, accountId: row.account_id, sender: row.sender } })
        }
        return row
      })
    ).pipe(
      Effect.flatMap((row) =>
        row === undefined
          ? new PairingNotFound({ kind: "request", subject: code })
          : Effect.succeed(requestOf(row))
      )
    )
  }

  const former = (accountId: string, identity: string, spellings: ReadonlyArray<string> = []) =>
    formerApprovals(
      periodsOf.all(accountId),
      [identity, ...spellings],
      approvalsOf.all(accountId).map(approvalOf)
    )

  return PairingStore.of({
    approvedAt: (accountId, sender) =>
      database.read(() =>
        Option.map(Option.fromNullable(approval.get(accountId, sender)), ({ approved_at }) => approved_at)
      ),

    request: ({ accountId, maxPending, others = [], sender, target, ttlMs }) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        database.write((): PairingOutcome => {
          dropExpired.run(now)
          // Another process may have let them in since they were judged.
          const handles = [sender, ...others]
          if (handles.some((handle) => approval.get(accountId, handle) !== undefined)) {
            return { _tag: "Approved" }
          }
          const known = handles.flatMap((handle) => seen.get(now, accountId, handle) ?? [])
          if (known.some(({ rejected }) => rejected === 1)) return { _tag: "Rejected" }
          const [before] = known
          if (before !== undefined) return { _tag: "Pending", request: requestOf(before) }
          if ((countPending.get(accountId)?.count ?? 0) >= maxPending) return { _tag: "Full" }
          const code = freshCode()
          const expiresAt = now + ttlMs
          add.run(accountId, sender, code, now, expiresAt, now, encodeTarget(target))
          return {
            _tag: "Created",
            request: { accountId, sender, code, createdAt: now, expiresAt, lastSeenAt: now }
          }
        })
      ),

    approve: (input) =>
      byCode(input, "PairingApproved", (code, now) => {
        const row = take.get(code)
        if (row === undefined) return undefined
        admit.run(row.account_id, row.sender, now)
        addNotice.run(code, row.account_id, row.sender, row.target ?? encodeTarget(toSender(row.sender)))
        return row
      }),

    reject: (input) =>
      byCode(input, "PairingRejected", (code) => {
        const row = refuse.get(code)
        // From when they were let in by another policy.
        if (row !== undefined) forget([row.sender])
        return row
      }),

    revoke: (approvals) =>
      Effect.flatMap(Effect.all([Clock.currentTimeMillis, OnBehalfOf]), ([now, by]) =>
        database.write(() => {
          const dismissed = approvals.filter(({ accountId, sender }) => {
            dropNoticesTo.run(accountId, sender)
            return dismiss.run(accountId, sender).changes > 0
          })
          for (const { accountId, sender } of dismissed) {
            trail({ at: now, by, event: { _tag: "PairingRevoked", accountId, sender } })
          }
          if (dismissed.length > 0) forget(approvals.map(({ sender }) => sender))
        })
      ),

    pending: Effect.flatMap(Clock.currentTimeMillis, (now) =>
      database.read(() => pending.all(now).map(requestOf))
    ),

    approvals: database.read(() => allApprovals.all().map(approvalOf)),

    identify: (accountId, identity, spellings = []) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        database.write(() => {
          const last = periodsOf.all(accountId).at(-1)?.identity
          if (last === undefined || ![identity, ...spellings].includes(last)) {
            addPeriod.run(accountId, now, identity)
          }
          return former(accountId, identity, spellings)
        })
      ),

    former: (accountId, identity, spellings) => database.read(() => former(accountId, identity, spellings)),

    notices: (accountId) =>
      database.read(() =>
        noticesOf.all(accountId).map(({ account_id, code, sender, target }) => ({
          accountId: account_id,
          sender,
          code,
          target: decodeTarget(target)
        }))
      ),

    noticed: ({ code }) =>
      database.write(() => {
        dropNotice.run(code)
      })
  })
})

export const layer: Layer.Layer<PairingStore, never, Database> = Layer.effect(PairingStore, make)
