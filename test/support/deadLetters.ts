/** Dead letters for tests, and the store of a gateway that does not run. */
import { Path } from "@effect/platform"
import { NodeContext } from "@effect/platform-node"
import { Effect, Layer, Option } from "effect"
import * as DeadLettersSql from "../../src/layers/deadLetters/DeadLettersSql.ts"
import * as GroupHistorySql from "../../src/layers/groups/GroupHistorySql.ts"
import * as PositionsSql from "../../src/layers/inbox/PositionsSql.ts"
import * as OutboxSql from "../../src/layers/outbox/OutboxSql.ts"
import * as DatabaseSqlite from "../../src/layers/sqlite/DatabaseSqlite.ts"
import * as TurnMembersSql from "../../src/layers/turns/TurnMembersSql.ts"
import type { DeadContent, DeadLetter } from "../../src/schemas/DeadLetter.ts"
import type { Delivery } from "../../src/schemas/Delivery.ts"
import { DeadLetters } from "../../src/services/DeadLetters.ts"
import { Outbox } from "../../src/services/Outbox.ts"
import { makeEnvelope } from "./envelopes.ts"
import type { Home } from "./gateway.ts"

/** A turn of one direct message. */
export const deadTurn = (id: string, text = "hello"): DeadContent => ({
  _tag: "Turn",
  id,
  sessionKey: "agent:main:main",
  messages: [{ envelope: makeEnvelope({ text }), agentId: "main", isGroup: false }]
})

export const deadDelivery = (delivery: Delivery): DeadContent => ({ _tag: "Delivery", delivery })

/** Carries out the retry of a letter about a delivery. */
export const carryOutRetry = (letter: DeadLetter) => {
  const { content } = letter
  return content._tag === "Delivery"
    ? Effect.flatMap(Outbox, ({ retry }) => retry({ ...letter, content }))
    : Effect.dieMessage("it is about no delivery")
}

/** Orders the retry of such a letter, and carries it out; gives what was accepted. */
export const retryDelivery = (number: number, options = { anyway: false }) =>
  Effect.gen(function* () {
    const accepted = yield* carryOutRetry(yield* (yield* DeadLetters).retry(number, options))
    return Option.getOrThrow(accepted).delivery
  })

/** Why most letters of tests are there. */
export const REASON = { code: "agent_failed", message: "agent main failed: exit code 3", attempt: 0 }

/** The services on a store in which a test looks at the database too. */
export const letterStores = Layer.mergeAll(
  DeadLettersSql.layer,
  GroupHistorySql.layer,
  TurnMembersSql.layer,
  PositionsSql.layer,
  OutboxSql.layer
)

/** Uses the store of a gateway beside it. */
export const onStoreOf = <A, E>(home: Home, use: Effect.Effect<A, E, DeadLetters | Outbox>) =>
  Effect.gen(function* () {
    const { join } = yield* Path.Path
    const store = letterStores.pipe(Layer.provide(DatabaseSqlite.layer(join(home.stateDir, "gateway.db"))))
    return yield* Effect.provide(use, store)
  }).pipe(Effect.provide(NodeContext.layer))
