/** An account as a whole, over a program that a test drives. */
import { NodeContext } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Random, Ref, TestClock } from "effect"
import * as GroupChatsSql from "../../../src/layers/groups/GroupChatsSql.ts"
import * as GroupHistorySql from "../../../src/layers/groups/GroupHistorySql.ts"
import * as FlowControlLive from "../../../src/layers/inbox/FlowControlLive.ts"
import * as PairingStoreSql from "../../../src/layers/pairing/PairingStoreSql.ts"
import * as PresenceLive from "../../../src/layers/presence/PresenceLive.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import { runAccount } from "../../../src/programs/account/Account.ts"
import { Outbox } from "../../../src/services/Outbox.ts"
import { PairingStore } from "../../../src/services/PairingStore.ts"
import { Router } from "../../../src/services/Router.ts"
import { makeActors } from "../../support/actors.ts"
import { commandStores } from "../../support/chatCommands.ts"
import { configLayer, makeAccount } from "../../support/configs.ts"
import { makeChild, makeProgram } from "../../support/fakeImsg.ts"
import { services, status } from "../../support/outbound.ts"

const account = makeAccount()

const more = Layer.mergeAll(
  FlowControlLive.layer,
  PresenceLive.layer,
  GroupChatsSql.layer,
  GroupHistorySql.layer,
  PairingStoreSql.layer,
  Layer.mock(Router, {}),
  Layer.provide(commandStores, DatabaseSqlite.memory),
  NodeContext.layer
).pipe(Layer.provideMerge(services), Layer.provideMerge(configLayer()))

/** The account is asked for its notices at every look. */
const noticed = Ref.make<ReadonlySet<string>>(new Set([account.id]))

describe("an account whose sender has a defect", () => {
  it.scoped("is begun again after pauses that grow, and shows why", () =>
    Effect.gen(function* () {
      const looks = yield* Ref.make(0)
      const { cluster } = yield* makeActors
      const outbox = Context.get(cluster, Outbox)
      const broken = Outbox.of({
        ...outbox,
        next: (wanted, now) =>
          Effect.flatMap(
            Ref.updateAndGet(looks, (count) => count + 1),
            (count) => (count <= 2 ? Effect.dieMessage("a bug") : outbox.next(wanted, now))
          )
      })
      const program = yield* makeProgram(() => Effect.map(makeChild(), ({ session }) => session))
      yield* runAccount(account, yield* noticed).pipe(
        Effect.provide(program.layer),
        Effect.provideService(Outbox, broken),
        Effect.provide(Context.omit(Outbox)(cluster)),
        Effect.withRandom(Random.fixed([0.5])),
        Effect.forkScoped
      )
      yield* TestClock.adjust("1 millis")
      expect(yield* status).toMatchObject({
        state: "backoff",
        reason: "defect",
        pid: undefined,
        lastError: { code: "defect", message: "a defect of the gateway ended an account" }
      })
      yield* TestClock.adjust("1 second")
      expect(yield* Ref.get(looks)).toBe(2)
      expect(yield* status).toMatchObject({ state: "backoff" })
      yield* TestClock.adjust("2 seconds")
      yield* TestClock.adjust("1 second")
      expect(yield* status).toMatchObject({ state: "running", lastError: undefined })
    }).pipe(Effect.provide(more))
  )
})

describe("an account whose look for approvals has a defect", () => {
  it.scoped("goes on, and looks again after a pause", () =>
    Effect.gen(function* () {
      const looks = yield* Ref.make(0)
      const { cluster } = yield* makeActors
      const pairing = yield* PairingStore
      const broken = PairingStore.of({
        ...pairing,
        notices: (id) =>
          Effect.flatMap(
            Ref.updateAndGet(looks, (count) => count + 1),
            (count) => (count === 1 ? Effect.dieMessage("a bug") : pairing.notices(id))
          )
      })
      const program = yield* makeProgram(() => Effect.map(makeChild(), ({ session }) => session))
      yield* runAccount(account, yield* noticed).pipe(
        Effect.provide(program.layer),
        Effect.provideService(PairingStore, broken),
        Effect.provide(cluster),
        Effect.forkScoped
      )
      yield* TestClock.adjust("10 seconds")
      expect(yield* Ref.get(looks)).toBeGreaterThan(5)
      expect(yield* program.starts).toHaveLength(1)
      expect(yield* status).toMatchObject({ state: "running" })
    }).pipe(Effect.provide(more))
  )
})

describe("an account that was elsewhere", () => {
  it.scoped("begins when it is back, which is no restart", () =>
    Effect.gen(function* () {
      const { cluster } = yield* makeActors
      const program = yield* makeProgram(() => Effect.map(makeChild(), ({ session }) => session))
      const runs = runAccount(account, yield* noticed).pipe(
        Effect.provide(program.layer),
        Effect.provide(cluster)
      )
      const before = yield* Effect.fork(runs)
      yield* TestClock.adjust("1 second")
      expect(yield* status).toMatchObject({ state: "running", restarts: 0 })
      yield* Fiber.interrupt(before)
      yield* Effect.forkScoped(runs)
      yield* TestClock.adjust("1 second")
      expect(yield* program.starts).toHaveLength(2)
      expect(yield* status).toMatchObject({ state: "running", restarts: 0, lastRestart: undefined })
    }).pipe(Effect.provide(more))
  )
})
