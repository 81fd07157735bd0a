/** The gateway: its actors over their services, and how it starts and stops. */
import type { Sharding } from "@effect/cluster"
import { type CommandExecutor, type FileSystem, Path } from "@effect/platform"
import { Cause, Clock, Effect, Exit, Layer, Option, Ref, Schedule, Scope } from "effect"
import * as AgentAccessLive from "../../layers/agent/AgentAccessLive.ts"
import * as AgentLive from "../../layers/agent/AgentLive.ts"
import * as LateRepliesLive from "../../layers/agent/LateRepliesLive.ts"
import * as AuditSql from "../../layers/audit/AuditSql.ts"
import * as ChunkerLive from "../../layers/chunker/ChunkerLive.ts"
import * as ConversationsSql from "../../layers/conversations/ConversationsSql.ts"
import * as StoreHealthSql from "../../layers/database/StoreHealthSql.ts"
import * as DeadLettersSql from "../../layers/deadLetters/DeadLettersSql.ts"
import * as DecisionsSql from "../../layers/decisions/DecisionsSql.ts"
import * as EchoesSql from "../../layers/echoes/EchoesSql.ts"
import * as EventsLive from "../../layers/events/EventsLive.ts"
import * as GroupChatsSql from "../../layers/groups/GroupChatsSql.ts"
import * as GroupHistorySql from "../../layers/groups/GroupHistorySql.ts"
import * as ChildrenLive from "../../layers/imsg/ChildrenLive.ts"
import * as ImsgProcessLive from "../../layers/imsg/ImsgProcessLive.ts"
import * as PositionsSql from "../../layers/inbox/PositionsSql.ts"
import * as BudgetSql from "../../layers/limits/BudgetSql.ts"
import * as PausedChatsSql from "../../layers/limits/PausedChatsSql.ts"
import * as MailboxesSql from "../../layers/mailbox/MailboxesSql.ts"
import * as StopsSql from "../../layers/mailbox/StopsSql.ts"
import * as InboundFilesLive from "../../layers/media/InboundFilesLive.ts"
import * as PicturesLive from "../../layers/media/pictures/PicturesLive.ts"
import * as TranscriptionLive from "../../layers/media/transcription/TranscriptionLive.ts"
import * as MetricsLive from "../../layers/metrics/MetricsLive.ts"
import * as OutboxSql from "../../layers/outbox/OutboxSql.ts"
import * as PairingStoreSql from "../../layers/pairing/PairingStoreSql.ts"
import * as PermissionsSql from "../../layers/permissions/PermissionsSql.ts"
import * as PresenceLive from "../../layers/presence/PresenceLive.ts"
import * as LifecycleLive from "../../layers/process/LifecycleLive.ts"
import * as NotifySystemd from "../../layers/process/NotifySystemd.ts"
import * as ProcessGroupLive from "../../layers/process/ProcessGroupLive.ts"
import * as StateLockLive from "../../layers/process/StateLockLive.ts"
import * as RemoteFilesSsh from "../../layers/remote/RemoteFilesSsh.ts"
import * as RetentionSql from "../../layers/retention/RetentionSql.ts"
import * as RouterLive from "../../layers/router/RouterLive.ts"
import * as BegunTurnsSql from "../../layers/turns/BegunTurnsSql.ts"
import * as TurnMembersSql from "../../layers/turns/TurnMembersSql.ts"
import * as TurnPermitsLive from "../../layers/turns/TurnPermitsLive.ts"
import * as AccessTokensSql from "../../layers/web/AccessTokensSql.ts"
import * as WebSessionsSql from "../../layers/web/WebSessionsSql.ts"
import type { GatewayConfig } from "../../schemas/Config.ts"
import type {
  AlreadyRunning,
  HostPutOut,
  HostTaken,
  PlacedElsewhere,
  StoreUnavailable
} from "../../schemas/errors/store.ts"
import { STORE_FILE } from "../../schemas/storeFile.ts"
import type { AccessTokens } from "../../services/AccessTokens.ts"
import { Accounts } from "../../services/Accounts.ts"
import type { AgentAccess } from "../../services/AgentAccess.ts"
import type { Audit } from "../../services/Audit.ts"
import type { BegunTurns } from "../../services/BegunTurns.ts"
import type { Budget } from "../../services/Budget.ts"
import type { Children } from "../../services/Children.ts"
import type { Chunker } from "../../services/Chunker.ts"
import { ConfigService, currentConfig } from "../../services/ConfigService.ts"
import type { Conversations } from "../../services/Conversations.ts"
import type { DeadLetters } from "../../services/DeadLetters.ts"
import type { Decisions } from "../../services/Decisions.ts"
import type { Events } from "../../services/Events.ts"
import { GroupChats } from "../../services/GroupChats.ts"
import type { GroupHistory } from "../../services/GroupHistory.ts"
import { Hosts } from "../../services/Hosts.ts"
import type { LateReplies } from "../../services/LateReplies.ts"
import { Lifecycle } from "../../services/Lifecycle.ts"
import type { Mailboxes } from "../../services/Mailboxes.ts"
import type { Metrics } from "../../services/Metrics.ts"
import type { Notify } from "../../services/Notify.ts"
import type { OutboundFiles } from "../../services/OutboundFiles.ts"
import type { Outbox } from "../../services/Outbox.ts"
import { PairingStore } from "../../services/PairingStore.ts"
import type { PausedChats } from "../../services/PausedChats.ts"
import type { Permissions } from "../../services/Permissions.ts"
import type { Router } from "../../services/Router.ts"
import { StateLock } from "../../services/StateLock.ts"
import type { StoreHealth } from "../../services/StoreHealth.ts"
import type { TurnMembers } from "../../services/TurnMembers.ts"
import type { WebSessions } from "../../services/WebSessions.ts"
import * as Account from "../account/Account.ts"
import * as RetryLetters from "../deadLetters/retryLetters.ts"
import * as Lanes from "../sending/Lanes.ts"
import * as SessionEntity from "../session/SessionEntity.ts"
import { announce } from "./announce.ts"
import { followHangUps } from "./hangUp.ts"
import { followIdentities } from "./identities.ts"
import { oneHost } from "./oneHost.ts"
import * as retention from "./retention.ts"
import { sayUp } from "./sayUp.ts"
import { warnOfSharedSessions } from "./sharedSessions.ts"
import { watchStore } from "./watchStore.ts"

