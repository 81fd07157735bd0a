/** What a turn adds to a conversation, within the write of whoever accepts its reply: both are there, or neither. */

import { MAX_NAME } from "../../schemas/bounds.ts"
import {
  ANSWERED_BYTES,
  ASKED_BYTES,
  CONVERSATION_BYTES,
  type Exchange,
  type Remembered
} from "../../schemas/Conversation.ts"
import { cutTo } from "../../schemas/cut.ts"
import type { Database } from "../database/Database.ts"
import type { Step } from "../database/Step.ts"

const bounded = ({ answered, asked }: Exchange) => {
  const words = { asked: cutTo(asked, ASKED_BYTES), answered: cutTo(answered, ANSWERED_BYTES) }
  return { ...words, bytes: Buffer.byteLength(words.asked) + Buffer.byteLength(words.answered) }
}

/** Adds it where its conversation goes on, within a write of the caller, and keeps the conversation within its bounds. */
export const makeRemember = (database: typeof Database.Service): ((remembered: Remembered) => Step<void>) => {
  const goesOn = database.prepare(
    "SELECT 1 FROM conversations WHERE number = ? AND agent_id = ? AND kind = ? AND whose = ?"
  )
  // A turn is answered anew only where nothing of it was said, so that a longer answer is that and what followed.
  const put = database.prepare(`
    INSERT INTO exchanges (conversation, turn_id, asked, answered, at, bytes)
    VALUES ($conversation, $turn, $asked, $answered, $at, $bytes)
    ON CONFLICT (conversation, turn_id) DO UPDATE SET
      asked = excluded.asked, answered = excluded.answered, bytes = excluded.bytes
    WHERE length(excluded.answered) > length(exchanges.answered)`)
  const touch = database.prepare(`
    UPDATE conversations SET last_at = CASE WHEN last_at < $at THEN $at ELSE last_at END,
      reference = coalesce($reference, reference)
    WHERE number = $number`)
  const trim = database.prepare(`
    DELETE FROM exchanges WHERE conversation = $conversation AND seq <= (
      SELECT seq FROM exchanges WHERE conversation = $conversation ORDER BY seq DESC LIMIT 1 OFFSET $most)`)
  const trimBytes = database.prepare(`
    DELETE FROM exchanges WHERE conversation = $conversation AND seq <= (
      SELECT seq FROM (
        SELECT seq, sum(bytes) OVER (ORDER BY seq DESC) AS bytes FROM exchanges
        WHERE conversation = $conversation) AS sums
      WHERE bytes > ${CONVERSATION_BYTES} ORDER BY seq DESC LIMIT 1)`)

  return function* ({ conversation: { key, number }, exchange, maxExchanges, reference }) {
    if ((yield* goesOn.get(number, key.agentId, key.kind, key.of)) === undefined) return
    const at = Math.trunc(exchange.at)
    yield* put.run({ conversation: number, turn: exchange.turnId, at, ...bounded(exchange) })
    const isKept = reference !== undefined && reference.length <= MAX_NAME
    yield* touch.run({ at, reference: isKept ? reference : null, number })
    yield* trim.run({ conversation: number, most: maxExchanges })
    yield* trimBytes.run({ conversation: number })
  }
}
