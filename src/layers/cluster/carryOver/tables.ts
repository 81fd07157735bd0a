/**
 * What becomes of each table when a gateway that ran alone is carried over into a cluster. Its store and the hosts' have the
 * same tables, so to the hosts it is one of them that was lost: what it was doing they go on with. A test holds both
 * lists against the tables that there are.
 */

export interface CarriedTable {
  readonly table: string
  /** What its rows are to people; absent where they only belong to those of others. */
  readonly holds?: string
}

/** Whatever the stores keep. */
export const CARRIED: ReadonlyArray<CarriedTable> = [
  { table: "pairing_approvals", holds: "people approved by pairing" },
  { table: "pairing_requests", holds: "pairing requests" },
  { table: "approval_notices" },
  { table: "conversations", holds: "conversations" },
  { table: "conversation_handles" },
  { table: "exchanges", holds: "exchanges that agents remember" },
  { table: "history", holds: "messages in group histories" },
  { table: "cursors", holds: "positions of accounts" },
  { table: "account_identities" },
  { table: "first_account" },
  { table: "own_handles" },
  { table: "group_chats" },
  { table: "group_names" },
  { table: "mailbox", holds: "messages" },
  { table: "mailbox_chunk" },
  { table: "stopped_messages" },
  { table: "begun_messages" },
  { table: "turn_members" },
  { table: "turn_ends", holds: "turns" },
  { table: "decisions", holds: "decisions about messages" },
  { table: "budget_turns" },
  { table: "budget_exceeded" },
  { table: "paused_chats", holds: "paused chats" },
  { table: "permissions", holds: "permissions of agents" },
  { table: "outbox", holds: "replies" },
  { table: "parts" },
  { table: "stranded_deliveries" },
  { table: "fingerprints" },
  { table: "dead_letters", holds: "dead letters" },
  { table: "access_tokens", holds: "tokens" },
  { table: "web_sessions", holds: "signed-in browsers" },
  { table: "audit", holds: "entries of the audit" }
]

const OF_THE_DATABASE = "of the database itself"
const OF_HOSTS = "of the hosts, which write it when they start"

/** Tables of the cluster that nothing is carried into, and why. */
export const LEFT: Readonly<Record<string, string>> = {
  schema_version: OF_THE_DATABASE,
  writers: OF_THE_DATABASE,
  cluster_runners: OF_HOSTS,
  cluster_locks: OF_HOSTS,
  hosts: OF_HOSTS,
  account_statuses: OF_HOSTS,
  staged_files: "filled from the files beside the store",
  staged_pieces: "filled from the files beside the store"
}
