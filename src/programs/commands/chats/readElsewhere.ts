/** Why the account of another host is not read on this one, and how that host is; loaded in a cluster only. */
import { Clock, Effect, Layer } from "effect"
import { askHost, REFUSED } from "../../../layers/cluster/hostEvents.ts"
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

/** What was tried of a host that is up. */
interface Tried {
  /** Whether a gateway of this host has asked it, in vain. */
  readonly wasAsked: boolean
  /** What its port has against being asked who it is; undefined where it answers, or was not asked. */
  readonly reply: string | undefined
}

const hostOf = (account: Chosen, { accounts, hosts }: Known): Host | undefined =>
  hosts.find(({ name }) => name === accounts.get(account.id)?.host)

/** Why none of an account's hosts has answered. `now` is Unix ms. */
export const whyNotAsked = (account: Chosen, known: Known, now: number, { reply, wasAsked }: Tried): Why => {
  const hosted = known.accounts.get(account.id)
  const host = hostOf(account, known)
  if (hosted === undefined || host?.state !== "up") {
    const { lastError, reason } = absence(account, host ?? hosted?.host, known.hosts, now)
    return { how: lastError === undefined ? "soon" : "away", detail: reason }
  }
  const up = `its host ${host.name} is up, and`
  if (!wasAsked) return { how: "unasked", detail: `${up} only a gateway on this host could ask it` }
  const { reason, state } = hosted.status
  if (state !== "running") return { how: "down", detail: `${up} its imsg does not run there: ${reason}` }
  if (reply === undefined) return { how: "soon", detail: `${up} gave no answer` }
  return reply === REFUSED
    ? { how: "secret", detail: `${up} does not take the secret of this one` }
    : { how: "unreached", detail: `${up} is not reached from here: ${reply}` }
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

/** What a host has against being asked; nothing of one that is not up. */
const replyOf = (host: Host | undefined, { secret }: ClusterConfig): Effect.Effect<string | undefined> =>
  host?.state === "up"
    ? Effect.match(askHost(host.address, secret), {
        onFailure: ({ detail }) => detail,
        onSuccess: () => undefined
      })
    : Effect.succeed(undefined)

/** Says whose an account is that another host runs, and why that was not asked. `wasAsked`: a gateway here has tried. */
export const refusal = (
  cluster: ClusterConfig,
  account: Chosen,
  wasAsked: boolean
): Effect.Effect<AccountReadElsewhere> =>
  Effect.gen(function* () {
    const why = yield* Effect.gen(function* () {
      const known = yield* read(cluster)
      const reply = wasAsked ? yield* replyOf(hostOf(account, known), cluster) : undefined
      return whyNotAsked(account, known, yield* Clock.currentTimeMillis, { wasAsked, reply })
    }).pipe(
      Effect.catchAll(
        ({ message }): Effect.Effect<Why> =>
          Effect.succeed({ how: "unknown", detail: `how its hosts are is not known: ${message}` })
      )
    )
    const { id, runsOn = [] } = account
    return new AccountReadElsewhere({ account: id, runsOn, here: cluster.name, ...why })
  })
