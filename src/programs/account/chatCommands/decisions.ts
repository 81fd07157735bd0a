/** What a decision about a pairing request means, for whoever took it: by command or in a chat. */
import type { AccountConfig } from "../../../schemas/Config.ts"
import { inWords } from "../../../schemas/inWords.ts"
import type { PairingRequest } from "../../../services/PairingStore.ts"

type Decided = Pick<PairingRequest, "accountId" | "sender">

/** What somebody who was approved may do now, by the config as it is. */
export const approvalMeans = (
  accounts: ReadonlyArray<AccountConfig>,
  { accountId, sender }: Decided
): string => {
  const config = accounts.find(({ id }) => id === accountId)
  if (config === undefined || !config.enabled) {
    return `${sender} is approved for the account ${accountId}, which the config ${config === undefined ? "does not have" : "disables"}.`
  }
  if (config.dmPolicy !== "pairing") {
    return `${sender} is approved for the account ${accountId}, but its dmPolicy is "${config.dmPolicy}", under which approvals do not count.`
  }
  const told = config.pairing.approvedMessage.trim() === "" ? "" : ", and will be told"
  return `${sender} may now write to the account ${accountId}${told}.`
}

/** For how long a refusal holds; `now` in Unix ms. */
export const rejectionMeans = (
  { accountId, expiresAt, sender }: Pick<PairingRequest, "accountId" | "expiresAt" | "sender">,
  now: number
): string =>
  `${sender} stays out of the account ${accountId}, and gets no other code for ${inWords(expiresAt - now)}.`
