/** A child of a command's own, beside those of a gateway that may be running. */
import { Effect, Layer, Option, Predicate } from "effect"
import * as ConfigFile from "../../../layers/config/ConfigFile.ts"
import * as ImsgProcessLive from "../../../layers/imsg/ImsgProcessLive.ts"
import * as LoggerLive from "../../../layers/logging/LoggerLive.ts"
import * as ProcessGroupLive from "../../../layers/process/ProcessGroupLive.ts"
import { ImsgProcess, type ImsgSession, openOptions } from "../../../services/ImsgProcess.ts"
import { chooseAccount } from "../../sending/chooseAccount.ts"

/**
 * What starts children, and ends them with their scope or with this process. What is logged about them goes to
 * stderr: stdout is what the command prints.
 */
export const childrenLive = Layer.mergeAll(
  Layer.provideMerge(ImsgProcessLive.layer, ProcessGroupLive.layer),
  LoggerLive.layer(undefined)
)

/** Uses a child of the account that is meant; it ends with the use. `timeoutMs` is what a request may take. */
const withAccountChild = <A, E, R>(
  options: { readonly config: Option.Option<string>; readonly account: Option.Option<string> },
  use: (session: ImsgSession, timeoutMs: number) => Effect.Effect<A, E, R>
) =>
  Effect.gen(function* () {
    const config = yield* ConfigFile.load(options.config)
    const account = yield* chooseAccount(config, options.account)
    const imsg = yield* ImsgProcess
    const session = yield* imsg.open(openOptions(account))
    return yield* use(session, account.supervision.requestTimeoutMs)
  }).pipe(Effect.scoped, Effect.provide(childrenLive))

/** An account as the interface is asked for it. */
export const accountIn = Option.match({ onNone: () => ({}), onSome: (account: string) => ({ account }) })

const isWithoutChild = (failure: unknown): boolean =>
  Predicate.isTagged(failure, "GatewayNotRunning") ||
  Predicate.isTagged(failure, "GatewayStarting") ||
  // Of another version, which has no answer to this.
  Predicate.isTagged(failure, "GatewayIncompatible") ||
  (Predicate.isTagged(failure, "Refused") &&
    Predicate.hasProperty(failure, "code") &&
    failure.code === NO_CHILD)

/** The code of `AccountNotRunning`, as the gateway answers it. */
const NO_CHILD = "account_not_running"

/** Does by a child of the command's own what no gateway that runs can do by its one. */
export const orByOwnChild =
  <A, E, R>(...own: Parameters<typeof withAccountChild<A, E, R>>) =>
  <E2, R2>(byGateway: Effect.Effect<A, E2, R2>) =>
    Effect.catchIf(byGateway, isWithoutChild, () => withAccountChild(...own))
