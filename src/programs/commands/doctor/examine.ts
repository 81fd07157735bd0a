/** Every check, in the order in which a person would look. */
import { FileSystem, Path } from "@effect/platform"
import { Clock, Effect, Either, Fiber, type Layer, Option, Stream } from "effect"
import { lockHolder } from "../../../layers/process/lockHolder.ts"
import * as Sqlite from "../../../layers/sqlite/Sqlite.ts"
import type { AccountConfig, GatewayConfig } from "../../../schemas/Config.ts"
import { homeExpander } from "../../../schemas/config/home.ts"
import type { AccountNotFound } from "../../../schemas/errors/config.ts"
import type { TargetInvalid } from "../../../schemas/errors/delivery.ts"
import type { AccountNotChosen } from "../../../schemas/errors/doctor.ts"
import { mayRunOn } from "../../../schemas/shardGroups.ts"
import { parse, type Target } from "../../../schemas/Target.ts"
import { chooseAccount } from "../../sending/chooseAccount.ts"
import { type AccountLook, type Environment, examineAccount } from "./account.ts"
import { acpChecks } from "./acpAgents.ts"
import { approvalChecks, approvalsIn } from "./approvals.ts"
import { type Check, type Place, warning } from "./Check.ts"
import { cliChecks } from "./cliAgents.ts"
import { clockCheck } from "./clock.ts"
import { commandChecks } from "./commandAgents.ts"
import { examineConfig } from "./config.ts"
import { diskCheck } from "./disk.ts"
import { gatewayCheck } from "./gateway.ts"
import type { Surroundings } from "./grants.ts"
import { modelChecks } from "./modelAgents.ts"
import { nodeCheck } from "./node.ts"
import { permissionChecks } from "./permissions.ts"
import { RunningGateway } from "./RunningGateway.ts"
import { serviceCheck } from "./service.ts"
import { memoryCheck, sessionsCheck } from "./sharedSessions.ts"
import { stateFolderCheck } from "./stateFolder.ts"
import { webhookChecks } from "./webhookAgents.ts"
import { webPageCheck } from "./webPage.ts"

export interface DoctorOptions {
  readonly config: Option.Option<string>
  /** Looks at this account only, enabled or not. */
  readonly account: Option.Option<string>
  /** A target to which the account really sends a message. */
  readonly sendTo: Option.Option<string>
  /** Asks the gateway that runs on a state folder. */
  readonly askGateway: (stateDir: string) => Layer.Layer<RunningGateway>
}

/** How long one look that starts no process may take, in ms: a disk that is not there any more answers never. */
const LOOK_WITHIN_MS = 10_000

const late = (place: Place): Check =>
  warning(
    place,
    `no answer within ${LOOK_WITHIN_MS} ms`,
    "Check that the disk is there: one of the network may be away."
  )

const orElse = <A, E, R>(look: Effect.Effect<A, E, R>, instead: () => A): Effect.Effect<A, E, R> =>
  Effect.map(Effect.timeoutOption(look, LOOK_WITHIN_MS), Option.getOrElse(instead))

const inTime = <R>(place: Place, check: Effect.Effect<Check, never, R>) => orElse(check, () => late(place))

/** Whom to look at, and where one of them is to send to. */
const chosen = (
  config: Pick<GatewayConfig, "accounts" | "defaultAccount">,
  { account, sendTo }: DoctorOptions
): Effect.Effect<
  { readonly accounts: ReadonlyArray<AccountConfig>; readonly target: Target | undefined },
  AccountNotFound | AccountNotChosen | TargetInvalid
> =>
  Effect.gen(function* () {
    // A chat_id means another chat in each account, so that one of them has to be meant.
    if (Option.isSome(sendTo) || Option.isSome(account)) {
      const one = yield* chooseAccount(config, account)
      const target = Option.isNone(sendTo) ? undefined : yield* parse(sendTo.value, one)
      return { accounts: [one], target }
    }
    return { accounts: config.accounts.filter(({ enabled }) => enabled), target: undefined }
  })

const surroundingsHere: Effect.Effect<Surroundings, never, FileSystem.FileSystem> = Effect.flatMap(
  FileSystem.FileSystem,
  (fs) =>
    Effect.map(
      Effect.orElseSucceed(fs.realPath(process.execPath), () => process.execPath),
      (nodePath) => ({ env: process.env, nodePath })
    )
)

const serviceChecks = (configFile: string | undefined, surroundings: Surroundings) =>
  serviceCheck({
    platform: process.platform,
    home: homeExpander(process.env)("~"),
    configFile,
    surroundings
  }).pipe(
    (check) => inTime({ id: "service", title: "Service" }, check),
    Effect.map((found) => [found])
  )

/** Loaded for hosts of a cluster only. */
const clusterPart = Effect.promise(() => import("./cluster.ts"))

