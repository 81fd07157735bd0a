/** Decisions in the gateway's store. Their parts are those of the delivery that has the id of their turn. */

import { Array as Arr, Effect, Layer, Order, Schema } from "effect"
import type { Counted, DecidedPart, Decision } from "../../schemas/Decision.ts"
import type { FinalState } from "../../schemas/Delivery.ts"
import { WAITING } from "../../schemas/Fate.ts"
import { STATE_NAMES } from "../../schemas/partWords.ts"
import { UnripeRows } from "../../schemas/UnripeRow.ts"
import { Decisions } from "../../services/Decisions.ts"
import { Database } from "../database/Database.ts"
import { type Answer, forEach, type Query } from "../database/Step.ts"
import { makeAgents } from "./agents.ts"
import { makeFigures } from "./figures.ts"
import { type TurnRow, turnOf } from "./turns.ts"

interface Row {
  readonly account_id: string
  readonly row_id: number
  readonly guid: string
  readonly chat_id: number | null
  readonly at: number
  readonly fate: string
  readonly turn_id: string
}

interface PartRow {
  readonly state: FinalState["_tag"]
  readonly guid: string | null
  readonly detail: string | null
  readonly settled_at: number
}

const partOf = ({ detail, guid, settled_at, state }: PartRow, index: number): DecidedPart => ({
  index,
  state: STATE_NAMES[state],
  guid,
  detail,
  settledAt: settled_at
})

/** The turn of a row is that of its message, where it was not taken into another's: see `TurnMembers`. */
const ROWS = `
  SELECT decisions.*, coalesce(turn_members.turn_id, account_id || ':' || guid) AS turn_id FROM decisions
  LEFT JOIN turn_members ON envelope_key = account_id || ':' || guid`

const COUNTS = `
  SELECT account_id AS account, fate AS what, count(*) AS count FROM decisions GROUP BY account_id, fate
  UNION ALL
  SELECT account_id, 'turn:' || outcome || coalesce(' ' || code, ''), count(*) FROM turn_ends
  GROUP BY account_id, outcome, code
  ORDER BY 1, 2`

const decodeUnripe = Schema.decodeSync(UnripeRows)

/** Rows that are not judged yet, as `PositionsSql` keeps them. */
const unripeOf = (accountId: string, stored: string): ReadonlyArray<Row> =>
  decodeUnripe(stored).map(({ chatId = null, guid, rowId, until }) => ({
    ...{ account_id: accountId, row_id: rowId, guid, chat_id: chatId, at: until, fate: WAITING },
    turn_id: `${accountId}:${guid}`
  }))

const newestFirst = Order.reverse(Order.mapInput(Order.number, ({ row_id }: Row) => row_id))

const make = Effect.gen(function* () {
  const database = yield* Database
  const endTurn = database.prepare(`
    INSERT INTO turn_ends
      (turn_id, account_id, agent_id, outcome, ended_at, duration_ms, code, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (turn_id) DO UPDATE SET account_id = excluded.account_id, agent_id = excluded.agent_id,
      outcome = excluded.outcome, ended_at = excluded.ended_at, duration_ms = excluded.duration_ms,
      code = excluded.code, reason = excluded.reason`)
  const lastOfAccount = database.prepare<Row>(`${ROWS} WHERE account_id = ? ORDER BY row_id DESC LIMIT ?`)
  const lastOfChat = database.prepare<Row>(
    `${ROWS} WHERE account_id = ? AND chat_id = ? ORDER BY row_id DESC LIMIT ?`
  )
  const unripe = database.prepare<{ readonly unripe: string }>(
    "SELECT unripe FROM cursors WHERE account_id = ?"
  )
  const endOf = database.prepare<TurnRow>("SELECT * FROM turn_ends WHERE turn_id = ?")
  // What an agent says before its end goes out as deliveries of their own: the turn's id, a slash and their number.
  const partsOf = database.prepare<PartRow>(`
    SELECT state, guid, detail, settled_at FROM parts
    WHERE (delivery_id = $turn OR delivery_id > $turn || '/' AND delivery_id < $turn || '0')
      AND settled_at IS NOT NULL AND state IN ('Sent', 'Uncertain', 'Failed', 'LeftOut')
    ORDER BY length(delivery_id), delivery_id, part_index`)
  const counted = database.prepare<Counted>(COUNTS)
  const decisionOf = function* (row: Row): Generator<Query, Decision, Answer> {
    const turn = yield* endOf.get(row.turn_id)
    return {
      accountId: row.account_id,
      rowId: row.row_id,
      guid: row.guid,
      chatId: row.chat_id,
      at: row.at,
      fate: row.fate,
      turn: turn === undefined ? null : turnOf(turn),
      parts: (yield* partsOf.all({ turn: row.turn_id })).map(partOf)
    }
  }

  return Decisions.of({
    turnEnded: (accountId, { agentId, code, durationMs, endedAt, id, outcome, reason }) =>
      database.write(function* () {
        const why = [code ?? null, reason ?? null] as const
        yield* endTurn.run(id, accountId, agentId, outcome, endedAt, Math.trunc(durationMs), ...why)
      }),
    last: ({ accountId, chatId, limit }) =>
      database.read(function* () {
        const judged = yield* chatId === undefined
          ? lastOfAccount.all(accountId, limit)
          : lastOfChat.all(accountId, chatId, limit)
        const waiting = unripeOf(accountId, (yield* unripe.get(accountId))?.unripe ?? "[]").filter(
          ({ chat_id }) => chatId === undefined || chat_id === chatId
        )
        return yield* forEach(Arr.sort([...waiting, ...judged], newestFirst).slice(0, limit), decisionOf)
      }),
    counts: database.read(() => counted.all()),
    agents: makeAgents(database),
    figures: makeFigures(database)
  })
})

export const layer: Layer.Layer<Decisions, never, Database> = Layer.effect(Decisions, make)
