/** Pairing in the gateway's store, so that an approval made by another process counts at once. */
import { Clock, Effect, Layer, Option } from "effect"
import { PairingNotFound } from "../../schemas/errors/pairing.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import { OnBehalfOf } from "../../services/Audit.ts"
import { type PairingOutcome, type PairingRequest, PairingStore } from "../../services/PairingStore.ts"
import { makeTrail } from "../audit/auditTrail.ts"
import { makeCode, readCode } from "../codes/makeCode.ts"
import { makeForget } from "../conversations/forget.ts"
import { Database } from "../database/Database.ts"
import * as Step from "../database/Step.ts"
import { formerApprovals, type IdentityPeriod } from "./formerApprovals.ts"
import {
  type ApprovalRow,
  approvalOf,
  encodeTarget,
  type NoticeRow,
  noticeOf,
  type RequestRow,
  requestOf,
  toSender
} from "./rows.ts"

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
    `INSERT INTO account_identities (account_id, since, identity) VALUES (?, ?, ?)
    ON CONFLICT (account_id, since) DO UPDATE SET identity = excluded.identity`
  )
  const admit = database.prepare(
    `INSERT INTO pairing_approvals (account_id, sender, approved_at) VALUES (?, ?, ?)
    ON CONFLICT (account_id, sender) DO UPDATE SET approved_at = excluded.approved_at`
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
    "SELECT * FROM pairing_requests WHERE expires_at > ? AND rejected = 0 ORDER BY created_at, account_id, sender"
  )
  const addNotice = database.prepare(
    `INSERT INTO approval_notices (code, account_id, sender, target) VALUES (?, ?, ?, ?)
    ON CONFLICT (code) DO UPDATE SET
      account_id = excluded.account_id, sender = excluded.sender, target = excluded.target`
  )
  const noticesOf = database.prepare<NoticeRow>(`
    SELECT notices.account_id, notices.sender, notices.code, notices.target FROM approval_notices AS notices
    LEFT JOIN pairing_approvals AS approvals
      ON approvals.account_id = notices.account_id AND approvals.sender = notices.sender
    WHERE notices.account_id = ? ORDER BY approvals.approved_at, notices.code`)
  const noticed = database.prepare<Pick<NoticeRow, "account_id">>(
    "SELECT DISTINCT account_id FROM approval_notices"
  )
  const dropNotice = database.prepare("DELETE FROM approval_notices WHERE code = ?")
  const dropNoticesTo = database.prepare("DELETE FROM approval_notices WHERE account_id = ? AND sender = ?")

  /** A code that no other request of any account has. */
  const freshCode = function* () {
    let code = makeCode()
    while ((yield* isTaken.get(code)) !== undefined) code = makeCode()
    return code
  }

  /** Looks a code up among the requests that are still valid, and does something with what it finds. */
  const byCode = (
    input: string,
    decision: "PairingApproved" | "PairingRejected",
    act: (code: string, now: number) => Step.Step<RequestRow | undefined>
  ): Effect.Effect<PairingRequest, PairingNotFound | StoreUnavailable> => {
    const code = readCode(input)
    return Effect.flatMap(Effect.all([Clock.currentTimeMillis, OnBehalfOf]), ([now, by]) =>
      database.write(function* () {
        yield* dropExpired.run(now)
        const row = yield* act(code, now)
        if (row !== undefined) {
          const event = { _tag: decision, accountId: row.account_id, sender: row.sender }
          yield* trail({ at: now, by, event })
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

  const former = function* (accountId: string, identity: string, spellings: ReadonlyArray<string> = []) {
    const periods = yield* periodsOf.all(accountId)
    const approvals = yield* approvalsOf.all(accountId)
    return formerApprovals(periods, [identity, ...spellings], approvals.map(approvalOf))
  }

  return PairingStore.of({
    approvedAt: (accountId, sender) =>
      database.read(() =>
        Step.map(approval.get(accountId, sender), (row) => Option.fromNullable(row?.approved_at))
      ),

    request: ({ accountId, maxPending, others = [], sender, target, ttlMs }) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        database.write(function* (): Step.Step<PairingOutcome> {
          yield* dropExpired.run(now)
          // Another process may have let them in since they were judged.
          const handles = [sender, ...others]
          for (const handle of handles) {
            if ((yield* approval.get(accountId, handle)) !== undefined) return { _tag: "Approved" }
          }
          const rows = yield* Step.forEach(handles, (handle) => seen.get(now, accountId, handle))
          const known = rows.flatMap((row) => row ?? [])
          if (known.some(({ rejected }) => rejected === 1)) return { _tag: "Rejected" }
          const [before] = known
          if (before !== undefined) return { _tag: "Pending", request: requestOf(before) }
          if (((yield* countPending.get(accountId))?.count ?? 0) >= maxPending) return { _tag: "Full" }
          const code = yield* freshCode()
          const expiresAt = now + ttlMs
          yield* add.run(accountId, sender, code, now, expiresAt, now, encodeTarget(target))
          return {
            _tag: "Created",
            request: { accountId, sender, code, createdAt: now, expiresAt, lastSeenAt: now }
          }
        })
      ),

    approve: (input) =>
      byCode(input, "PairingApproved", function* (code, now) {
        const row = yield* take.get(code)
        if (row === undefined) return undefined
        yield* admit.run(row.account_id, row.sender, now)
        yield* addNotice.run(
          code,
          row.account_id,
          row.sender,
          row.target ?? encodeTarget(toSender(row.sender))
        )
        return row
      }),

    reject: (input) =>
      byCode(input, "PairingRejected", function* (code) {
        const row = yield* refuse.get(code)
        // From when they were let in by another policy.
        if (row !== undefined) yield* forget([row.sender])
        return row
      }),

    revoke: (approvals) =>
      Effect.flatMap(Effect.all([Clock.currentTimeMillis, OnBehalfOf]), ([now, by]) =>
        database.write(function* () {
          let isOneDismissed = false
          for (const { accountId, sender } of approvals) {
            yield* dropNoticesTo.run(accountId, sender)
            if ((yield* dismiss.run(accountId, sender)).changes === 0) continue
            isOneDismissed = true
            yield* trail({ at: now, by, event: { _tag: "PairingRevoked", accountId, sender } })
          }
          if (isOneDismissed) yield* forget(approvals.map(({ sender }) => sender))
        })
      ),

    pending: Effect.flatMap(Clock.currentTimeMillis, (now) =>
      database.read(() => Step.map(pending.all(now), (rows) => rows.map(requestOf)))
    ),

    approvals: database.read(() => Step.map(allApprovals.all(), (rows) => rows.map(approvalOf))),

    identify: (accountId, identity, spellings = []) =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        database.write(function* () {
          const last = (yield* periodsOf.all(accountId)).at(-1)?.identity
          if (last === undefined || ![identity, ...spellings].includes(last)) {
            yield* addPeriod.run(accountId, now, identity)
          }
          return yield* former(accountId, identity, spellings)
        })
      ),

    former: (accountId, identity, spellings) => database.read(() => former(accountId, identity, spellings)),

    notices: (accountId) =>
      database.read(() => Step.map(noticesOf.all(accountId), (rows) => rows.map(noticeOf))),

    noticedAccounts: Effect.map(
      database.read(() => noticed.all()),
      (rows) => new Set(rows.map(({ account_id }) => account_id))
    ),

    noticed: ({ code }) => Effect.asVoid(database.write(() => dropNotice.run(code)))
  })
})

export const layer: Layer.Layer<PairingStore, never, Database> = Layer.effect(PairingStore, make)
