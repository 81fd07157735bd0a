/**
 * The accounts of a cluster: those that run here as they are in memory, and the others as their hosts wrote them last.
 * While the database cannot be asked the others are as they were.
 */
import { Clock, Context, Effect, Layer, Option, Ref } from "effect"
import { type AccountStatus, Accounts } from "../../services/Accounts.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import type { Events } from "../../services/Events.ts"
import { type Cluster, type Host, type HostedAccount, Hosts } from "../../services/Hosts.ts"
import type { Database } from "../database/Database.ts"
import * as AccountsLive from "../events/AccountsLive.ts"
import { followHosts } from "./followHosts.ts"
import * as HostsSql from "./HostsSql.ts"
import type { FollowHost } from "./hostEvents.ts"
import { elsewhere } from "./hostedAccount.ts"
import type { Self } from "./ownRow.ts"

/** How long the database may take to say how the others are, in ms. */
const ASK_WITHIN_MS = 1000
/** Hosts write at most every second. */
const KNOWN_FOR = "250 millis"

interface Known {
  readonly hosts: ReadonlyArray<Host>
  readonly accounts: ReadonlyMap<string, HostedAccount>
}

const NOTHING: Known = { hosts: [], accounts: new Map() }

/** The accounts of all hosts over those of this one. */
const overAll = (local: Accounts["Type"], cluster: Cluster) =>
  Effect.gen(function* () {
    const config = yield* ConfigService
    const last = yield* Ref.make(NOTHING)
    const asking = Effect.all({ hosts: cluster.all, accounts: cluster.accounts }).pipe(
      // Whoever waits for a connection cannot be interrupted.
      Effect.disconnect,
      Effect.timeoutOption(ASK_WITHIN_MS),
      Effect.orElseSucceed(Option.none<Known>),
      Effect.flatMap(Option.match({ onNone: () => Ref.get(last), onSome: (now) => Ref.setAndGet(last, now) }))
    )
    // Whoever asks for each of many accounts waits once.
    const known = yield* Effect.cachedWithTTL(asking, KNOWN_FOR)
    const isElsewhere = (status: AccountStatus) =>
      Effect.map(cluster.runsHere(status.id), (runsHere) => !runsHere)
    const asHosted = (status: AccountStatus, { accounts, hosts }: Known) =>
      Effect.gen(function* () {
        const account = (yield* config.current).accounts.find(({ id }) => id === status.id)
        const now = yield* Clock.currentTimeMillis
        return account === undefined
          ? status
          : elsewhere(account, status, accounts.get(status.id), hosts, now)
      })
    const inCluster = (statuses: ReadonlyArray<AccountStatus>) =>
      Effect.gen(function* () {
        const others = new Set(yield* Effect.filter(statuses, isElsewhere))
        const found = others.size === 0 ? NOTHING : yield* known
        return yield* Effect.forEach(statuses, (status) =>
          others.has(status) ? asHosted(status, found) : Effect.succeed({ ...status, host: cluster.here })
        )
      })
    return Accounts.of({
      ...local,
      all: Effect.flatMap(local.all, inCluster),
      get: (id) =>
        Effect.map(
          Effect.flatMap(local.get(id), (status) => inCluster(Option.toArray(status))),
          ([status]) => Option.fromNullable(status)
        )
    })
  })

/** The accounts and the hosts of a cluster, of which this one is `self`. `follow` hears of what happens on another. */
export const layer = (
  self: Self,
  follow: (options: { readonly bodies: boolean }) => FollowHost
): Layer.Layer<Accounts | Hosts, never, Database | ConfigService | Events> =>
  Layer.scopedContext(
    Effect.gen(function* () {
      const local = yield* Accounts
      const hosts = yield* HostsSql.make(self, local.get)
      const cluster = { ...hosts, listen: yield* followHosts(hosts, follow) }
      return Context.make(Accounts, yield* overAll(local, cluster)).pipe(
        Context.add(Hosts, Option.some(cluster))
      )
    })
  ).pipe(Layer.provide(AccountsLive.layer))
