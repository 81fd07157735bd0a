/** The reply that a stranger gets. */
import type { AccountConfig } from "../../schemas/Config.ts"
import type { Delivery } from "../../schemas/Delivery.ts"
import type { Target } from "../../schemas/Target.ts"
import type { PairingRequest } from "../../services/PairingStore.ts"

/** The account's template with its placeholders filled. A request has one reply, whatever is tried how often. */
export const pairingDelivery = (
  account: AccountConfig,
  request: PairingRequest,
  target: Target
): Delivery => {
  const values: Readonly<Record<string, string>> = {
    code: request.code,
    sender: request.sender,
    command: `imsg-gateway pairing approve imessage ${request.code}`
  }
  return {
    id: `pairing:${account.id}:${request.code}`,
    accountId: account.id,
    target,
    replies: [
      {
        text: account.pairing.message.replace(
          /\{(code|sender|command)\}/gu,
          (all, name: string) => values[name] ?? all
        )
      }
    ]
  }
}
