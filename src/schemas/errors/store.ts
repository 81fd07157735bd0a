/** Failures of the state folder. */
import { type Effect, Schedule, Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"
import { ownerHint } from "./ownerHint.ts"

/**
 * Another gateway already owns the state folder. `pid` is absent where it could not be read. `isStarting` where it answers
 * nobody yet: it may wait for its database, and has not to be stopped for that.
 */
export class AlreadyRunning extends GatewayError<AlreadyRunning>()("AlreadyRunning", {
  code: "already_running",
  fields: {
    stateDir: Schema.String,
    pid: Schema.optional(Schema.Int),
    isStarting: Schema.optionalWith(Schema.Boolean, { default: () => false })
  },
  message: ({ isStarting, pid, stateDir }) =>
    `another gateway${pid === undefined ? "" : ` (pid ${pid})`} ${
      isStarting
        ? `is starting on ${stateDir}, or waits there for something such as its database`
        : `is running on ${stateDir}`
    }`,
  hint: ({ isStarting }) =>
    isStarting
      ? "It goes on by itself, and need not be started again: `imsg-gateway logs` says what for, if it waits. Stop it only if it is not to run."
      : "Stop it first, or give this one a stateDir of its own."
}) {}

/** Another host of the cluster, which runs, has the name or the address that this one was given. */
export class HostTaken extends GatewayError<HostTaken>()("HostTaken", {
  code: "host_taken",
  fields: { name: Schema.String, address: Schema.String, pid: Schema.Int },
  message: ({ address, name, pid }) =>
    `another gateway (pid ${pid}) runs as host ${name} at ${address}, and this one has its name or its address`,
  hint: "Give each host a cluster.name and a cluster.address of its own; a config that was copied has those of another."
}) {}

/** This host, which stood still or was cut off, was put out by others that were started meanwhile and have places otherwise. */
export class HostPutOut extends GatewayError<HostPutOut>()("HostPutOut", {
  code: "host_put_out",
  fields: { name: Schema.String },
  message: ({ name }) =>
    `host ${name} was not heard of for a while, and a host that was started meanwhile has an account or an agent elsewhere than this one's config`,
  hint: "Give runsOn the same value in the config of each host, and start this one again: it says then what differs."
}) {}

const onHosts = (names: ReadonlyArray<string>): string =>
  names.length === 0 ? "any host" : names.join(", then ")

/**
 * Another host of the cluster, which runs, has an account or an agent (`what`) on other hosts than this one: `here` and
 * `there` are the hosts that may run it by both configs, the preferred one first, none where any may.
 */
export class PlacedElsewhere extends GatewayError<PlacedElsewhere>()("PlacedElsewhere", {
  code: "placed_elsewhere",
  fields: {
    what: Schema.String,
    host: Schema.String,
    here: Schema.Array(Schema.String),
    there: Schema.Array(Schema.String)
  },
  message: ({ here, host, there, what }) =>
    `${what} runs on ${onHosts(here)} by this host's config, and on ${onHosts(there)} by that of host ${host}, which is up: both would run it at once`,
  hint: "Stop all hosts, give runsOn the same value in the config of each, and start them."
}) {}

/**
 * The gateway's own store cannot be opened or written: `file`, or the server's database that is named so. `trouble`
 * says why where that is known. Of a file: the disk is full, read-only or failing, another program goes on writing, it
 * is corrupt. Of a server: it cannot be reached or is not up, it lets this gateway not in, what is in it is not this
 * gateway's to change, others hold what is needed, it can write nothing, its address names a file that cannot be read. Of
 * both: the store is newer than the program. And of what was to be written on behalf of an actor that another host has
 * taken over: that it was not.
 */
export class StoreUnavailable extends GatewayError<StoreUnavailable>()("StoreUnavailable", {
  code: "store_unavailable",
  fields: {
    file: Schema.String,
    detail: Schema.String,
    trouble: Schema.optional(
      Schema.Literal(
        ...["disk", "busy", "corrupt", "gone", "link", "newer"],
        ...["unreachable", "denied", "forbidden", "contended", "unwritable", "fenced", "address"]
      )
    )
  },
  message: ({ detail, file }) => `the store ${file} cannot be used: ${detail}`,
  hint: ({ file, trouble }) => {
    switch (trouble) {
      case "address":
        return "Correct cluster.postgres.url; files that it names, such as sslrootcert, have to be on each host, for the gateway's user to read."
      case "busy":
        return "Another program writes to it, such as a `sqlite3` shell with an open transaction, or a VACUUM: end it, or wait for it."
      case "corrupt":
        return (
          "Start the gateway (again): at its start it sets a corrupt store aside, says where, and begins a new one. " +
          "Nothing is deleted."
        )
      case "gone":
        return (
          "The gateway ends, since what it writes would be lost with it. Put the file back from a copy if there is one, " +
          "and start the gateway again; without it a new store is begun, in which nobody is let in by pairing."
        )
      case "contended":
        return (
          "Somebody holds what is needed, such as a `psql` with an open transaction, or the server is overloaded: " +
          "`SELECT pid, application_name, state, query FROM pg_stat_activity` shows who; end it, or wait for it."
        )
      case "denied":
        return (
          "Check the user, the password and the database's name in cluster.postgres.url, that pg_hba.conf lets this host " +
          "in, and whether the server asks for TLS (`?sslmode=verify-full`, or `no-verify` where nobody vouches for its certificate)."
        )
      case "fenced":
        return "Nothing needs to be done: whoever has taken over goes on with what was not written."
      case "forbidden":
        return ownerHint(file)
      case "link":
        return "Take the link away, or move the file back into the state folder."
      case "newer":
        return "Run the version that wrote it, or a later one; stores are only brought forward. Or give this one a stateDir of its own."
      case "unreachable":
        return (
          "Check that PostgreSQL runs there and that this host reaches it (`pg_isready -d URL`). A gateway goes on by itself " +
          "once it does, and begins nothing new until then; a command has to be given again."
        )
      case "unwritable":
        return "Check the server's disk and its log, and that cluster.postgres.url leads to the primary and not to a standby."
      default:
        return "Check that the folder exists, belongs to this user, is writable, and that the disk is not full."
    }
  }
}) {}

/** What reads or writes the store. */
export type Stored<A, E = never> = Effect.Effect<A, E | StoreUnavailable>

/** How what needs the store is tried again: soon, and then at every ten seconds. */
export const storeRetries = Schedule.exponential("100 millis").pipe(
  Schedule.union(Schedule.spaced("10 seconds"))
)

/** Whether nothing that such a store says or takes can be relied on: the gateway ends then. */
export const isLost = ({ trouble }: StoreUnavailable): boolean => trouble === "corrupt" || trouble === "gone"