const inCluster = (whole: GatewayConfig, cluster: NonNullable<GatewayConfig["cluster"]>) =>
  orElse(
    Effect.flatMap(clusterPart, ({ clusterChecks }) => clusterChecks({ ...whole, cluster })),
    () => [
      warning(
        { id: "cluster-database", title: "Cluster database" },
        `no answer within ${LOOK_WITHIN_MS} ms`,
        "Check that PostgreSQL is reached from this host, and the other hosts too."
      )
    ]
  )

/** Looks at an account where it may run; elsewhere its Mac, its files and its grants are not those of this host. */
const examineHere = (here: string | undefined, look: AccountLook) => {
  const { id, runsOn = [] } = look.account
  return here === undefined || mayRunOn(here, look.account)
    ? examineAccount(look)
    : Effect.map(clusterPart, ({ elsewhereCheck }) => ({
        checks: [elsewhereCheck(id, runsOn, here)],
        newest: undefined
      }))
}

/** Checks for which the whole config must be known: who shares a session or a memory, and whether its agents are there. */
const configChecks = (
  whole: GatewayConfig,
  { env }: Surroundings
): ReadonlyArray<Effect.Effect<ReadonlyArray<Check>, never, Environment>> => [
  Effect.map(orElse(approvalsIn(whole), Option.none), (approvals) => [
    sessionsCheck(whole, approvals),
    ...memoryCheck(whole, approvals)
  ]),
  orElse(webPageCheck(whole), () => []),
  ...(whole.cluster === undefined ? [] : [inCluster(whole, whole.cluster)]),
  modelChecks(whole.agents.list),
  cliChecks(whole.agents.list, env),
  acpChecks(whole.agents.list, env),
  commandChecks(whole.agents.list, env),
  webhookChecks(whole.agents.list),
  Effect.succeed(permissionChecks(whole))
]

/** Everything at once, shown in order and as soon as it is known. What cannot be asked for is refused before. */
export const examine = (
  options: DoctorOptions
): Stream.Stream<Check, AccountNotFound | AccountNotChosen | TargetInvalid, Environment> =>
  Effect.gen(function* () {
    const { resolve } = yield* Path.Path
    const surroundings = yield* surroundingsHere
    const withoutSqlite = Either.getLeft(yield* Effect.either(Sqlite.available))
    const [config, known] = yield* orElse(
      examineConfig(options.config),
      () => [late({ id: "config", title: "Config" }), { file: undefined }] as const
    )
    const { accounts, target } =
      known.accounts === undefined
        ? { accounts: [], target: undefined }
        : yield* chosen({ ...known, accounts: known.accounts }, options)

    const { stateDir, whole } = known
    const looks = yield* Effect.forEach(accounts, (account) =>
      Effect.forkScoped(examineHere(whole?.cluster?.name, { account, surroundings, sendTo: target }))
    )
    const pid = stateDir === undefined ? Option.none() : yield* orElse(lockHolder(stateDir), Option.none)

    /** Checks for which the state folder must be known. */
    const onStateDir = <R>(check: (stateDir: string) => Effect.Effect<Check, never, R>, place: Place) =>
      stateDir === undefined
        ? []
        : [Effect.map(inTime(place, check(stateDir)), (found): ReadonlyArray<Check> => [found])]

    const groups: ReadonlyArray<Effect.Effect<ReadonlyArray<Check>, never, Environment>> = [
      Effect.succeed([
        nodeCheck({ version: process.version, path: surroundings.nodePath, withoutSqlite }),
        config
      ]),
      ...onStateDir((folder) => stateFolderCheck(folder, pid), { id: "state", title: "State folder" }),
      ...(stateDir === undefined ? [] : [orElse(approvalChecks(whole ?? { stateDir }, accounts), () => [])]),
      ...looks.map((look) => Effect.map(Fiber.join(look), ({ checks }) => checks)),
      ...onStateDir(
        (folder) =>
          Effect.flatMap(RunningGateway, ({ accounts }) => accounts).pipe(
            Effect.provide(options.askGateway(folder)),
            Effect.map((running) => gatewayCheck(pid, running))
          ),
        { id: "gateway", title: "Running gateway" }
      ),
      ...(whole === undefined ? [] : configChecks(whole, surroundings)),
      serviceChecks(known.file === undefined ? undefined : resolve(known.file), surroundings),
      ...onStateDir(diskCheck, { id: "disk", title: "Disk space" }),
      Effect.gen(function* () {
        const found = yield* Effect.forEach(looks, Fiber.join)
        const newest = found.flatMap(({ newest }) => (newest === undefined ? [] : [newest]))
        return [clockCheck(yield* Clock.currentTimeMillis, newest)]
      })
    ]
    return Stream.fromIterable(groups).pipe(
      Stream.mapEffect((group) => group, { concurrency: "unbounded" }),
      Stream.flattenIterables
    )
  }).pipe(Stream.unwrapScoped)
