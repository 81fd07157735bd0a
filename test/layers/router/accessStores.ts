/** The Router over stores in memory, and what the tests ask of it. */
import { Effect, Layer, TestClock } from "effect"
import * as GroupChatsSql from "../../../src/layers/groups/GroupChatsSql.ts"
import * as OutboxSql from "../../../src/layers/outbox/OutboxSql.ts"
import * as PairingStoreSql from "../../../src/layers/pairing/PairingStoreSql.ts"
import * as RouterLive from "../../../src/layers/router/RouterLive.ts"
import * as DatabaseSqlite from "../../../src/layers/sqlite/DatabaseSqlite.ts"
import type { Envelope } from "../../../src/schemas/Envelope.ts"
import { PairingStore } from "../../../src/services/PairingStore.ts"
import { Router } from "../../../src/services/Router.ts"
import { type ConfigFileContent, configLayer } from "../../support/configs.ts"
import { KNOWN, NOW, PAIRING_TTL_MS } from "./accessDirect.ts"

/** The stores that the Router asks, empty. */
export const stores = Layer.mergeAll(PairingStoreSql.layer, OutboxSql.layer, GroupChatsSql.layer).pipe(
  Layer.provide(DatabaseSqlite.memory)
)

/** The Router of a config; it asks the stores that it is run with. */
export const routerOf = (config: ConfigFileContent) =>
  RouterLive.layer.pipe(Layer.provide(configLayer(config)))

/** Asks for a code, as an account does for a sender whom the verdict is `Pair` for. */
export const requestOf = (accountId: string, sender: string, maxPending = 20) =>
  Effect.flatMap(PairingStore, (pairing) =>
    pairing.request({
      accountId,
      sender,
      target: { _tag: "Handle", handle: sender, service: "auto" },
      ttlMs: PAIRING_TTL_MS,
      maxPending
    })
  )

const newCode = (accountId: string, sender: string) =>
  Effect.flatMap(requestOf(accountId, sender), (outcome) =>
    outcome._tag === "Created"
      ? Effect.succeed(outcome.request.code)
      : Effect.dieMessage(`${sender} of ${accountId} was to be new, and is ${outcome._tag}`)
  )

/** Lets somebody in, of whom the store knows nothing. */
export const approve = (accountId: string, sender: string) =>
  Effect.gen(function* () {
    const pairing = yield* PairingStore
    yield* pairing.approve(yield* newCode(accountId, sender))
  })

/** Stores that know everybody in `KNOWN`, at the time `NOW`. */
export const knowingStores = Layer.effectDiscard(
  Effect.gen(function* () {
    const pairing = yield* PairingStore
    yield* TestClock.setTime(NOW - PAIRING_TTL_MS - 1)
    yield* pairing.reject(yield* newCode("default", KNOWN.rejectedLongAgo))
    yield* approve("default", KNOWN.approved)
    yield* TestClock.setTime(NOW)
    yield* approve("default", KNOWN.approvedSince)
    yield* approve("other", KNOWN.approvedElsewhere)
    yield* approve("default", KNOWN.revoked)
    yield* pairing.revoke([{ accountId: "default", sender: KNOWN.revoked }])
    yield* pairing.reject(yield* newCode("default", KNOWN.rejected))
    yield* newCode("default", KNOWN.waiting)
  })
).pipe(Layer.provideMerge(stores))

/** The verdict on an envelope under a config. */
export const judge = (config: ConfigFileContent, envelope: Envelope, baselineAt?: number) =>
  Effect.flatMap(Router, (router) => router.judge(envelope, { baselineAt })).pipe(
    Effect.provide(routerOf(config))
  )
