/** What the actors run on: one process with a file, or the hosts of a cluster with a server. */
import type { Sharding } from "@effect/cluster"
import type { FileSystem } from "@effect/platform"
import type { Layer } from "effect"
import type { Database } from "../../layers/database/Database.ts"
import type { Lanes } from "../../layers/mailbox/MessageStorageSql.ts"
import type { StoreUnavailable } from "../../schemas/errors/store.ts"
import type { PausedLanes } from "../../services/PausedLanes.ts"
import * as chatLane from "../session/chatLane.ts"
import * as SessionEntity from "../session/SessionEntity.ts"

export interface Engine {
  readonly database: Layer.Layer<Database, StoreUnavailable, FileSystem.FileSystem>
  readonly runner: Layer.Layer<Sharding.Sharding | PausedLanes, StoreUnavailable, Database>
}

/** Part of what is stored: with fewer, messages on the others would be read by nobody. */
export const SHARDS = 32

/** Work is finished before the actors are closed; what still waits then is in the store. */
export const TERMINATION = "100 millis"

const lanes: Lanes = {
  // A paused chat delays no other of its session.
  laneOf: ({ payload }) => chatLane.laneOf(payload),
  pausedOf: () => SessionEntity.WINDOW.paused
}

/** How the mailboxes are kept. */
export const MAILBOXES = [
  () => SessionEntity.WINDOW.actor,
  lanes,
  { forgetsFinished: true, shared: SessionEntity.SHARED }
] as const
