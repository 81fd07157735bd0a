/** Requests, approvals and notices of them as they are stored. */
import { Schema } from "effect"
import { Target } from "../../schemas/Target.ts"
import type { ApprovalNotice, PairingApproval, PairingRequest } from "../../services/PairingStore.ts"

const TargetJson = Schema.parseJson(Target)
export const encodeTarget = Schema.encodeSync(TargetJson)
const decodeTarget = Schema.decodeSync(TargetJson)

/** A request of an earlier version does not say where its sender wrote. */
export const toSender = (handle: string): Target => ({ _tag: "Handle", handle, service: "auto" })

export interface RequestRow {
  readonly account_id: string
  readonly sender: string
  readonly code: string
  readonly created_at: number
  readonly expires_at: number
  readonly last_seen_at: number
  readonly rejected: number
  readonly target: string | null
}

export interface ApprovalRow {
  readonly account_id: string
  readonly sender: string
  readonly approved_at: number
}

export interface NoticeRow {
  readonly account_id: string
  readonly sender: string
  readonly code: string
  readonly target: string
}

export const requestOf = (row: RequestRow): PairingRequest => ({
  accountId: row.account_id,
  sender: row.sender,
  code: row.code,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastSeenAt: row.last_seen_at
})

export const approvalOf = (row: ApprovalRow): PairingApproval => ({
  accountId: row.account_id,
  sender: row.sender,
  approvedAt: row.approved_at
})

export const noticeOf = (row: NoticeRow): ApprovalNotice => ({
  accountId: row.account_id,
  sender: row.sender,
  code: row.code,
  target: decodeTarget(row.target)
})
