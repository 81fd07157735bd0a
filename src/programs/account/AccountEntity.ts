/** The account actor: one supervised child, and the deliveries that go out through it. */
import { Entity, type Sharding, Snowflake } from "@effect/cluster"
import { Duration, Effect, type Layer } from "effect"
import { AccountActor } from "../../schemas/Actors.ts"
import type { Accounts } from "../../services/Accounts.ts"
import type { Chunker } from "../../services/Chunker.ts"
import { type ConfigService, currentConfig } from "../../services/ConfigService.ts"
import type { DeadLetters } from "../../services/DeadLetters.ts"
import type { Echoes } from "../../services/Echoes.ts"
import type { ImsgProcess } from "../../services/ImsgProcess.ts"
import type { Intake } from "../../services/Intake.ts"
import type { Journal } from "../../services/Journal.ts"
import type { Lifecycle } from "../../services/Lifecycle.ts"
import type { OutboundFiles } from "../../services/OutboundFiles.ts"
import type { PairingStore } from "../../services/PairingStore.ts"
import type { Router } from "../../services/Router.ts"
import * as AccountContext from "./AccountContext.ts"
import { announceApprovals } from "./announceApprovals.ts"
import { makeDeliver } from "./deliver.ts"
import { makeIntake } from "./intake.ts"
import { supervise } from "./supervisor.ts"

/** Deliveries that wait in memory; more wait in the store. */
export const MAILBOX_CAPACITY = 128

const build = Effect.gen(function* () {
  const { accounts } = yield* currentConfig
  const { entityId } = yield* Entity.CurrentAddress
  const services = yield* Effect.context<
    Journal | DeadLetters | Accounts | Chunker | Echoes | Lifecycle | OutboundFiles
  >()
  const account = accounts.find(({ id }) => id === entityId)
  if (account === undefined || !account.enabled) {
    // What an account left behind when it was taken out of the config waits until it is back.
    return AccountActor.of({ Start: () => Effect.void, Deliver: () => Effect.never })
  }
  const context = yield* AccountContext.make(account)
  const deliver = makeDeliver(context)
  // Actors are built in an uninterruptible region, and a fiber inherits that.
  yield* announceApprovals(account).pipe(Effect.interruptible, Effect.forkScoped)
  yield* supervise(context, (session, cursor) => makeIntake(context, session, cursor)).pipe(
    Effect.interruptible,
    Effect.forkScoped
  )
  return AccountActor.of({
    // The child is started by the actor's birth; the message is what brings it about.
    Start: () => Effect.void,
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
  | OutboundFiles
  | PairingStore
  | Router
  | Intake
> = AccountActor.toLayer(build, {
  concurrency: "unbounded",
  mailboxCapacity: MAILBOX_CAPACITY,
  maxIdleTime: Duration.infinity
})
