/** Reads the config from its JSON5 file. */
import { FileSystem, Path } from "@effect/platform"
import type { PlatformError } from "@effect/platform/Error"
import { Effect, Equal, Layer, type Option, Struct, SubscriptionRef } from "effect"
import type { GatewayConfig } from "../../schemas/Config.ts"
import { decode } from "../../schemas/config/decode.ts"
import { STATE_VARIABLE, variable } from "../../schemas/config/home.ts"
import type { ConfigChange } from "../../schemas/control/Status.ts"
import { ConfigInvalid, ConfigNeedsRestart, ConfigProblem } from "../../schemas/errors/config.ts"
import { isNotFound, platformWords } from "../../schemas/errors/platformWords.ts"
import { shardGroupsOf } from "../../schemas/shardGroups.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import { canBeReadByOthers } from "../media/canBeReadByOthers.ts"
import { CONFIG_VARIABLE, fileNamed } from "./fileNamed.ts"

export { decode } from "../../schemas/config/decode.ts"

const unreadable = (file: string) => (error: PlatformError) =>
  new ConfigInvalid({
    file,
    problems: [
      new ConfigProblem({
        path: "",
        message: isNotFound(error)
          ? `does not exist; create it (\`{}\` is enough to start with), or name another with --config or $${CONFIG_VARIABLE}`
          : `cannot be read: ${platformWords(error)}`
      })
    ]
  })

const secretsForOthers = (file: string, keys: ReadonlyArray<string>): string =>
  `${file} holds a secret (${keys.join(", ")}), and other users of this machine can read it: \`chmod 600\` it, or write \${NAME} and set NAME in the environment`

/**
 * Reads and decodes the config file: `path`, else `$IMSG_GATEWAY_CONFIG`, else `~/.imsg-gateway/config.json5`.
 * A relative `$IMSG_GATEWAY_STATE_DIR` is taken from the working directory, as a shell would.
 */
export const load = (
  path: Option.Option<string>
): Effect.Effect<GatewayConfig, ConfigInvalid, FileSystem.FileSystem | Path.Path> =>
  Effect.gen(function* () {
    const fileSystem = yield* FileSystem.FileSystem
    const { resolve } = yield* Path.Path
    const env = yield* Effect.sync(() => process.env)
    const stateDir = variable(env, STATE_VARIABLE)
    const file = fileNamed(path, env)
    const text = yield* fileSystem.readFileString(file).pipe(Effect.mapError(unreadable(file)))
    const config = yield* decode({
      text,
      file,
      env:
        stateDir === undefined || stateDir.startsWith("~")
          ? env
          : { ...env, [STATE_VARIABLE]: resolve(stateDir) }
    })
    const { warnings, writtenSecrets } = config
    return writtenSecrets.length > 0 && (yield* canBeReadByOthers(file))
      ? { ...config, warnings: [...warnings, secretsForOthers(file, writtenSecrets)] }
      : config
  })

/** Plain data, the token aside, which `control` holds. */
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

const isSameHttp = (one: GatewayConfig["control"], other: GatewayConfig["control"]): boolean =>
  isSame({ ...one.http, token: undefined }, { ...other.http, token: undefined }) &&
  Equal.equals(one.http?.token, other.http?.token)

type NeededStart = Pick<ConfigNeedsRestart, "key" | "everyHost">
type Cluster = NonNullable<GatewayConfig["cluster"]>

/** Which of the keys that all hosts have the same is another one. */
const keyOfEveryHost = (one: Cluster, other: Cluster): string | undefined =>
  !Equal.equals(one.secret, other.secret)
    ? "cluster.secret"
    : Equal.equals(one.postgres.url, other.postgres.url)
      ? undefined
      : "cluster.postgres.url"

/** The keys that each host has for itself. */
const OWN_KEYS = { name: true, address: true, listen: true } satisfies Record<
  Exclude<keyof Cluster, "secret" | "postgres">,
  true
>

/** Which of them is another one. */
const keyOfOneHost = (one: Cluster, other: Cluster): string | undefined => {
  const key = Struct.keys(OWN_KEYS).find((key) => !isSame(one[key], other[key]))
  return key === undefined ? undefined : `cluster.${key}`
}