/** How long the actors and their children may take to close, once their work is finished. */
const CLOSE_WITHIN = "10 seconds"

/** What a running gateway is asked and commanded through. */
type Running =
  | Sharding.Sharding
  | Chunker
  | Router
  | Lifecycle
  | Accounts
  | Children
  | Decisions
  | Audit
  | AccessTokens
  | AgentAccess
  | Permissions
  | WebSessions
  | GroupHistory
  | TurnMembers
  | BegunTurns
  | PairingStore
  | StateLock
  | GroupChats
  | DeadLetters
  | PausedChats
  | Mailboxes
  | Conversations
  | Budget
  | StoreHealth
  | LateReplies
  | OutboundFiles
  | Outbox
  | Events
  | Metrics
  | Notify

/** What lies in the store, each behind its service. */
const stores = Layer.mergeAll(
  AuditSql.layer,
  GroupHistorySql.layer,
  TurnMembersSql.layer,
  BegunTurnsSql.layer,
  OutboxSql.layer,
  PairingStoreSql.layer,
  DeadLettersSql.layer,
  DecisionsSql.layer,
  ConversationsSql.layer,
  StoreHealthSql.layer,
  MailboxesSql.layer,
  StopsSql.layer,
  EchoesSql.layer,
  GroupChatsSql.layer,
  BudgetSql.layer,
  PausedChatsSql.layer,
  PositionsSql.layer,
  AccessTokensSql.layer,
  WebSessionsSql.layer
)

/** Looks on: it is there before anything happens. */
type Onlooker = Layer.Layer<never, never, Events | Children | ConfigService>

/** Without a cluster nothing of it is loaded. */
const engineOf = (config: GatewayConfig) =>
  Effect.gen(function* () {
    const { cluster, stateDir } = config
    if (cluster === undefined) {
      const path = yield* Path.Path
      return oneHost(path.join(stateDir, STORE_FILE), stateDir)
    }
    const { manyHosts } = yield* Effect.promise(() => import("./manyHosts.ts"))
    return manyHosts(config, cluster)
  })

/** Everything that runs, on the config's state folder. Building it takes the folder's lock. */
export const layer = (
  onlooker: Onlooker = Layer.empty
): Layer.Layer<
  Running,
  AlreadyRunning | HostTaken | PlacedElsewhere | StoreUnavailable,
  ConfigService | FileSystem.FileSystem | Path.Path | CommandExecutor.CommandExecutor
> =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const config = yield* currentConfig
      const { stateDir } = config
      const engine = yield* engineOf(config)
      const services = Layer.mergeAll(
        engine.accounts,
        ChildrenLive.layer,
        ChunkerLive.layer,
        Layer.provide(
          InboundFilesLive.layer,
          Layer.merge(RemoteFilesSsh.layer(stateDir), PicturesLive.layer(stateDir))
        ),
        engine.outboundFiles,
        PresenceLive.layer,
        TranscriptionLive.layer,
        engine.flowControl,
        NotifySystemd.layer,
        RouterLive.layer,
        AgentLive.layer.pipe(
          Layer.provideMerge(
            Layer.mergeAll(LateRepliesLive.layer, AgentAccessLive.layer, PermissionsSql.layer)
          ),
          Layer.provideMerge(Layer.merge(LifecycleLive.layer, TurnPermitsLive.layer))
        ),
        ImsgProcessLive.layer
      )
      return Layer.mergeAll(
        Account.layer,
        SessionEntity.layer,
        RetryLetters.layer,
        retention.layer.pipe(Layer.provide(RetentionSql.layer))
      ).pipe(
        // Right before the actors: what the runner reads before they are there it reads again only after ten seconds.
        Layer.provideMerge(engine.acrossHosts),
        Layer.provideMerge(engine.runner),
        Layer.provideMerge(onlooker),
        Layer.provideMerge(services),
        Layer.provideMerge(Layer.mergeAll(stores, ProcessGroupLive.layer)),
        Layer.provideMerge(EventsLive.layer.pipe(Layer.provideMerge(MetricsLive.layer))),
        Layer.provide(engine.database),
        Layer.provideMerge(Layer.merge(engine.actors, engine.lease)),
        Layer.provideMerge(StateLockLive.layer(stateDir)),
        Layer.provideMerge(engine.logs)
      )
    })
  )

