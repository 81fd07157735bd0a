/** What an account's config says of who may write, as far as that is known without the store. */
import { type AllowList, parseAllowList } from "../../schemas/AllowList.ts"
import type { AccountConfig, GatewayConfig } from "../../schemas/Config.ts"
import type { Envelope } from "../../schemas/Envelope.ts"
import type { People } from "../../schemas/People.ts"
import { admitsAny, type Guises } from "./names.ts"

/** What is read once from an account's config. */
export interface Policy {
  readonly account: AccountConfig
  readonly people: People
  readonly owners: ReadonlyArray<string>
  readonly allowFrom: AllowList
  readonly groupAllowFrom: AllowList
}

export const policyOf = (
  account: AccountConfig,
  { owners, people }: Pick<GatewayConfig, "owners" | "people">
): Policy => ({
  account,
  people,
  owners,
  allowFrom: parseAllowList(account.allowFrom, account.region),
  groupAllowFrom: parseAllowList(account.groupAllowFrom ?? account.allowFrom, account.region)
})

/** Whether a policy admits who wrote an envelope to a group. */
export const admittedToGroup = ({ account, groupAllowFrom }: Policy, guises: Guises): boolean => {
  switch (account.groupPolicy) {
    case "disabled":
      return false
    case "open":
      return true
    case "allowlist":
      return admitsAny(groupAllowFrom, guises)
  }
}

/** A code that the request for it would have outlived is of no use to anybody. */
export const isTooOldToPair = ({ pairing }: AccountConfig, { sentAt }: Envelope, now: number): boolean =>
  sentAt !== undefined && now - sentAt > pairing.ttlMs
