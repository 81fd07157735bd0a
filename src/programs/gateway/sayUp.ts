/** What the log says of a gateway that is up. */
import { Effect, Redacted } from "effect"
import type { GatewayConfig } from "../../schemas/Config.ts"
import { databaseName } from "../../schemas/config/databaseName.ts"
import type { ClusterConfig } from "../../schemas/config/resolved.ts"
import { mayRunOn } from "../../schemas/shardGroups.ts"

/** Where the other hosts of a cluster reach this one, and what they share. */
const placeOf = ({ address: { host, port }, postgres }: ClusterConfig) => ({
  address: `${host.includes(":") ? `[${host}]` : host}:${port}`,
  database: databaseName(Redacted.value(postgres.url))
})

/** Says that it is up, and which accounts it runs: of a cluster those that may be on this host. */
export const sayUp = ({ accounts, cluster, stateDir }: GatewayConfig): Effect.Effect<void> => {
  const mayRun = accounts.filter((account) => account.enabled && mayRunOn(cluster?.name, account))
  return Effect.annotateLogs(Effect.logInfo("the gateway is up"), {
    ...{ pid: process.pid, stateDir, accounts: mayRun.map(({ id }) => id).join(", ") },
    ...(cluster === undefined ? {} : placeOf(cluster))
  })
}
