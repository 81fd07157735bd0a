/** Failures of the state folder. */
import { type Effect, Schedule, Schema } from "effect"
import { GatewayError } from "./GatewayError.ts"

/** Another gateway already owns the state folder. `pid` is absent where it could not be read. */
export class AlreadyRunning extends GatewayError<AlreadyRunning>()("AlreadyRunning", {
  code: "already_running",
  fields: { stateDir: Schema.String, pid: Schema.optional(Schema.Int) },
  message: ({ pid, stateDir }) =>
    `another gateway${pid === undefined ? "" : ` (pid ${pid})`} is running on ${stateDir}`,
  hint: "Stop it first, or give this one a stateDir of its own."
}) {}

/**
 * The gateway's own store cannot be opened or written. `trouble` says why where that is known: the disk is full,
 * read-only or failing, another program goes on writing, or the file is corrupt or newer than the program.
 */
export class StoreUnavailable extends GatewayError<StoreUnavailable>()("StoreUnavailable", {
  code: "store_unavailable",
  fields: {
    file: Schema.String,
    detail: Schema.String,
    trouble: Schema.optional(Schema.Literal("disk", "busy", "corrupt", "gone", "link", "newer"))
  },
  message: ({ detail, file }) => `the store ${file} cannot be used: ${detail}`,
  hint: ({ trouble }) => {
    switch (trouble) {
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
      case "link":
        return "Take the link away, or move the file back into the state folder."
      case "newer":
        return "Run the version that wrote it, or a later one; stores are only brought forward. Or give this one a stateDir of its own."
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
