/** What people are told about their pairing. */
import type { AccountConfig } from "../../schemas/Config.ts"
import type { Delivery } from "../../schemas/Delivery.ts"
import type { Target } from "../../schemas/Target.ts"
import type { ApprovalNotice, PairingRequest } from "../../services/PairingStore.ts"

/** Fills the placeholders of a template; what is none stays as it is. */
const filled = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(/\{(\w+)\}/gu, (all, name: string) => values[name] ?? all)

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
