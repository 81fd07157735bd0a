/** Runners that follow one another on one store, as the gateway does when it is started again. */
import {
  ClusterSchema,
  Entity,
  RunnerHealth,
  RunnerStorage,
  Runners,
  Sharding,
  ShardingConfig
} from "@effect/cluster"
import { Rpc } from "@effect/rpc"
import { expect, it } from "@effect/vitest"
import { Effect, Exit, Layer, Ref, Schema, Scope } from "effect"
import type { Database } from "../../../src/layers/database/Database.ts"
import * as MessageStorageSql from "../../../src/layers/mailbox/MessageStorageSql.ts"
import { describe, lasting } from "../../support/databases.ts"
import { eventually } from "../../support/simulator.ts"

const Worker = Entity.make("Worker", [
  Rpc.make("Work", {
    payload: { key: Schema.String },
    primaryKey: ({ key }) => key,
    success: Schema.String
  }).annotate(ClusterSchema.Persisted, true)
])

/** Messages of a worker that wait in memory. */
const MAILBOX = 16
/** Those that are read at once. */
const WINDOW = 12

/** What a worker does with a message, which is named by its key. */
type Work = (key: string) => Effect.Effect<string>

const runnerOn = (store: Layer.Layer<Database>, work: Work) =>
  Worker.toLayer({ Work: ({ payload }) => work(payload.key) }, { mailboxCapacity: MAILBOX }).pipe(
    Layer.provideMerge(MessageStorageSql.readMore),
    Layer.provideMerge(Sharding.layer),
    Layer.provide(Runners.layerNoop),
    Layer.provide(MessageStorageSql.layer(() => WINDOW)),
    Layer.provide([RunnerStorage.layerMemory, RunnerHealth.layerNoop]),
    Layer.provide(
      ShardingConfig.layer({
        shardsPerGroup: 4,
        entityTerminationTimeout: "100 millis",
        simulateRemoteSerialization: false
      })
    ),
    Layer.provide(store)
  )

/** A runner on a store, until it is closed or the test ends. It keeps the keys that its workers were given. */
const startRunner = (store: Layer.Layer<Database>, work: Work) =>
  Effect.gen(function* () {
    const scope = yield* Effect.acquireRelease(Scope.make(), (scope) => Scope.close(scope, Exit.void))
    const keys = yield* Ref.make<ReadonlyArray<string>>([])
    const recorded: Work = (key) =>
      Effect.zipRight(
        Ref.update(keys, (all) => [...all, key]),
        work(key)
      )
    const context = yield* Layer.buildWithScope(runnerOn(store, recorded), scope)
    const worker = yield* Effect.provide(Worker.client, context)
    return {
      /** Has a message accepted by a worker. */
      send: (key: string, workerId = "a") => worker(workerId).Work({ key }, { discard: true }),
      ask: (key: string, workerId = "a") => worker(workerId).Work({ key }),
      awaitKeys: (count: number) =>
        eventually("the messages of a worker", Ref.get(keys), (all) => all.length >= count),
      close: Scope.close(scope, Exit.void)
    }
  })

const never: Work = () => Effect.never
const done: Work = (key) => Effect.succeed(`done ${key}`)

describe("a runner on the store of one before it", () => {
  it.scopedLive("is given what that one was cut off in and what waited behind it, in order", () =>
    Effect.gen(function* () {
      const store = yield* lasting
      const first = yield* startRunner(store, never)
      for (const key of ["1", "2", "3"]) yield* first.send(key)
      expect(yield* first.awaitKeys(1)).toEqual(["1"])
      yield* first.close
      const second = yield* startRunner(store, done)
      expect(yield* second.awaitKeys(3)).toEqual(["1", "2", "3"])
    })
  )

  it.scopedLive("is given it again where it was cut off itself", () =>
    Effect.gen(function* () {
      const store = yield* lasting
      for (let start = 0; start < 3; start++) {
        const runner = yield* startRunner(store, never)
        yield* runner.send("1")
        expect(yield* runner.awaitKeys(1)).toEqual(["1"])
        yield* runner.close
      }
    })
  )

  it.scopedLive("is not given what that one finished, also where it is sent again", () =>
    Effect.gen(function* () {
      const store = yield* lasting
      const first = yield* startRunner(store, done)
      expect(yield* first.ask("1")).toBe("done 1")
      yield* first.send("1")
      expect(yield* first.ask("2")).toBe("done 2")
      expect(yield* first.awaitKeys(2)).toEqual(["1", "2"])
      yield* first.close
      const second = yield* startRunner(store, () => Effect.succeed("done anew"))
      yield* second.send("1")
      expect(yield* second.ask("2")).toBe("done 2")
      expect(yield* second.ask("3")).toBe("done anew")
      expect(yield* second.awaitKeys(1)).toEqual(["3"])
    })
  )

  it.scopedLive("goes on with the workers that wait for nothing while another one hangs", () =>
    Effect.gen(function* () {
      const store = yield* lasting
      const first = yield* startRunner(store, never)
      for (const workerId of ["a", "b"]) {
        for (const at of [1, 2]) yield* first.send(`${workerId}${at}`, workerId)
      }
      yield* first.awaitKeys(2)
      yield* first.close
      const second = yield* startRunner(store, (key) => (key.startsWith("a") ? Effect.never : done(key)))
      const keys = yield* second.awaitKeys(3)
      expect(keys.filter((key) => key.startsWith("a"))).toEqual(["a1"])
      expect(keys.filter((key) => key.startsWith("b"))).toEqual(["b1", "b2"])
    })
  )
})

describe("a backlog longer than a mailbox", () => {
  it.scopedLive("is worked through in order, each message once", () =>
    Effect.gen(function* () {
      const store = yield* lasting
      const keys = Array.from({ length: 6 * MAILBOX }, (_, at) => String(at))
      const first = yield* startRunner(store, never)
      for (const key of keys) yield* first.send(key)
      yield* first.close
      const second = yield* startRunner(store, (key) => Effect.zipRight(Effect.yieldNow(), done(key)))
      yield* second.awaitKeys(keys.length)
      expect(yield* second.ask("last")).toBe("done last")
      expect(yield* second.awaitKeys(keys.length + 1)).toEqual([...keys, "last"])
    })
  )
})
