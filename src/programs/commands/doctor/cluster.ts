/** What a host of a cluster needs of the others: the database that they share, the hosts themselves, and who runs what. */
import { Clock, Effect, Either, Layer, type Redacted } from "effect"
import { askHost } from "../../../layers/cluster/hostEvents.ts"
import { absence } from "../../../layers/cluster/hostedAccount.ts"
import { makeReader } from "../../../layers/cluster/hostsRead.ts"
import { differences } from "../../../layers/cluster/samePlaces.ts"
import * as DatabasePostgres from "../../../layers/postgres/DatabasePostgres.ts"
import { look, OLDEST_SERVER, type ServerLook } from "../../../layers/postgres/look.ts"
import type { GatewayConfig } from "../../../schemas/Config.ts"
import { ownerHint } from "../../../schemas/errors/ownerHint.ts"
import { apart } from "../../../schemas/inWords.ts"
import type { Host, HostedAccount } from "../../../services/Hosts.ts"
import { VERSION } from "../../../version.ts"
import { type Check, failed, ok, type Place, warning } from "./Check.ts"

type ClusterConfig = NonNullable<GatewayConfig["cluster"]>
type Clustered = Pick<GatewayConfig, "accounts" | "agents"> & { readonly cluster: ClusterConfig }

const DATABASE: Place = { id: "cluster-database", title: "Cluster database" }
const CLOCK: Place = { id: "cluster-clock", title: "Cluster clock" }
const NAMES: Place = { id: "cluster-hosts", title: "Cluster hosts" }
const placeOf = (host: string): Place => ({ id: `host-${host}`, title: `Host ${host}` })

/** How far clocks may be apart, in ms. */
const CLOCK_TOLERANCE_MS = 2000
/** An answer that takes longer, in ms, makes every message slow: each is written several times. */
const SLOW_MS = 50
const SET_CLOCKS = "Let both machines set their time by the network (NTP)."

const UPGRADE = "Upgrade this host's program: hosts may be one version apart, and no more."

const databaseCheck = ({
  file,
  known,
  major,
  mayCreate,
  role,
  schema,
  tookMs,
  version
}: ServerLook): Check => {
  const about = `${file}, PostgreSQL ${version}`
  const { oldestProgram, steps } = schema
  if (major < OLDEST_SERVER) {
    const tooOld = `${about}, which is too old: ${OLDEST_SERVER} or later is needed`
    return failed(DATABASE, tooOld, "Upgrade the server.")
  }
  if (oldestProgram > known) {
    return failed(DATABASE, `${about}: its schema (${steps}) asks for a newer program`, UPGRADE)
  }
  if (steps > known) {
    const newer = `${about}: its schema (${steps}) is newer than this program's (${known})`
    return warning(DATABASE, newer, UPGRADE)
  }
  // A gateway makes what is missing when it starts.
  if (steps < known && !mayCreate) {
    return failed(DATABASE, `${about}: the role ${role} may not make tables in it`, ownerHint(file, role))
  }
  if (tookMs > SLOW_MS) {
    const slow = `${about}, which takes ${tookMs} ms to answer`
    return warning(DATABASE, slow, "Put it nearer to the hosts: every message waits for it several times.")
  }
  const worked = steps === 0 ? "and no gateway has worked on it yet" : `schema ${steps} of ${known}`
  return ok(DATABASE, `${about}, answers in ${tookMs} ms, ${worked}`)
}

export const databaseChecks = (server: ServerLook): ReadonlyArray<Check> => [
  databaseCheck(server),
  Math.abs(server.clockBehindMs) > CLOCK_TOLERANCE_MS
    ? warning(CLOCK, `this host's clock is ${apart(server.clockBehindMs)} the database's`, SET_CLOCKS)
    : ok(CLOCK, "this host's and the database's agree")
]

const numbersOf = (version: string): readonly [major: number, minor: number] => {
  const [major = 0, minor = 0] = version.split(".").map(Number)
  return [major, minor]
}

/** Whether hosts of these versions may work side by side: they are one apart at most. */
export const mayWorkTogether = (one: string, other: string): boolean => {
  const [[major, minor], [otherMajor, otherMinor]] = [numbersOf(one), numbersOf(other)]
  return major === otherMajor && Math.abs(minor - otherMinor) <= 1
}

/** What another host answered: who it is, its version, and by how much the clock here is behind its, in ms. */
export interface Answer {
  readonly name: string
  readonly version: string
  readonly behindMs: number
}

