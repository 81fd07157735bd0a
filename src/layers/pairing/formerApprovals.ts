/** Approvals that were given while an account was another Messages identity. */
import type { FormerApproval, PairingApproval } from "../../services/PairingStore.ts"

/** An account was this identity from then on, Unix ms, until the next one. */
export interface IdentityPeriod {
  readonly since: number
  readonly identity: string
}

/**
 * Those approvals that were given for another identity than the account has now, which is written in one of `spellings`.
 * Those from before the first period count as given in it: until then nothing was written down. Periods are in order.
 */
export const formerApprovals = (
  periods: ReadonlyArray<IdentityPeriod>,
  spellings: ReadonlyArray<string>,
  approvals: ReadonlyArray<PairingApproval>
): ReadonlyArray<FormerApproval> =>
  approvals.flatMap((approval) => {
    const period = periods.findLast(({ since }) => since <= approval.approvedAt) ?? periods[0]
    return period === undefined || spellings.includes(period.identity)
      ? []
      : [{ ...approval, identity: period.identity }]
  })
