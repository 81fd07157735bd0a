/** A child of a command's own, beside those of a gateway that may be running. */
import { Effect, Layer, Option, Predicate } from "effect"
import * as ConfigFile from "../../../layers/config/ConfigFile.ts"
import * as ImsgProcessLive from "../../../layers/imsg/ImsgProcessLive.ts"
import * as LoggerLive from "../../../layers/logging/LoggerLive.ts"
import * as ProcessGroupLive from "../../../layers/process/ProcessGroupLive.ts"
import { AccountDisabled } from "../../../schemas/errors/control.ts"
import { mayRunOn } from "../../../schemas/shardGroups.ts"
import { ImsgProcess, type ImsgSession, openOptions } from "../../../services/ImsgProcess.ts"
import { chooseAccount } from "../../sending/chooseAccount.ts"
import { isWithoutChild } from "./withoutChild.ts"

/**
 * What starts children, and ends them with their scope or with this process. What is logged about them goes to
 * stderr: stdout is what the command prints.
 */
export const childrenLive = Layer.mergeAll(
  Layer.provideMerge(ImsgProcessLive.layer, ProcessGroupLive.layer),
  LoggerLive.layer(undefined)
)

interface Meant {
  readonly config: Option.Option<string>
  readonly account: Option.Option<string>
}

/**
 * An account whose Messages this host has. Another one's are not here: what a child of this host reads would pass for them.
 * `wasAsked` is whether a gateway of this host has asked the hosts of the account in vain.
 */
const readHere = (meant: Meant, wasAsked: boolean) =>
  Effect.gen(function* () {
    const config = yield* ConfigFile.load(meant.config)
    const account = yield* chooseAccount(config, meant.account)
    if (!account.enabled) return yield* new AccountDisabled({ account: account.id })
    const { cluster } = config
    if (cluster === undefined || mayRunOn(cluster.name, account)) return account
    const { refusal } = yield* Effect.promise(() => import("./readElsewhere.ts"))
    return yield* Effect.flatMap(refusal(cluster, account, wasAsked), Effect.fail)
  })

/** Uses a child of the account that is meant; it ends with the use. `timeoutMs` is what a request may take. */
const withAccountChild = <A, E, R>(
  meant: Meant,
  use: (session: ImsgSession, timeoutMs: number) => Effect.Effect<A, E, R>,
  wasAsked: boolean
) =>
  Effect.gen(function* () {
    const account = yield* readHere(meant, wasAsked)
    const imsg = yield* ImsgProcess
    const session = yield* imsg.open(openOptions(account))
    return yield* use(session, account.supervision.requestTimeoutMs)
  }).pipe(Effect.scoped, Effect.provide(childrenLive))

/** An account as the interface is asked for it. */
export const accountIn = Option.match({ onNone: () => ({}), onSome: (account: string) => ({ account }) })

const isWithoutGateway = (failure: unknown): boolean =>
  Predicate.isTagged(failure, "GatewayNotRunning") ||
  Predicate.isTagged(failure, "GatewayStarting") ||
  // Of another version, which has no answer to this.
  Predicate.isTagged(failure, "GatewayIncompatible")

/** Does by a child of the command's own what no gateway that runs can do by its one. */
export const orByOwnChild =
  <A, E, R>(meant: Meant, use: (session: ImsgSession, timeoutMs: number) => Effect.Effect<A, E, R>) =>
  <E2, R2>(byGateway: Effect.Effect<A, E2, R2>) =>
    Effect.catchIf(
      byGateway,
      (failure) => isWithoutChild(failure) || isWithoutGateway(failure),
      (failure) => withAccountChild(meant, use, isWithoutChild(failure))
    )