/** A host that answered, or did not. */
export const hostCheck = (
  { address, name, state }: Pick<Host, "address" | "name" | "state">,
  answer: Either.Either<Answer, string>
): Check => {
  const place = placeOf(name)
  if (Either.isLeft(answer)) {
    const detail = `${address} is not reached: ${answer.left}`
    return state === "silent" || state === "stopped"
      ? warning(
          place,
          `it is ${state}, and ${detail}`,
          `Start the gateway on ${name}, or leave it out of runsOn.`
        )
      : failed(
          place,
          `it is up, but ${detail}`,
          `Check cluster.address of ${name}, the network and the firewall between the hosts, and that cluster.secret is the same on both.`
        )
  }
  const { behindMs, name: answered, version } = answer.right
  if (answered !== name) {
    return failed(
      place,
      `${address} is the host ${answered}`,
      `Give each host an address of its own: cluster.address of ${name} leads to another one.`
    )
  }
  if (!mayWorkTogether(version, VERSION)) {
    return warning(
      place,
      `it has version ${version}, and this host ${VERSION}`,
      "Upgrade the older one: hosts may be one version apart, and no more."
    )
  }
  return Math.abs(behindMs) > CLOCK_TOLERANCE_MS
    ? warning(place, `this host's clock is ${apart(behindMs)} its`, SET_CLOCKS)
    : ok(place, `${address}, version ${version}`)
}

/** Names in `runsOn` of hosts that nobody has seen. */
export const namesCheck = (
  { accounts, agents, cluster }: Clustered,
  hosts: ReadonlyArray<Pick<Host, "name">>
): Check => {
  const known = new Set([cluster.name, ...hosts.map(({ name }) => name)])
  const unknown = [
    ...accounts
      .filter(({ enabled }) => enabled)
      .map(({ id, runsOn = [] }) => ({ of: `account ${id}`, runsOn })),
    ...agents.list.map(({ id, runsOn = [] }) => ({ of: `agent ${id}`, runsOn }))
  ].flatMap(({ of, runsOn }) => runsOn.filter((name) => !known.has(name)).map((name) => `${name} (${of})`))
  return unknown.length === 0
    ? ok(NAMES, [...known].sort().join(", "))
    : warning(
        NAMES,
        `runsOn names hosts that have never joined: ${unknown.join(", ")}`,
        "Start the gateway there, or mend the name: it is cluster.name of that host."
      )
}

/** Accounts that no host runs. */
export const accountChecks = (
  { accounts }: Clustered,
  hosts: ReadonlyArray<Host>,
  hosted: ReadonlyMap<string, HostedAccount>,
  now: number
): ReadonlyArray<Check> =>
  accounts
    .filter(({ enabled }) => enabled)
    .flatMap((account) => {
      const of = hosted.get(account.id)
      const host = hosts.find(({ name }) => name === of?.host)
      if (host?.state === "up") return []
      const { lastError, reason } = absence(
        account,
        of === undefined ? undefined : (host ?? of.host),
        hosts,
        now
      )
      const place = { id: "runs", title: "Runs on", account: account.id }
      return [
        warning(place, `no host runs it: ${reason}`, lastError?.hint ?? "Wait for it, or start a gateway.")
      ]
    })

const askAbout = (host: Host, secret: Redacted.Redacted<string>) =>
  askHost(host.address, secret).pipe(
    Effect.flatMap(({ reply, tookMs }) =>
      Effect.map(Clock.currentTimeMillis, (now) => ({
        name: reply.name,
        version: reply.version,
        behindMs: Math.round(reply.now + tookMs / 2 - now)
      }))
    ),
    Effect.mapError(({ detail }) => detail),
    Effect.either,
    Effect.map((answer) => hostCheck(host, answer))
  )

/** What the hosts wrote into a database whose schema is this program's. */
const hostChecks = (config: Clustered) =>
  Effect.gen(function* () {
    const { cluster } = config
    const store = DatabasePostgres.layer({ url: cluster.postgres.url, name: `${cluster.name} doctor` })
    const opened = yield* Layer.build(store)
    const reader = yield* Effect.provide(makeReader(), opened)
    const placed = yield* Effect.provide(differences(cluster.name, config), opened)
    const hosts = yield* reader.all
    const now = yield* Clock.currentTimeMillis
    const others = hosts.filter(({ name }) => name !== cluster.name)
    const asked = yield* Effect.forEach(others, (host) => askAbout(host, cluster.secret), {
      concurrency: "unbounded"
    })
    return [
      namesCheck(config, hosts),
      ...placed.map(({ hint, message }) => failed(NAMES, message, hint)),
      ...asked,
      ...accountChecks(config, hosts, yield* reader.accounts, now)
    ]
  })

/** All of it, as far as the database says it. */
export const clusterChecks = (config: Clustered): Effect.Effect<ReadonlyArray<Check>> =>
  Effect.gen(function* () {
    const { name, postgres } = config.cluster
    const server = yield* look({ url: postgres.url, name: `${name} doctor` })
    const checks = databaseChecks(server)
    // Opening it would bring the schema up to date, which is for a gateway to do.
    if (server.schema.steps < server.known || checks.some(({ status }) => status === "failed")) return checks
    return [...checks, ...(yield* hostChecks(config))]
  }).pipe(
    Effect.scoped,
    Effect.catchAll(({ hint, message }) => Effect.succeed([failed(DATABASE, message, hint)]))
  )

/** An account that is not to run on this host is looked at where it is. */
export const elsewhereCheck = (account: string, runsOn: ReadonlyArray<string>, here: string): Check =>
  ok(
    { id: "imsg", title: "imsg", account },
    `it runs on ${runsOn.join(", then ")} and not on this host (${here}): \`imsg-gateway doctor\` looks at it there`
  )
