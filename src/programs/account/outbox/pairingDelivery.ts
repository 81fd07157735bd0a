/** What people are told about their pairing. */
import type { AccountConfig } from "../../../schemas/Config.ts"
import type { Delivery } from "../../../schemas/Delivery.ts"
import { filled } from "../../../schemas/filled.ts"
import type { Target } from "../../../schemas/Target.ts"
import type { ApprovalNotice, PairingRequest } from "../../../services/PairingStore.ts"

/** The reply that a stranger gets. A request has one, whatever is tried how often. */
export const pairingDelivery = (
  account: AccountConfig,
  { code, expiresAt, sender }: PairingRequest,
  target: Target
): Delivery => ({
  id: `pairing:${account.id}:${code}`,
  accountId: account.id,
  target,
  expiresAt,
  replies: [
    {
      text: filled(account.pairing.message, {
        code,
        sender,
        command: `imsg-gateway pairing approve imessage ${code}`
      })
    }
  ]
})

/** What somebody is told who was let in. */
export const approvalDelivery = (
  account: AccountConfig,
  { code, sender, target }: ApprovalNotice
): Delivery => ({
  id: `approved:${account.id}:${code}`,
  accountId: account.id,
  target,
  replies: [{ text: filled(account.pairing.approvedMessage, { sender }) }]
})
