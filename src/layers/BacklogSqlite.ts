/** The Backlog in the gateway's store. */
import { EntityAddress, EntityId, Envelope, ShardId, Snowflake } from "@effect/cluster"
import { Effect, Layer, Option, Schema } from "effect"
import { AccountActor, SessionActor } from "../schemas/Actors.ts"
import { Delivery } from "../schemas/Delivery.ts"
import { Backlog, type SettledReplyPart, type WaitingReply } from "../services/Backlog.ts"
import { Database } from "./sqlite/Database.ts"

interface CountRow {
  readonly entity_type: string
  readonly actors: number
  readonly messages: number
}

const Waiting = Schema.parseJson(Schema.Struct({ requestId: Schema.String, payload: Delivery }))
const decodeWaiting = Schema.decodeOption(Waiting)

const waitingOf = ({ envelope }: { readonly envelope: string }): Option.Option<WaitingReply> =>
  Option.map(decodeWaiting(envelope), ({ payload: { accountId, id, target }, requestId }) => ({
    id,
    accountId,
    target,
    // The number of a message holds the time at which it was saved.
    acceptedAt: Snowflake.timestamp(Snowflake.Snowflake(requestId))
  }))

/** The key under which the cluster keeps a delivery; the shard is no part of it. */
const keyOf = (accountId: string, deliveryId: string): string =>
  Envelope.primaryKeyByAddress({
    address: EntityAddress.EntityAddress.make({
      shardId: ShardId.make("default", 1),
      entityType: AccountActor.type,
      entityId: EntityId.make(accountId)
    }),
    tag: "Deliver",
    id: deliveryId
  })

const make = Effect.gen(function* () {
  const database = yield* Database
  const select = database.prepare<CountRow>(`
    SELECT entity_type, count(DISTINCT entity_id) AS actors, count(*) AS messages
    FROM mailbox WHERE processed = 0 GROUP BY entity_type`)
  const selectWaiting = database.prepare<{ readonly envelope: string }>(`
    SELECT envelope FROM mailbox
    WHERE processed = 0 AND entity_type = ? AND kind = 'Request' ORDER BY seq LIMIT ?`)
  const selectSettled = database.prepare<SettledReplyPart>(`
    SELECT delivery_id AS deliveryId, part_index AS "index", account_id AS accountId, lower(state) AS state,
      guid, detail, settled_at AS settledAt
    FROM parts WHERE settled_at IS NOT NULL ORDER BY settled_at DESC LIMIT ?`)
  const selectAccepted = database.prepare("SELECT 1 FROM mailbox WHERE message_key = ?")
  return Backlog.of({
    hasAccepted: (accountId, deliveryId) =>
      database.read(() => selectAccepted.get(keyOf(accountId, deliveryId)) !== undefined),
    waiting: (limit) =>
      database.read(() =>
        selectWaiting.all(AccountActor.type, limit).flatMap((row) => Option.toArray(waitingOf(row)))
      ),
    settled: (limit) => database.read(() => selectSettled.all(limit)),
    counts: database.read(() => {
      const rows = select.all()
      const of = (type: string) => rows.find(({ entity_type }) => entity_type === type)
      return {
        sessions: {
          busy: of(SessionActor.type)?.actors ?? 0,
          messages: of(SessionActor.type)?.messages ?? 0
        },
        deliveries: of(AccountActor.type)?.messages ?? 0
      }
    })
  })
})

export const layer: Layer.Layer<Backlog, never, Database> = Layer.effect(Backlog, make)
