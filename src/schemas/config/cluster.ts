/** The section `cluster`: the hosts that carry one gateway together, and how a list of them is written (`runsOn`). */
import { Schema } from "effect"
import { POSTGRES_URL, wrongWithUrl } from "./postgresUrl.ts"
import type { ClusterConfig, HostAddress } from "./resolved.ts"
import { ExpectedId, required, SecretId, UnquotedId, WrongId } from "./values.ts"

/** The longest name of a host: the names of several are one word in the store. */
const LONGEST_NAME = 40

/** The name of a host, one word in the names of what it runs. */
const HostName = Schema.String.pipe(
  Schema.filter((name) => new RegExp(`^[A-Za-z0-9][A-Za-z0-9_-]{0,${LONGEST_NAME - 1}}$`).test(name), {
    [ExpectedId]: `the name of a host: a letter or digit, then up to ${LONGEST_NAME - 1} letters, digits, "-" or "_"`,
    jsonSchema: { type: "string", pattern: `^[A-Za-z0-9][A-Za-z0-9_-]{0,${LONGEST_NAME - 1}}$` }
  })
)

/** Names of hosts in order of preference. */
export const RunsOn = Schema.NonEmptyArray(HostName).pipe(
  Schema.filter((names) => new Set(names).size === names.length, {
    [ExpectedId]: "a list of names of hosts, each of them once",
    jsonSchema: { uniqueItems: true }
  })
)
export type RunsOn = typeof RunsOn.Type

const HIGHEST_PORT = 65_535
const HOST_AND_PORT = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/@[\]]+)):(\d{1,5})$/u

/** The host and the port of an address; nothing where it is none. An IPv6 address stands in brackets, and loses them. */
const hostAndPort = (text: string): HostAddress | undefined => {
  const [, inBrackets, plain, port = "0"] = HOST_AND_PORT.exec(text) ?? []
  const host = inBrackets ?? plain
  return host === undefined || Number(port) < 1 || Number(port) > HIGHEST_PORT
    ? undefined
    : { host, port: Number(port) }
}

const ADDRESS = "an address with a port, such as studio.local:7300 or [fd00::1]:7300"

/** All addresses of a machine at once, at which it can listen and nobody reaches it. */
const EVERY_ADDRESS = /^(?:0+(?:\.0+){0,3}|[0:]+|[0:]*:(?:ffff:)?0\.0\.0\.0)$/iu

/** Where a host listens. */
const HostAndPort = Schema.String.pipe(
  Schema.filter((text) => hostAndPort(text) !== undefined, {
    [ExpectedId]: ADDRESS,
    [UnquotedId]: true,
    jsonSchema: { type: "string", pattern: HOST_AND_PORT.source }
  })
)

/** Where others reach a host. */
const ReachedAt = Schema.String.pipe(
  Schema.filter((text) => !EVERY_ADDRESS.test(hostAndPort(text)?.host ?? "0"), {
    [ExpectedId]: `${ADDRESS}, at which the other hosts reach this one; 0.0.0.0 and [::] are for \`listen\``,
    [UnquotedId]: true,
    jsonSchema: { type: "string", pattern: HOST_AND_PORT.source }
  })
)

/** Whether a host of this name or address is whoever asks. */
export const isOnlyItself = (host: string): boolean =>
  /^(?:localhost\.?|127\.\d+\.\d+\.\d+|(?:::ffff:)127\.\d+\.\d+\.\d+|[0:]*:0*1)$/iu.test(host)

const PostgresUrl = Schema.Redacted(
  Schema.String.pipe(
    Schema.filter((text) => wrongWithUrl(text) === undefined, {
      jsonSchema: { type: "string", pattern: "^postgres(?:ql)?://\\S+$" }
    })
  )
).annotations({
  [ExpectedId]: POSTGRES_URL,
  [WrongId]: wrongWithUrl,
  [SecretId]: true
})

const SECRET_LENGTH = 32
const SECRET_VARIETY = 8

/** All that keeps others out of the runners' port. */
const ClusterSecret = Schema.Redacted(
  Schema.String.pipe(
    Schema.filter((text) => text.trim().length >= SECRET_LENGTH && new Set(text).size >= SECRET_VARIETY, {
      jsonSchema: { type: "string", minLength: SECRET_LENGTH }
    })
  )
).annotations({
  [ExpectedId]: `a secret of at least ${SECRET_LENGTH} characters, ${SECRET_VARIETY} of them different, the same on every host: \`openssl rand -hex 32\` makes one`,
  [SecretId]: true
})

/** The section `cluster`. */
export const ClusterSection = Schema.Struct({
  postgres: required(
    Schema.Struct({
      url: required(
        PostgresUrl,
        "The database that the hosts share, as `postgres://user:password@host:5432/database`. Better taken from the environment than written in the file."
      )
    }).annotations({ identifier: "Postgres", [UnquotedId]: true }),
    "The database that the hosts share."
  ),
  name: required(
    HostName.annotations({ [UnquotedId]: true }),
    "The name of this host, as `runsOn` has it. The file can be the same on every host where the name is a variable of each one's environment."
  ),
  address: required(ReachedAt, "Where the other hosts reach this one, with a port."),
  listen: Schema.optionalWith(HostAndPort, { exact: true }).annotations({
    description: "Where this host listens for them, where that is not `address`, such as `0.0.0.0:7300`."
  }),
  secret: required(
    ClusterSecret,
    "A secret that all hosts have, at least 32 characters: whoever has it not is answered by none of them. Better taken from the environment than written in the file."
  )
}).annotations({ identifier: "Cluster", [UnquotedId]: true })
export type ClusterSection = typeof ClusterSection.Type

/** The section as the rest of the gateway sees it. */
export const resolveCluster = ({
  address,
  listen,
  ...section
}: ClusterSection): { readonly cluster?: ClusterConfig } => {
  const reached = hostAndPort(address)
  const own = hostAndPort(listen ?? address)
  return reached === undefined || own === undefined
    ? {}
    : { cluster: { ...section, address: reached, listen: own } }
}
