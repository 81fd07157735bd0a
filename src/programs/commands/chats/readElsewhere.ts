/** Why the account of another host is not read on this one, and how that host is; loaded in a cluster only. */
import { Clock, Effect, Layer } from "effect"
import { absence } from "../../../layers/cluster/hostedAccount.ts"
import { makeReader } from "../../../layers/cluster/hostsRead.ts"
import * as DatabasePostgres from "../../../layers/postgres/DatabasePostgres.ts"
import { look } from "../../../layers/postgres/look.ts"
import type { AccountConfig } from "../../../schemas/Config.ts"
import type { ClusterConfig } from "../../../schemas/config/resolved.ts"
import { AccountReadElsewhere } from "../../../schemas/errors/control.ts"
import type { Host, HostedAccount } from "../../../services/Hosts.ts"

/** The hosts, and the accounts that they run, as the database has them. */
interface Known {
  readonly hosts: ReadonlyArray<Host>
  readonly accounts: ReadonlyMap<string, HostedAccount>
}

type Chosen = Pick<AccountConfig, "id"> & { readonly runsOn?: ReadonlyArray<string> }
type Why = Pick<AccountReadElsewhere, "how" | "detail">

/** Why none of an account's hosts has answered. `wasAsked`: a gateway here has tried. `now` is Unix ms. */
export const whyNotAsked = (
  account: Chosen,
  { accounts, hosts }: Known,
  now: number,
  wasAsked: boolean
): Why => {
  const hosted = accounts.get(account.id)
  const host = hosts.find(({ name }) => name === hosted?.host)
  if (hosted === undefined || host?.state !== "up") {
    const { lastError, reason } = absence(account, host ?? hosted?.host, hosts, now)
    return { how: lastError === undefined ? "soon" : "away", detail: reason }
  }
  const up = `its host ${host.name} is up, and`
  if (!wasAsked) return { how: "unasked", detail: `${up} only a gateway on this host could ask it` }
  const { reason, state } = hosted.status
  return state === "running"
    ? { how: "unreached", detail: `${up} is not reached from here` }
    : { how: "down", detail: `${up} its imsg does not run there: ${reason}` }
}

const read = ({ name, postgres }: ClusterConfig) =>
  Effect.gen(function* () {
    const server = { url: postgres.url, name: `${name} command` }
    const { known, schema } = yield* look(server)
    // Opening it would bring the schema up to date, which is for a gateway to do.
    if (schema.steps < known) return { hosts: [], accounts: new Map<string, HostedAccount>() }
    const reader = yield* Effect.provide(makeReader(), yield* Layer.build(DatabasePostgres.layer(server)))
    return yield* Effect.all({ hosts: reader.all, accounts: reader.accounts })
  }).pipe(Effect.scoped)

/** Says whose an account is that may not run on this host, and how that host is. */
export const refusal = (
  cluster: ClusterConfig,
  account: Chosen,
  wasAsked: boolean
): Effect.Effect<AccountReadElsewhere> =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const why = yield* read(cluster).pipe(
      Effect.map((known) => whyNotAsked(account, known, now, wasAsked)),
      Effect.catchAll(
        ({ message }): Effect.Effect<Why> =>
          Effect.succeed({ how: "unknown", detail: `how its hosts are is not known: ${message}` })
      )
    )
    const { id, runsOn = [] } = account
    return new AccountReadElsewhere({ account: id, runsOn, here: cluster.name, ...why })
  })
