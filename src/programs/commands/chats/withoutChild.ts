/** What commands say where the gateway has no child of an account that it could ask. */
import { Console, Effect, Predicate } from "effect"
import type { GatewayConfig } from "../../../schemas/Config.ts"

/** The code of `AccountNotRunning`, as the gateway answers it. */
const NO_CHILD = "account_not_running"

export const isWithoutChild = (failure: unknown): boolean =>
  Predicate.isTagged(failure, "Refused") &&
  Predicate.hasProperty(failure, "code") &&
  failure.code === NO_CHILD

type Clustered = Pick<GatewayConfig, "accounts" | "cluster">

/** Says beside what is printed why an account's host told nothing of what was said. Of one host alone `status` says it. */
export const sayUntold = ({ accounts, cluster }: Clustered, accountId: string | undefined) => {
  const account = accounts.find(({ id }) => id === accountId)
  return cluster === undefined || account === undefined
    ? Effect.void
    : Effect.promise(() => import("./readElsewhere.ts")).pipe(
        Effect.flatMap(({ refusal }) => refusal(cluster, account, true)),
        Effect.flatMap(({ detail, hint }) => Console.error(`What was said is not shown: ${detail}.\n${hint}`))
      )
}
