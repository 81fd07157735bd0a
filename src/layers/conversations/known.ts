/** What owners see of conversations, and end of them: each look at words, and each order, is recorded in the same write. */
import { Clock, Effect, Either } from "effect"
import type { AuditEvent } from "../../schemas/Audit.ts"
import type { ConversationKey, KnownConversation } from "../../schemas/Conversation.ts"
import { ConversationNotFound } from "../../schemas/errors/conversations.ts"
import { OnBehalfOf } from "../../services/Audit.ts"
import type { Conversations } from "../../services/Conversations.ts"
import { makeTrail } from "../audit/auditTrail.ts"
import type { Database } from "../database/Database.ts"
import { map, type Step } from "../database/Step.ts"
import { type ExchangeRow, exchangeOf } from "./open.ts"

interface KnownRow {
  readonly number: number
  readonly agent_id: string
  readonly kind: ConversationKey["kind"]
  readonly whose: string
  readonly exchanges: number
  readonly began_at: number
  readonly last_at: number
}

const knownOf = (row: KnownRow): KnownConversation => ({
  number: row.number,
  key: { agentId: row.agent_id, kind: row.kind, of: row.whose },
  exchanges: row.exchanges,
  beganAt: row.began_at,
  lastAt: row.last_at
})

/** Those of which anything is kept; a turn opens its conversation before there is. */
const KNOWN = `
  SELECT number, agent_id, kind, whose, began_at, last_at,
    (SELECT count(*) FROM exchanges WHERE conversation = number) AS exchanges
  FROM conversations
  WHERE (reference IS NOT NULL OR EXISTS (SELECT 1 FROM exchanges WHERE conversation = number))`

type Service = typeof Conversations.Service

export const makeKnown = (
  database: typeof Database.Service
): Pick<Service, "beginAnother" | "list" | "show" | "clear"> => {
  const trail = makeTrail(database)
  const select = database.prepare<KnownRow>(`${KNOWN} ORDER BY last_at DESC, number DESC LIMIT ?`)
  const selectOne = database.prepare<KnownRow>(`${KNOWN} AND number = ?`)
  const selectOf = database.prepare<KnownRow>(`${KNOWN} AND agent_id = ? AND kind = ? AND whose = ?`)
  const selectSaid = database.prepare<ExchangeRow>(
    "SELECT turn_id, asked, answered, at FROM exchanges WHERE conversation = ? ORDER BY seq"
  )
  const end = database.prepare("DELETE FROM conversations WHERE number = ?")
  const endOf = database.prepare("DELETE FROM conversations WHERE agent_id = ? AND kind = ? AND whose = ?")

  /** Does something with a conversation of which anything is kept, and records who had it done. */
  const onOne = <A>(
    number: number,
    event: (key: ConversationKey) => AuditEvent,
    act: (known: KnownConversation) => Step<A>
  ) =>
    Effect.flatMap(Effect.all([Clock.currentTimeMillis, OnBehalfOf]), ([now, by]) =>
      Effect.flatten(
        database.write(function* () {
          const row = yield* selectOne.get(number)
          if (row === undefined) return Either.left(new ConversationNotFound({ number }))
          const known = knownOf(row)
          yield* trail({ at: Math.trunc(now), by, event: event(known.key) })
          return Either.right(yield* act(known))
        })
      )
    )

  return {
    beginAnother: ({ agentId, kind, of }) =>
      database.write(function* () {
        const wasKept = (yield* selectOf.get(agentId, kind, of)) !== undefined
        yield* endOf.run(agentId, kind, of)
        return wasKept
      }),

    list: (limit) => database.read(() => map(select.all(limit), (rows) => rows.map(knownOf))),

    show: (number) =>
      onOne(
        number,
        (key) => ({ _tag: "ConversationShown", ...key }),
        (known) => map(selectSaid.all(number), (said) => ({ ...known, said: said.map(exchangeOf) }))
      ),

    clear: (number) =>
      onOne(
        number,
        (key) => ({ _tag: "ConversationCleared", ...key }),
        (known) => map(end.run(number), () => known)
      )
  }
}
