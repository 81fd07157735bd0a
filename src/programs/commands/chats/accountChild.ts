/** A child of a command's own, beside those of a gateway that may be running. */
import { Effect, Layer, type Option } from "effect"
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
export const withAccountChild = <A, E, R>(
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
