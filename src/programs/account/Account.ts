/** An account: one supervised child, what comes in through it, and what goes out. There is one of each in the cluster. */
import { EntityId, Sharding } from "@effect/cluster"
import type { FileSystem, Path } from "@effect/platform"
import { Effect, FiberMap, Layer, Option, Stream, SubscriptionRef } from "effect"
import type { AccountConfig } from "../../schemas/Config.ts"
import { Accounts } from "../../services/Accounts.ts"
import { Actors, placeOfAccount } from "../../services/Actors.ts"
import { onBehalfOfShard } from "../../services/ActsFor.ts"
import type { Children } from "../../services/Children.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import type { Conversations } from "../../services/Conversations.ts"
import type { FlowControl } from "../../services/FlowControl.ts"
import type { GroupChats } from "../../services/GroupChats.ts"
import type { GroupHistory } from "../../services/GroupHistory.ts"
import { hostedHere } from "../../services/Hosts.ts"
import type { ImsgProcess } from "../../services/ImsgProcess.ts"
import type { Mailboxes } from "../../services/Mailboxes.ts"
import type { PairingStore } from "../../services/PairingStore.ts"
import type { PausedChats } from "../../services/PausedChats.ts"
import type { Permissions } from "../../services/Permissions.ts"
import type { Positions } from "../../services/Positions.ts"
import type { Presence } from "../../services/Presence.ts"
import type { Router } from "../../services/Router.ts"
import type { Stops } from "../../services/Stops.ts"
import * as AccountContext from "./AccountContext.ts"
import { learnGroups } from "./chatdb/learnGroups.ts"
import { learnOwnHandles } from "./chatdb/ownHandles.ts"
import { makeIntake } from "./inbox/intake.ts"
import { announceApprovals, lookForNotices, type Noticed } from "./outbox/announceApprovals.ts"
import type { Services as Sending } from "./outbox/carryOut.ts"
import { confirmSends } from "./outbox/confirmSends.ts"
import { runSender } from "./outbox/sender.ts"
import { outliving, showDefect } from "./supervision/outliving.ts"
import { supervise } from "./supervision/supervisor.ts"

/** Why a child is started anew: in words, for the account's status. */
const ASKED = "restart asked for"
const CHANGED = "config changed"

type Services =
  | Sending
  | ConfigService
  | ImsgProcess
  | Children
  | GroupHistory
  | PairingStore
  | PausedChats
  | Permissions
  | Stops
  | Conversations
  | Mailboxes
  | Positions
  | Presence
  | FileSystem.FileSystem
  | Path.Path
  | GroupChats
  | Router
  | FlowControl
  | Sharding.Sharding

/** Runs an account as it is in the config, where it is enabled there, until a defect ends all of it. */
const runOnce = (id: string, noticed: Noticed) =>
  Effect.gen(function* () {
    const config = yield* ConfigService
    const accounts = yield* Accounts
    const contextOf = yield* AccountContext.makeForConfigs
    const current = yield* SubscriptionRef.make(Option.none<AccountContext.AccountContext>())

    const run = (account: AccountConfig, why: Option.Option<string>) =>
      Effect.gen(function* () {
        const context = contextOf(account)
        if (Option.isSome(why)) {
          const reason = why.value
          yield* accounts.update(id, ({ state }) => (state === "stopped" ? {} : { reason }))
        }
        yield* SubscriptionRef.set(current, Option.some(context))
        const { backoff } = account.supervision
        const beside = (what: string, effect: Effect.Effect<never, never, Services>) =>
          Effect.forkScoped(outliving({ what, backoff }, effect))
        yield* beside("the look for approvals", announceApprovals(account, noticed))
        yield* beside("the look for what was sent", confirmSends(context))
        return yield* supervise(context, (session, cursor) =>
          Effect.all([
            Effect.forkScoped(learnOwnHandles(context, session)),
            learnGroups(context, session)
          ]).pipe(Effect.zipRight(makeIntake(context, session, cursor)))
        )
      }).pipe(Effect.scoped)

    const configs = config.changes.pipe(
      Stream.filterMap(({ accounts }) =>
        Option.fromNullable(accounts.find((one) => one.id === id && one.enabled))
      ),
      // What did not change keeps its identity.
      Stream.changes
    )
    const follow = Stream.zipLatest(configs, accounts.restarts(id)).pipe(
      Stream.zipWithPrevious,
      Stream.flatMap(
        ([before, [now, order]]) => {
          const why = Option.map(before, ([, last]) => (last === order ? CHANGED : ASKED))
          return Stream.drain(Stream.fromEffect(run(now, why)))
        },
        { switch: true }
      ),
      Stream.runDrain
    )
    const context = current.changes.pipe(
      Stream.filterMap((found) => found),
      Stream.runHead,
      Effect.flatMap(Effect.orElse(() => Effect.never))
    )
    const latest = Effect.flatMap(
      SubscriptionRef.get(current),
      Option.match({ onNone: () => context, onSome: Effect.succeed })
    )
    return yield* Effect.all([follow, runSender(id, latest)], { concurrency: "unbounded", discard: true })
  })

/** What was known of its last child is over: one that was elsewhere meanwhile begins, and takes nobody's place. */
const begins = (id: string) =>
  Effect.flatMap(Accounts, ({ update }) =>
    update(id, ({ state }) =>
      state === "stopped" || state === "disabled"
        ? {}
        : { state: "stopped", reason: "not started yet", pid: undefined, lastError: undefined }
    )
  )

/** Runs an account. Where a defect of the gateway ends all of it nothing else would begin it again. */
export const runAccount = ({ id, supervision }: AccountConfig, noticed: Noticed) =>
  Effect.zipRight(
    begins(id),
    outliving(
      { what: "an account", backoff: supervision.backoff, tell: showDefect(id) },
      Effect.scoped(runOnce(id, noticed))
    )
  ).pipe(Effect.annotateLogs({ account: id }))

/** Runs every enabled account. What waits of one that is taken out of the config begins when it is back. */
export const layer: Layer.Layer<never, never, Services> = Layer.scopedDiscard(
  Effect.gen(function* () {
    const config = yield* ConfigService
    const sharding = yield* Sharding.Sharding
    const registered = yield* FiberMap.make<string>()
    const { groups } = yield* Actors
    const noticed = yield* lookForNotices
    const shardOf = (id: string) =>
      sharding.getShardId(EntityId.make(placeOfAccount(id)), groups.ofAccount(id)).toString()
    const register = (account: AccountConfig) =>
      sharding
        .registerSingleton(
          placeOfAccount(account.id),
          onBehalfOfShard(shardOf(account.id))(hostedHere(account.id)(runAccount(account, noticed))),
          {
            shardGroup: groups.ofAccount(account.id)
          }
        )
        .pipe(Effect.zipRight(Effect.never), Effect.scoped)
    yield* Effect.forkScoped(
      Effect.interruptible(
        Stream.runForEach(config.changes, ({ accounts }) =>
          Effect.gen(function* () {
            const enabled = accounts.filter((account) => account.enabled)
            for (const [id] of registered) {
              if (!enabled.some((account) => account.id === id)) yield* FiberMap.remove(registered, id)
            }
            yield* Effect.forEach(
              enabled,
              (account) => FiberMap.run(registered, account.id, register(account), { onlyIfMissing: true }),
              { discard: true }
            )
          })
        )
      )
    )
  })
)
