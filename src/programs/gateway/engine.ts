/** What the actors run on: one process with a file, or the hosts of a cluster with a server. */
import type { MessageStorage, Sharding } from "@effect/cluster"
import type { FileSystem, Path } from "@effect/platform"
import type { Layer } from "effect"
import type { Database } from "../../layers/database/Database.ts"
import type { Lanes } from "../../layers/mailbox/MessageStorageSql.ts"
import type { HostTaken, PlacedElsewhere, StoreUnavailable } from "../../schemas/errors/store.ts"
import type { Accounts } from "../../services/Accounts.ts"
import type { Children } from "../../services/Children.ts"
import type { ConfigService } from "../../services/ConfigService.ts"
import type { Events } from "../../services/Events.ts"
import type { FlowControl } from "../../services/FlowControl.ts"
import type { InboundFiles } from "../../services/InboundFiles.ts"
import type { Lifecycle } from "../../services/Lifecycle.ts"
import type { OutboundFiles } from "../../services/OutboundFiles.ts"
import type { PausedLanes } from "../../services/PausedLanes.ts"
import type { Presence } from "../../services/Presence.ts"
import * as chatLane from "../session/chatLane.ts"
import * as SessionEntity from "../session/SessionEntity.ts"

type Platform = FileSystem.FileSystem | Path.Path

export interface Engine {
  readonly database: Layer.Layer<
    Database,
    HostTaken | PlacedElsewhere | StoreUnavailable,
    FileSystem.FileSystem
  >
  /** Where each actor is, and what waits for it. */
  readonly runner: Layer.Layer<
    MessageStorage.MessageStorage | Sharding.Sharding | PausedLanes,
    StoreUnavailable,
    Database
  >
  /** In which groups of shards the actors have their places, where that is not as in one process. */
  readonly actors: Layer.Layer<never, never, ConfigService>
  /** What every line of the log says of this host, and in whose words. */
  readonly logs: Layer.Layer<never>
  /** Until when this host has what it took, where others may have it after that. */
  readonly lease: Layer.Layer<never>
  readonly accounts: Layer.Layer<Accounts, never, Database | ConfigService | Events>
  readonly flowControl: Layer.Layer<FlowControl>
  readonly outboundFiles: Layer.Layer<OutboundFiles, never, Database | Platform>
  /** What there is of this host becomes what there is of all of them, for the actors and whoever asks. */
  readonly acrossHosts: Layer.Layer<
    never,
    never,
    | Accounts
    | Children
    | ConfigService
    | Database
    | Events
    | InboundFiles
    | Lifecycle
    | MessageStorage.MessageStorage
    | Presence
    | Sharding.Sharding
    | Platform
  >
}

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