type Hosted = ReadonlyArray<{ readonly id: string; readonly runsOn?: ReadonlyArray<string> }>

/** Whether one that was there before is to run on other hosts. */
const isMoved = (before: Hosted, after: Hosted): boolean =>
  after.some(({ id, runsOn }) => {
    const old = before.find((one) => one.id === id)
    return old !== undefined && !isSame(old.runsOn, runsOn)
  })

const changeOf = (before: GatewayConfig, after: GatewayConfig): ConfigChange => {
  const old = new Map(before.accounts.map((account) => [account.id, account]))
  const kept = new Set(after.accounts.map(({ id }) => id))
  const rest = ({
    agents,
    defaultAccount,
    messages,
    people,
    retention,
    session,
    shutdownMs
  }: GatewayConfig) => [agents, defaultAccount, messages, people, session, retention, shutdownMs]
  return {
    added: [...kept].filter((id) => !old.has(id)),
    removed: [...old.keys()].filter((id) => !kept.has(id)),
    changed: after.accounts
      .filter((account) => old.has(account.id) && !isSame(old.get(account.id), account))
      .map(({ id }) => id),
    others: !isSame(rest(before), rest(after)) || !isSameHttp(before.control, after.control)
  }
}

/** Whether accounts or agents are to run on other hosts, or on hosts that were not chosen before. */
const isPlacedAnew = (before: GatewayConfig, after: GatewayConfig): boolean => {
  const known = shardGroupsOf(before)
  return (
    isMoved(before.accounts, after.accounts) ||
    isMoved(before.agents.list, after.agents.list) ||
    // What is new can run on hosts that were chosen before: a host takes part in what it knew at its start.
    shardGroupsOf(after).some((group) => !known.includes(group))
  )
}

/** What of the cluster only a start can change. What needs every host stopped is said before what this one alone needs. */
const startOfCluster = (before: GatewayConfig, after: GatewayConfig): NeededStart | undefined => {
  if (before.cluster === undefined || after.cluster === undefined) {
    return before.cluster === after.cluster
      ? undefined
      : { key: "cluster", everyHost: before.cluster !== undefined }
  }
  const ofAll =
    keyOfEveryHost(before.cluster, after.cluster) ?? (isPlacedAnew(before, after) ? "runsOn" : undefined)
  if (ofAll !== undefined) return { key: ofAll, everyHost: true }
  const own = keyOfOneHost(before.cluster, after.cluster)
  return own === undefined ? undefined : { key: own, everyHost: false }
}

/** Which of the keys that only a start can change is another one; nothing where all are the same. */
const startFor = (before: GatewayConfig, after: GatewayConfig): NeededStart | undefined =>
  after.stateDir === before.stateDir ? startOfCluster(before, after) : { key: "stateDir", everyHost: false }

/** What stays as it was keeps its identity, so that who works with it need not look whether it is the same. */
const merged = (before: GatewayConfig, after: GatewayConfig): GatewayConfig => ({
  ...after,
  accounts: after.accounts.map((account) => {
    const old = before.accounts.find(({ id }) => id === account.id)
    return old !== undefined && isSame(old, account) ? old : account
  }),
  control: isSameHttp(before.control, after.control) ? before.control : after.control
})

const make = (path: Option.Option<string>) =>
  Effect.gen(function* () {
    const platform = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
    const config = yield* SubscriptionRef.make(yield* load(path))
    const reload = SubscriptionRef.modifyEffect(config, (before) =>
      Effect.gen(function* () {
        const after = yield* load(path)
        const start = startFor(before, after)
        if (start !== undefined) return yield* new ConfigNeedsRestart({ file: after.file, ...start })
        return [changeOf(before, after), merged(before, after)] as const
      }).pipe(Effect.provide(platform))
    )
    return ConfigService.of({ current: SubscriptionRef.get(config), changes: config.changes, reload })
  })

/** The config of a file, found as `load` finds it. */
export const layer = (
  path: Option.Option<string>
): Layer.Layer<ConfigService, ConfigInvalid, FileSystem.FileSystem | Path.Path> =>
  Layer.effect(ConfigService, make(path))
