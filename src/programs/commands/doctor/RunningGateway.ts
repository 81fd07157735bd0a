/** What a gateway that runs says of its accounts: the truth about the context in which it was started. */
import { Context, type Effect, type Option } from "effect"
import type { AccountState, AccountStatus } from "../../../services/Accounts.ts"

/** An account as the running gateway has it. */
export interface RunningAccount {
  readonly id: string
  readonly state: AccountState
  readonly reason: string
  readonly lastError?: AccountStatus["lastError"]
  /** By how much the clock that dates its messages is behind the gateway's, in ms. */
  readonly clockBehindMs?: number
}

export class RunningGateway extends Context.Tag("imsg-gateway/doctor/RunningGateway")<
  RunningGateway,
  {
    /** The accounts; none where no gateway runs, or where it cannot be asked. */
    readonly accounts: Effect.Effect<Option.Option<ReadonlyArray<RunningAccount>>>
  }
>() {}
