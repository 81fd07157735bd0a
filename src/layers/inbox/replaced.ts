/** What another chat.db in the place of an account's means for what is stored: its rowids name other rows and chats. */
import type { Database } from "../database/Database.ts"
import type * as Step from "../database/Step.ts"

const WAITING = "FROM mailbox WHERE processed = 0 AND kind = 'Request'"

/** The turn that a session's message is of, or would begin: its reply is the delivery of that id. */
const TURN = `
  coalesce(json_extract(envelope, '$.payload.retry.turnId'),
    json_extract(envelope, '$.payload.envelope.accountId') || ':' || json_extract(envelope, '$.payload.envelope.guid'))`

/**
 * All that is not finished and ends in a delivery: deliveries, turns, those of messages that a crash parted from the
 * rest of their turn, and dead letters, which may be tried again. What is finished by now is of no matter any more.
 */
const UNFINISHED = `
  WITH turns AS (
    SELECT ${TURN} AS id ${WAITING} AND entity_type = 'Session'
      AND json_extract(envelope, '$.payload.envelope.accountId') = $account)
  SELECT id FROM turns
  UNION SELECT turn_id FROM turn_members WHERE envelope_key IN (SELECT id FROM turns)
  UNION SELECT delivery_id FROM outbox WHERE account_id = $account AND place <> 'ended'
  UNION SELECT id FROM dead_letters WHERE account_id = $account AND status <> 'dropped'`

/** Those who are to be told in a chat that only its number names. */
const TOLD_BY_NUMBER = `account_id = $account AND target LIKE '%"ChatId"%'`

const byHandle = (handle: string): string => JSON.stringify({ _tag: "Handle", handle, service: "auto" })

/** The statements, to be run in one write, that bring the store of an account in line with its new database. */
export const makeReplaced = (database: typeof Database.Service): ((accountId: string) => Step.Step<void>) => {
  const statements = [
    // A part in doubt may be any row of the new one.
    "UPDATE parts SET row_id = NULL, after_row_id = 0 WHERE account_id = $account AND after_row_id > 0",
    "UPDATE fingerprints SET after_row = 0 WHERE account_id = $account",
    "DELETE FROM decisions WHERE account_id = $account",
    "DELETE FROM history WHERE account_id = $account",
    "DELETE FROM group_chats WHERE account_id = $account",
    // A group that only its number named: another one has that now.
    `DELETE FROM conversations WHERE kind = 'group' AND whose NOT IN (SELECT name FROM group_names)
       AND (substr(whose, 1, length(CAST($account AS TEXT)) + 7) = CAST($account AS TEXT) || ':group:'
         OR whose LIKE 'group:%' AND $account = (SELECT account_id FROM first_account))`,
    "UPDATE group_names SET history_id = NULL WHERE account_id = $account",
    // Those of the last time that are still unfinished are among those of this time.
    "DELETE FROM stranded_deliveries WHERE account_id = $account",
    `INSERT INTO stranded_deliveries (account_id, delivery_id)
     SELECT CAST($account AS TEXT), id FROM (${UNFINISHED}) AS unfinished WHERE id IS NOT NULL`,
    // What waits there is stranded, and another chat has that number now.
    "DELETE FROM paused_chats WHERE account_id = $account AND chat LIKE 'chat_id:%'",
    // Who is let in from now on is told by their handle.
    `UPDATE pairing_requests SET target = NULL WHERE ${TOLD_BY_NUMBER}`
  ].map((sql) => database.prepare(sql))
  const toTell = database.prepare<{ readonly sender: string }>(
    `SELECT DISTINCT sender FROM approval_notices WHERE ${TOLD_BY_NUMBER}`
  )
  const tellByHandle = database.prepare(
    `UPDATE approval_notices SET target = $target WHERE sender = $sender AND ${TOLD_BY_NUMBER}`
  )
  return function* (account) {
    for (const statement of statements) yield* statement.run({ account })
    for (const { sender } of yield* toTell.all({ account }))
      yield* tellByHandle.run({ account, sender, target: byHandle(sender) })
  }
}
