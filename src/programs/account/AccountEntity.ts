/** The account actor: one supervised child, and the deliveries that go out through it. */
import { Entity, type Sharding, Snowflake } from "@effect/cluster"
import type { FileSystem, Path } from "@effect/platform"
import { Duration, Effect, type Layer, Option, Stream, SubscriptionRef } from "effect"
import { AccountActor } from "../../schemas/Actors.ts"
import type { AccountConfig } from "../../schemas/Config.ts"
import { Accounts } from "../../services/Accounts.ts"
import type { Chunker } from "../../services/Chunker.ts"
import { ConfigService } from "../../services/ConfigService.ts"
import type { DeadLetters } from "../../services/DeadLetters.ts"
import type { Echoes } from "../../services/Echoes.ts"
import type { Events } from "../../services/Events.ts"
import type { GroupChats } from "../../services/GroupChats.ts"
import type { ImsgProcess } from "../../services/ImsgProcess.ts"
import type { Intake } from "../../services/Intake.ts"
import type { Journal } from "../../services/Journal.ts"
import type { Lifecycle } from "../../services/Lifecycle.ts"
import type { OutboundFiles } from "../../services/OutboundFiles.ts"
import type { PairingStore } from "../../services/PairingStore.ts"
import type { Positions } from "../../services/Positions.ts"
import type { Router } from "../../services/Router.ts"
import * as AccountContext from "./AccountContext.ts"
import { announceApprovals } from "./announceApprovals.ts"
import { confirmSends } from "./confirmSends.ts"
import { makeDeliver } from "./deliver.ts"
import { makeIntake } from "./inbox/intake.ts"
import { learnGroups } from "./learnGroups.ts"
import { learnOwnHandles } from "./ownHandles.ts"
import { supervise } from "./supervisor.ts"

/** Deliveries that wait in memory; more wait in the store. */
export const MAILBOX_CAPACITY = 128

/** Why a child is started anew: in words, for the account's status. */
const ASKED = "restart asked for"
const CHANGED = "config changed"

const build = Effect.gen(function* () {
  const config = yield* ConfigService
  const accounts = yield* Accounts
  const { entityId: id } = yield* Entity.CurrentAddress
  const services = yield* Effect.context<
    Journal | DeadLetters | Accounts | Chunker | Echoes | Events | Lifecycle | OutboundFiles
  >()
  const contextOf = yield* AccountContext.makeForConfigs
  const asked = yield* SubscriptionRef.make(0)
  const current = yield* SubscriptionRef.make(Option.none<AccountContext.AccountContext>())

  const run = (account: AccountConfig, why: string) =>
    Effect.gen(function* () {
      const context = contextOf(account)
      yield* accounts.update(id, ({ state }) => (state === "stopped" ? {} : { reason: why }))
      yield* SubscriptionRef.set(current, Option.some(context))
      yield* Effect.forkScoped(announceApprovals(account))
      yield* Effect.forkScoped(Effect.provide(confirmSends(context), services))
      return yield* supervise(context, (session, cursor) =>
        Effect.all([
          Effect.forkScoped(learnOwnHandles(context, session)),
          learnGroups(context, session)
        ]).pipe(Effect.zipRight(makeIntake(context, session, cursor)))
      )
    }).pipe(Effect.scoped)

  /** As it is in the config from now on, where it is enabled there. */
  const account = config.changes.pipe(
    Stream.map((now) => now.accounts.find((one) => one.id === id && one.enabled)),
    // What did not change keeps its identity.
    Stream.changes
  )
  const follow = Stream.zipLatest(account, asked.changes).pipe(
    Stream.zipWithPrevious,
    Stream.flatMap(
      ([before, [now, order]]) => {
        if (now === undefined)
          return Stream.drain(Stream.fromEffect(SubscriptionRef.set(current, Option.none())))
        const isAsked = Option.exists(before, ([, last]) => last !== order)
        return Stream.drain(Stream.fromEffect(run(now, isAsked ? ASKED : CHANGED)))
      },
      { switch: true }
    ),
    Stream.runDrain
  )
  // Actors are built in an uninterruptible region, and a fiber inherits that.
  yield* Effect.forkScoped(Effect.interruptible(follow))

  // What waits when an account is taken out of the config begins when it is back; what has begun keeps its time limit.
  const enabled = current.changes.pipe(
    Stream.filterMap((context) => context),
    Stream.runHead,
    Effect.flatMap(Effect.orElse(() => Effect.never))
  )
  const deliver = makeDeliver(
    id,
    Effect.flatMap(
      SubscriptionRef.get(current),
      Option.match({ onNone: () => enabled, onSome: Effect.succeed })
    )
  )
  return AccountActor.of({
    // The child is started by the actor's birth; the message is what brings it about.
    Start: () => Effect.void,
    Restart: () => SubscriptionRef.update(asked, (count) => count + 1),
    Deliver: ({ payload, requestId }) =>
      // The number of a message holds the time at which it was saved.
      Effect.provide(deliver({ delivery: payload, acceptedAt: Snowflake.timestamp(requestId) }), services)
  })
})

/** Accounts are never passivated: their children are their purpose. */
export const layer: Layer.Layer<
  never,
  never,
  | Sharding.Sharding
  | ConfigService
  | ImsgProcess
  | Journal
  | DeadLetters
  | Accounts
  | Chunker
  | Echoes
  | Lifecycle
  | Events
  | OutboundFiles
  | PairingStore
  | Positions
  | FileSystem.FileSystem
  | Path.Path
  | GroupChats
  | Router
  | Intake
> = AccountActor.toLayer(build, {
  concurrency: "unbounded",
  mailboxCapacity: MAILBOX_CAPACITY,
  maxIdleTime: Duration.infinity
})
