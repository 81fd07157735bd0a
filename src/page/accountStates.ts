/** What an event says of an account, put into what was told of the accounts before it. Pure. */
import type { AccountReport } from "../schemas/control/Status.ts"
import type { GatewayEvent } from "../schemas/GatewayEvent.ts"

export type AccountState = Extract<GatewayEvent, { readonly _tag: "AccountState" }>

/** `accounts` with the state that the event tells, since `at` (Unix ms); all else is as it was. */
export const withState = <A extends Pick<AccountReport, "id" | "state" | "reason" | "since">>(
  accounts: ReadonlyArray<A>,
  { accountId, reason, state }: AccountState,
  at: number
): ReadonlyArray<A> =>
  accounts.map((account) => (account.id === accountId ? { ...account, state, reason, since: at } : account))