/**
 * A stop has an end, whatever closing the actors and their children runs into: what was accepted is in the store, and
 * the warden ends the children.
 */
const endAnyway = (exitCode: number) =>
  Effect.sleep(CLOSE_WITHIN).pipe(
    Effect.zipRight(Effect.logWarning("closing took too long: the gateway ends as it is")),
    Effect.zipRight(Effect.sync(() => process.exit(exitCode)))
  )

/** Waits until no account is starting any more, or long enough: what is loaded meanwhile would delay their children. */
const haveStarted = Effect.flatMap(Accounts, ({ all }) =>
  Effect.repeat(all, {
    until: (statuses) => statuses.every(({ state }) => state !== "starting" && state !== "stopped"),
    schedule: Schedule.spaced("20 millis")
  })
).pipe(Effect.timeoutOption("1 second"))

/** The control server, loaded once the accounts are on their way: none of them has to wait for it. */
const control = (startedAt: number) =>
  Effect.gen(function* () {
    const { onSocket } = yield* Effect.promise(() => import("../control/server.ts"))
    const { makeUploads } = yield* Effect.promise(() => import("../sending/uploads.ts"))
    const { makeToolbox, Toolbox } = yield* Effect.promise(() => import("../tools/Toolbox.ts"))
    const sends = Lanes.make()
    const toolbox = yield* makeToolbox(sends)
    const withTools = Effect.provideService(Toolbox, toolbox)
    const served = {
      startedAt,
      sends,
      uploads: yield* makeUploads,
      listeners: yield* Ref.make(0)
    }
    yield* withTools(Layer.build(onSocket(served)))
    const { onHttp } = yield* Effect.promise(() => import("../control/web.ts"))
    yield* withTools(Layer.build(onHttp(served)))
  })

/**
 * Starts every enabled account and runs until it is interrupted; then it lets what has begun finish. It fails when the
 * store turns out to be corrupt; what has begun could not be written down then, and is not waited for.
 */
export const run: Effect.Effect<
  never,
  AlreadyRunning | HostPutOut | HostTaken | StoreUnavailable,
  ConfigService | Running | FileSystem.FileSystem | Path.Path
> = Effect.gen(function* () {
  const config = yield* ConfigService
  const known = yield* config.current
  const lifecycle = yield* Lifecycle
  const startedAt = yield* Clock.currentTimeMillis
  for (const warning of known.warnings) yield* Effect.logWarning(warning)
  yield* warnOfSharedSessions
  // Closed last: who asks while the work is finished is answered.
  const outermost = yield* Scope.make()
  yield* Effect.addFinalizer((exit) => Scope.close(outermost, exit))
  // As long as there is anything to finish: without a listener the signal ends the process.
  yield* Effect.forkIn(followHangUps, outermost)
  yield* Effect.addFinalizer((exit) =>
    Effect.gen(function* () {
      if (Exit.isFailure(exit) && !Cause.isInterruptedOnly(exit.cause)) {
        yield* lifecycle.stop(0)
        yield* Effect.forkDaemon(endAnyway(1))
        return
      }
      const { shutdownMs } = yield* config.current
      yield* Effect.logInfo("stopping: reading no more, letting turns and sends finish")
      if (!(yield* lifecycle.stop(shutdownMs))) {
        yield* Effect.logWarning("not everything finished in time; it goes on at the next start").pipe(
          Effect.annotateLogs({ shutdownMs })
        )
      }
      yield* Effect.forkDaemon(endAnyway(0))
    })
  )
  const enabled = known.accounts.filter((account) => account.enabled)
  yield* sayUp(known)
  if (enabled.length === 0) yield* Effect.logWarning("no account is enabled: nothing is read")
  const [first] = enabled
  // Where the store refuses, the first group that comes decides; no account waits for that.
  if (first !== undefined) yield* Effect.forkScoped(Effect.ignore((yield* GroupChats).nameFirst(first.id)))
  yield* Effect.forkScoped(Effect.zipRight(haveStarted, Scope.extend(control(startedAt), outermost)))
  yield* Effect.forkScoped(followIdentities)
  yield* announce((yield* PairingStore).pending)
  const taken = Option.match(yield* Hosts, { onNone: () => Effect.never, onSome: ({ taken }) => taken })
  return yield* Effect.raceFirst(Effect.raceFirst(watchStore, taken), (yield* StateLock).lost)
}).pipe(Effect.scoped)
